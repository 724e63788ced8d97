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
"""Bits a second of stereo, for encoders that are not told a quality instead."""

EXACT = {"movie_timescale": str(SAMPLE_RATE)}
"""Option of the MP4 and MOV muxers: edit lists, which hold a stream's start and length, count samples instead of ms."""

OPTIONS = {
    "aac": {"aac_coder": "fast", "aac_pns": "0", "aac_is": "0", "flags": "+qscale", "global_quality": "180"},
}
"""Codec -> options of libav's encoder.

One quality throughout instead of one bit rate: noise lies above a masking threshold in 0.8 % of the bands of speech
(133 kbit/s) and 1.4 % of speech with music (207 kbit/s). 192 kbit/s throughout left 0.2 and 2.7 %, and spent half as
much time again on speech, looking for ways to use bits that speech does not need. The two-loop search is worse, and
slower; without mid and side stereo 8 to 10 % of the bands are noisy.
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
