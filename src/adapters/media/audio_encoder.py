"""The finished mix as a compressed stream in a small file of its own.

The file's only use is to be copied, packet by packet, into the video (docstring of ``Soundtrack``): encoding it there would tie the
coder to the muxer's thread. MP4 carries what a copy needs: the decoder's setup, the priming as an edit list, so that the
first sample is heard at 0, and the exact length.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from ...application.ports import CancelSignal
from ...domain.errors import Cancelled, MissingPart, OutputFailed
from ...domain.narration import SAMPLE_RATE
from ...domain.timeline import Timeline
from .loudness import Loudness, measure
from .mix import CODEC_MARGIN, mix
from .raw import raw_blocks, writing

BIT_RATE = 192_000
"""Bits a second of stereo."""
OPTIONS = {"aac": {"aac_coder": "fast", "aac_pns": "0", "aac_is": "0"}}
"""Codec -> options of its encoder.

At 192 kbit/s and without made-up noise and shared phases, libav's fast AAC search leaves no more noise above a masking
threshold than its two-loop search does (11 to 15 % of bands against 12 to 15 %), in a third of the time.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundtrack:
    """An encoded mix: the file to copy from, and how loud it is once decoded."""

    path: Path
    loudness: Loudness


def soundtrack(
    timeline: Timeline, scratch: Path, *, codec: str = "aac", bit_rate: int = BIT_RATE, cancel: CancelSignal | None = None
) -> Soundtrack:
    """Mix and encode the sound of ``timeline`` into the folder ``scratch``; nothing else stays there.

    The result is decoded again and measured. Where the coder made peaks higher than ``timeline.true_peak``, the sound
    is mixed again by so much lower. Raises UnusableAsset, Cancelled, DiskFull and OutputFailed.
    """
    raw, to = scratch / "soundtrack.raw", scratch / "soundtrack.mp4"
    margin = CODEC_MARGIN
    try:
        while True:
            mix(timeline, raw, cancel=cancel, margin=margin)
            encode(raw, to, codec=codec, bit_rate=bit_rate, cancel=cancel)
            heard = measure(to)
            above = heard.true_peak - timeline.true_peak
            if above <= 0 or margin >= 3:
                return Soundtrack(path=to, loudness=heard)
            margin += above + 0.1
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    finally:
        raw.unlink(missing_ok=True)


def encode(
    raw: Path, to: Path, *, codec: str = "aac", bit_rate: int = BIT_RATE, cancel: CancelSignal | None = None
) -> None:
    """Encode a raw file into an MP4 file with one audio stream, as long as the raw file is, to the sample.

    Raises MissingPart for a codec that libav was built without, Cancelled, DiskFull and OutputFailed.
    """
    try:
        with writing(to), av.open(str(to), "w", format="mp4") as container:
            try:
                stream = container.add_stream(codec, rate=SAMPLE_RATE, layout="stereo", options=OPTIONS.get(codec, {}))
            except av.error.FFmpegError as error:
                raise MissingPart(f"the audio encoder {codec!r}", "install a libav that has it") from error
            assert isinstance(stream, av.AudioStream)  # noqa: S101
            stream.bit_rate = bit_rate
            at = 0
            for block in raw_blocks(raw):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
                frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), at
                container.mux(stream.encode(frame))
                at += block.shape[1]
            container.mux(stream.encode(None))
    except FFmpegError as error:
        raise OutputFailed(f"{to}: its sound cannot be encoded as {codec} ({error.strerror})") from error
