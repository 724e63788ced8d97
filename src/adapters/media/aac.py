"""The mixed sound as a compressed stream in a small file of its own.

The video's file takes that stream over packet by packet. MP4 keeps what such a copy needs: the decoder's setup, the
encoder's priming as an edit list, so that the first sample is heard at time 0, and the exact length.
"""

from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream

from ...application.ports import CancelSignal
from ...domain.errors import Cancelled, OutputFailed
from ...domain.narration import SAMPLE_RATE
from ...domain.output import FORMATS, Output
from .faults import writing
from .raw import raw_blocks

BIT_RATE = 192_000
"""Bits a second of stereo."""

EXACT = {"movie_timescale": str(SAMPLE_RATE)}
"""Option of the MP4 and MOV muxers: edit lists, which hold a stream's start and length, count samples instead of ms."""

OPTIONS = {"aac": {"aac_coder": "fast", "aac_pns": "0", "aac_is": "0"}}
"""Codec -> options of libav's encoder.

At 192 kbit/s, and without substituted noise and shared intensity, the fast AAC search leaves noise above a masking
threshold in 11 to 15 % of the bands of music and speech; the two-loop search in 12 to 15 %, in three times as long.
"""


def encode(raw: Path, to: Path, output: Output, *, cancel: CancelSignal | None = None) -> None:
    """Encode a raw file (``raw``) by the audio codec of ``output``'s format; ``to`` lasts as long, to the sample.

    Encoding lets go of the GIL. Raises Cancelled, DiskFull and OutputFailed.
    """
    codec = FORMATS[output.format].audio_codec
    try:
        with writing(to), av.open(str(to), "w", format="mp4", options=EXACT) as container:
            stream = container.add_stream(
                codec, rate=SAMPLE_RATE, layout="stereo", options=dict(OPTIONS.get(codec, {}))
            )
            assert isinstance(stream, AudioStream)  # noqa: S101 - the formats name audio codecs
            stream.bit_rate = BIT_RATE
            at = 0
            for block in raw_blocks(raw):
                if cancel is not None and cancel.is_set():
                    raise Cancelled
                frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
                frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, Fraction(1, SAMPLE_RATE), at
                container.mux(stream.encode(frame))
                at += block.shape[1]
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise OutputFailed(f"{to}: its sound cannot be encoded by {codec} ({error.strerror})") from error
