"""Opening media of users: only containers that hold their own media, and no network.

A playlist or concat script named ``.mp4`` would make libav read other files; the whitelist of demuxers keeps that out.
"""

from pathlib import Path

import av
from av.container import InputContainer

from ...domain.errors import UnusableAsset

_DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,wav,flac,mp3,aac,gif"


def open_media(path: Path) -> InputContainer:
    """The container of a user's clip or sound. Raises UnusableAsset, naming the file."""
    try:
        if path.stat().st_size == 0:
            raise UnusableAsset(path, "the file is empty")
        return av.open(
            str(path), metadata_errors="replace", options={"format_whitelist": _DEMUXERS, "protocol_whitelist": "file"}
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        if isinstance(error, UnusableAsset):
            raise
        raise UnusableAsset(
            path, f"not a readable clip or sound ({getattr(error, 'strerror', None) or error})"
        ) from error
