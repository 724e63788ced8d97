"""Hardware encoders: which of them work here, told by encoding a few frames and looking at what comes out."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import av
import av.logging
import numpy as np
from av.codec.codec import UnknownCodecError

from ...domain.errors import EngineFailed, MissingPart
from ...domain.output import CODECS, Output
from .audio_coding import AUDIO_ENCODERS
from .encoders import HARDWARE_ENCODERS, SOFTWARE, Encoder
from .encoding import encode_segment
from .planes import new_frame, planes_of

REMEDY = "reinstall av: pip install --force-reinstall av"
"""How to get an encoder that the build of libav lacks."""

_FRAMES = 8
_STEP = 20
"""By how much the luma of a probe's frames rises from one to the next."""
_NEAR = 4.0
"""By how much the luma may come back changed."""


def choose(output: Output, hardware: str, *, strict: bool = False) -> tuple[Encoder, str]:
    """The encoder for a kind of ``HARDWARE``, and a warning where it is not the one that was asked for, else "".

    "auto" takes the first kind that works and does not warn. With ``strict`` raises EngineFailed instead of warning.
    Raises MissingPart where libav was built without an encoder that the output needs.
    """
    software = SOFTWARE[output.codec]
    for name in (software.name, AUDIO_ENCODERS[output.audio_codec].name):
        if not has_encoder(name):
            raise MissingPart(f"libav's encoder {name}", REMEDY)
    if hardware == "none":
        return software, ""
    for kind in HARDWARE_ENCODERS if hardware == "auto" else (hardware,):
        problem = fault(kind, output)
        if not problem:
            return HARDWARE_ENCODERS[kind][output.codec], ""
    if hardware == "auto":
        return software, ""
    if strict:
        raise EngineFailed(f"{hardware} cannot encode {output.codec} here: {problem}; --hardware none is right")
    return software, f"{hardware} cannot encode {output.codec} here: {problem}; encoded on the processor instead"


def has_encoder(name: str) -> bool:
    """Whether libav was built with it."""
    try:
        av.codec.Codec(name, "w")
    except UnknownCodecError:
        return False
    return True


@cache
def fault(kind: str, output: Output) -> str:
    """Why a kind of hardware cannot encode ``output`` on this machine; empty if it can, tried out at its full size."""
    encoder = HARDWARE_ENCODERS[kind].get(output.codec)
    if encoder is None:
        return f"there is no {kind} encoder for {CODECS[output.codec]}"
    with tempfile.TemporaryDirectory(prefix="reelwright-") as folder:
        file = Path(folder) / f"probe.{encoder.container}"
        try:
            with _errors_kept():
                encode_segment(_ramp(output), output, file, encoder)
            with av.open(str(file)) as container:
                lumas = [float(planes_of(frame)[0].mean()) for frame in container.decode(video=0)]
        except (av.FFmpegError, RuntimeError, ValueError) as error:
            return _reason(error, encoder)
    wrong = [abs(luma - _luma(number)) for number, luma in enumerate(lumas)]
    if len(lumas) != _FRAMES or max(wrong) > _NEAR:
        return f"{encoder.name} returned {len(lumas)} of {_FRAMES} frames, or other ones than it was given"
    return ""


def _luma(number: int) -> int:
    return 40 + _STEP * number


def _ramp(output: Output) -> Iterator[av.VideoFrame]:
    for number in range(_FRAMES):
        frame = new_frame(output.width, output.height, output.fps)
        y, u, v = planes_of(frame)
        y[...], u[...], v[...] = np.uint8(_luma(number)), np.uint8(128), np.uint8(128)
        yield frame


@contextmanager
def _errors_kept() -> Iterator[None]:
    """Errors of libav carry what it would have logged: a driver's own words instead of a number's name."""
    before = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture():
            yield
    finally:
        av.logging.set_level(before)


def _reason(error: Exception, encoder: Encoder) -> str:
    if isinstance(error, UnknownCodecError):
        return f"this build of libav has no {encoder.name}"
    said = getattr(error, "log", None)
    return str(said[2]).strip() if said else str(getattr(error, "strerror", None) or error)
