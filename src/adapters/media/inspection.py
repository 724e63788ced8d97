"""What is known of a video or a sound that somebody sent, and a thumbnail of it."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np

from ...domain.errors import UnusableAsset
from ...domain.file import FileMetadata
from ...domain.narration import SAMPLE_RATE
from .containers import open_media, video_stream
from .loudness import Meter
from .probe import FileProbe, declared_samples
from .sound import sound
from .thumbnails import video_thumbnail, waveform
from .tonemap import HLG, PQ

_STEP = SAMPLE_RATE // 100
_MEASURED = 20 * 60 * SAMPLE_RATE
"""Samples of which the loudness is measured: twenty minutes."""
_TRANSFERS = {
    1: "bt709",
    4: "gamma22",
    6: "smpte170m",
    8: "linear",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
_PRIMARIES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 11: "smpte431", 12: "smpte432"}
_MATRICES = {0: "gbr", 1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020nc", 10: "bt2020c"}
_RANGES = {1: "tv", 2: "pc"}
"""libav's names of the code points of ITU-T H.273."""


def inspect_media(path: Path, media_type: str, thumbnail: Path) -> tuple[str, FileMetadata]:
    """The media type, "audio" or "video" by what is in it, and what is known. Raises UnusableAsset."""
    _check_boxes(path)
    asset = FileProbe().asset(path)
    found = _streams(path)
    media_type = f"{'audio' if asset.kind == 'sound' else 'video'}/{media_type.partition('/')[2]}"
    if asset.kind == "sound":
        samples, metered = _heard(path, thumbnail)
        return media_type, replace(found, samples=samples, loudness=metered.loudness, true_peak=metered.true_peak)
    if found.samples > asset.samples * 1.05 + 2 * SAMPLE_RATE:
        there, whole = asset.samples / SAMPLE_RATE, found.samples / SAMPLE_RATE
        raise UnusableAsset(path, f"it stops after {there:.1f} of {whole:.1f} seconds; a whole file is right")
    video_thumbnail(path, asset.width, asset.height, asset.samples / SAMPLE_RATE, thumbnail)
    metered = _heard(path, None)[1] if asset.has_sound else FileMetadata()
    found = replace(found, loudness=metered.loudness, true_peak=metered.true_peak)
    return media_type, replace(found, samples=asset.samples, width=asset.width, height=asset.height)


def _streams(path: Path) -> FileMetadata:
    """What the file's header says."""
    with open_media(path) as container:
        video, audio = video_stream(container), next(iter(container.streams.audio), None)
        found = FileMetadata(container=container.format.name, samples=declared_samples(container, video))
        if audio is not None and audio.codec_context is not None:
            context = audio.codec_context
            found = replace(
                found, audio_codec=context.name, channels=context.layout.nb_channels, sample_rate=context.sample_rate
            )
        if video is not None and video.codec_context is not None:
            coded = video.codec_context
            rate = video.average_rate or video.guessed_rate
            found = replace(
                found,
                video_codec=coded.codec.canonical_name,
                fps="" if rate is None else str(rate),
                rotation=_rotation(path),
                pixel_format=coded.pix_fmt or "",
                colour_space=_MATRICES.get(int(coded.colorspace), ""),
                colour_transfer=_TRANSFERS.get(int(coded.color_trc), ""),
                colour_primaries=_PRIMARIES.get(int(coded.color_primaries), ""),
                colour_range=_RANGES.get(int(coded.color_range), ""),
                hdr=int(coded.color_trc) in (PQ, HLG),
                alpha=video.metadata.get("alpha_mode") == "1" or "yuva" in (coded.pix_fmt or ""),
            )
        return found


def _rotation(path: Path) -> int:
    """Degrees counter-clockwise, 0 to 359, by the display matrix of the first frame."""
    with open_media(path) as container:
        stream = video_stream(container)
        if stream is None:
            return 0
        try:
            frame = next(container.decode(stream), None)
        except av.FFmpegError:
            return 0
        return 0 if frame is None else round(frame.rotation) % 360


def _heard(path: Path, picture: Path | None) -> tuple[int, FileMetadata]:
    """How many samples a sound has, how loud it is, and with ``picture`` its waveform; all of it is decoded then."""
    meter, samples = Meter(), 0
    peaks, levels, rest = [], [], np.zeros(0, np.float32)
    for block in sound(path):
        if samples < _MEASURED:
            meter.add(block)
        elif picture is None:
            break
        samples += block.shape[1]
        if picture is not None:
            joined = np.concatenate((rest, np.abs(block).max(axis=0)))
            whole = len(joined) // _STEP * _STEP
            steps = joined[:whole].reshape(-1, _STEP)
            peaks.append(steps.max(axis=1))
            levels.append(steps.mean(axis=1))
            rest = joined[whole:]
    if picture is not None:
        if len(rest):
            peaks.append(rest.max(keepdims=True))
            levels.append(rest.mean(keepdims=True))
        waveform(np.concatenate(peaks), np.concatenate(levels), picture)
    loudness = meter.loudness()
    return samples, FileMetadata(
        loudness=round(loudness.integrated, 2), true_peak=round(loudness.true_peak, 2), samples=samples
    )


def _check_boxes(path: Path) -> None:
    """Raises UnusableAsset where the last box of an MP4 or MOV says that it goes on behind the end of the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(8)[4:] not in (b"ftyp", b"moov", b"wide", b"free", b"skip", b"mdat"):
            return
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length == 0:
                return
            if length < 8 or at + length > size:
                raise UnusableAsset(path, f"it breaks off: {size:,} bytes are there of at least {at + length:,}")
            at += length
