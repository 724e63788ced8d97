"""From a timeline to the encoded sound of its video, kept to its true peak through the coder."""

from pathlib import Path

from ...application.ports import CancelSignal, Loudness
from ...domain.timeline import Timeline
from .aac import encode
from .loudness import measure
from .mix import CODEC_MARGIN, mix

MOST_MARGIN = 3.0
"""dB below the true peak at which it is no longer made lower for the coder's sake."""


def soundtrack(timeline: Timeline, to: Path, *, cancel: CancelSignal | None = None) -> Loudness:
    """Write the sound of ``timeline`` as an MP4 file to copy the packets from; how loud it is once decoded.

    Where the coder raised peaks above ``timeline.true_peak``, the sound is made again by so much lower. Scratch files
    of 23 MB a minute lie beside ``to`` meanwhile. Raises UnusableAsset, Cancelled, DiskFull and OutputFailed, and
    leaves nothing behind then.
    """
    raw = to.with_name(to.name + ".raw")
    margin = CODEC_MARGIN
    try:
        while True:
            mix(timeline, raw, cancel=cancel, margin=margin)
            encode(raw, to, timeline.output, cancel=cancel)
            heard = measure(to)
            above = heard.true_peak - timeline.true_peak
            if above <= 0 or margin >= MOST_MARGIN:
                return heard
            margin += above + 0.1
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    finally:
        raw.unlink(missing_ok=True)
