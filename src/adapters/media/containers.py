"""Opening media of users: only containers that hold their own media, no network, and nothing that would not fit.

A playlist or concat script named ``.mp4`` would make libav read other files; the whitelist of demuxers keeps that out.
"""

from collections.abc import Iterator
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition

from ...domain.errors import UnusableAsset

_DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,wav,flac,mp3,aac,gif"
MAX_CLIP_PIXELS = 8192 * 4352
"""Pixels of a clip's frame at the most: 8K in every shape that is in use."""
_MAX_STREAMS = 100
_WAV_PROBE = 32_768
"""Bytes in which libav looks for something else in a WAV's samples; by default 5 MB, which takes longer than mixing it.
"""


def open_media(path: Path) -> InputContainer:
    """The container of a user's clip or sound. Raises UnusableAsset, naming the file."""
    try:
        if path.stat().st_size == 0:
            raise UnusableAsset(path, "the file is empty")
        options = {
            "format_whitelist": _DEMUXERS,
            "protocol_whitelist": "file",
            "max_streams": str(_MAX_STREAMS),
        }
        if _is_wav(path):
            options["probesize"] = str(_WAV_PROBE)
        return av.open(str(path), metadata_errors="replace", options=options)
    except (av.FFmpegError, OSError, ValueError) as error:
        if isinstance(error, UnusableAsset):
            raise
        raise UnusableAsset(
            path, f"not a readable clip or sound ({getattr(error, 'strerror', None) or error})"
        ) from error


def _is_wav(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WAVE"


def video_stream(container: InputContainer) -> av.VideoStream | None:
    """The picture of a container: the one marked as its default, else the first. An album's cover is none."""
    streams = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    return next((stream for stream in streams if stream.disposition & Disposition.default), next(iter(streams), None))


def packets(container: InputContainer, stream: av.VideoStream) -> Iterator["av.Packet[av.VideoStream]"]:
    """Packets of a stream from here on until the file ends or breaks off."""
    try:
        yield from container.demux(stream)
    except (av.FFmpegError, IndexError):  # PyAV loses count of streams that appear in a damaged file
        return
