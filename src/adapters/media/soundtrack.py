"""From a timeline to the encoded sound of its video, held to its loudness and true peak through the coder."""

from pathlib import Path

from ...application.ports import CancelSignal, Loudness
from ...domain.timeline import Timeline
from .audio_coding import encode
from .loudness import measure
from .mastering import master
from .mix import CODEC_MARGIN, lay

CODEC_LOSS = 0.15
"""LU that a coder may take, as it does of hiss, before the sound is made louder by as much."""

_ROUNDS = 4


def soundtrack(timeline: Timeline, to: Path, *, cancel: CancelSignal | None = None) -> Loudness:
    """Write the sound of ``timeline`` as a file to copy the packets from; how loud it is once decoded.

    It is decoded and measured, and mastered again where the coder raised peaks above ``timeline.true_peak`` or took
    loudness away. Scratch files of 46 MB a minute lie beside ``to`` meanwhile. Raises UnusableAsset, Cancelled,
    DiskFull and OutputFailed, and leaves nothing behind then.
    """
    mixed, raw = to.with_name(to.name + ".mixed"), to.with_name(to.name + ".raw")
    loudness, ceiling = timeline.loudness, timeline.true_peak - CODEC_MARGIN
    try:
        laid = lay(timeline, mixed, cancel=cancel)
        for _ in range(_ROUNDS):
            made = master(mixed, laid, raw, loudness=loudness, ceiling=ceiling, cancel=cancel)
            encode(raw, to, timeline.output, cancel=cancel)
            heard = measure(to)
            above, lost = heard.true_peak - timeline.true_peak, made.integrated - heard.integrated
            if above <= 0 and loudness + CODEC_LOSS >= timeline.loudness + lost:
                break
            if above > 0:
                ceiling -= above + 0.1
            loudness = timeline.loudness + lost
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    finally:
        mixed.unlink(missing_ok=True)
        raw.unlink(missing_ok=True)
    return heard
