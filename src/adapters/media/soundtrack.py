"""From a timeline to the encoded sound of its video, held to its loudness and true peak through the coder."""

from pathlib import Path

from ...application.ports import CancelSignal, Loudness
from ...domain.timeline import Timeline
from .audio_coding import encode
from .loudness import measure
from .mastering import master
from .mix import lay

CODEC_MARGIN = 0.5
"""dB that the mix stays below the timeline's true peak, because a lossy coder adds some of its own."""
TOLERANCE = 0.15
"""LU by which a coded sound may miss its loudness, as a coder takes some of hiss, before it is mastered again."""

_ROUNDS = 4


def soundtrack(timeline: Timeline, to: Path, *, cancel: CancelSignal | None = None) -> Loudness:
    """Write the sound of ``timeline`` as a file to copy the packets from; how loud it is once decoded.

    It is decoded and measured, and mastered again where the coder raised peaks above ``timeline.true_peak`` or took
    loudness away. Scratch files of 46 MB a minute, and 23 MB for every minute of clips that are heard, lie beside
    ``to`` meanwhile. Raises UnusableAsset, Cancelled, DiskFull and OutputFailed, and leaves nothing behind then.
    """
    mixed, raw = to.with_name(to.name + ".mixed"), to.with_name(to.name + ".raw")
    aim, ceiling = timeline.loudness, timeline.true_peak - CODEC_MARGIN
    try:
        laid = lay(timeline, mixed, cancel=cancel)
        for _ in range(_ROUNDS):
            foreseen = master(mixed, laid, raw, loudness=aim, ceiling=ceiling, cancel=cancel)
            encode(raw, to, timeline.output, cancel=cancel)
            heard = measure(to)
            above, missing = heard.true_peak - timeline.true_peak, timeline.loudness - heard.integrated
            out_of_reach = missing > 0 and foreseen < aim - 0.1
            if above <= 0 and (abs(missing) <= TOLERANCE or out_of_reach):
                break
            if above > 0:
                ceiling -= above + 0.2
            if abs(missing) > TOLERANCE and not out_of_reach:
                aim += missing
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    finally:
        mixed.unlink(missing_ok=True)
        raw.unlink(missing_ok=True)
    return heard
