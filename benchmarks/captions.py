"""How far the highlighting of words is from the voice that is heard in the finished file.

    python -m benchmarks.captions [ARTICLE] [--template tide] [--voice NAME]

The video is made without music, its sound decoded again, and every onset of the voice after a pause found by its energy
alone: the first 5 ms above a threshold after at least 60 ms below it. Against each stands the frame from which the
nearest word is drawn as spoken. Words inside a phrase have no onset that could be found without knowing them.
"""

import argparse
import tempfile
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from reelwright import Brief, Studio
from reelwright.domain.narration import SAMPLE_RATE

HOP = SAMPLE_RATE // 200
PAUSE = 12
"""Hops of 5 ms that must be quiet before an onset."""
QUIET = -38.0
"""dB below the loudest hops (their 95th percentile) at which the voice counts as heard."""


def onsets(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Seconds at which the voice begins after a pause; ``sound`` is mono at 48 kHz."""
    hops = sound[: len(sound) // HOP * HOP].reshape(-1, HOP)
    power = 10 * np.log10(np.mean(hops.astype(np.float64) ** 2, axis=1) + 1e-12)
    loud = power > np.percentile(power, 95) + QUIET
    found = [hop for hop in range(PAUSE, len(loud)) if loud[hop] and not loud[hop - PAUSE : hop].any()]
    return np.array(found) * HOP / SAMPLE_RATE


def decoded(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([np.asarray(frame.to_ndarray(), np.float32)[0] for frame in frames])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    article = Path(__file__).parent.parent / "examples" / "tides.md"
    parser.add_argument("article", nargs="?", type=Path, default=article)
    parser.add_argument("--template", default="tide")
    parser.add_argument("--voice", default="")
    options = parser.parse_args()
    text = options.article.read_text("utf-8")
    brief = Brief(text=text, template=options.template, voice=options.voice, resolution="360p")
    with tempfile.TemporaryDirectory() as folder:
        made = Studio().make(brief, to=Path(folder) / "video.mp4")
        heard = onsets(decoded(made.rendered.path))
    fps = made.timeline.output.fps
    lit = np.array([word.start / fps for cue in made.timeline.cues() for word in cue.words])
    misses = np.array([lit[np.abs(lit - onset).argmin()] - onset for onset in heard]) * 1000
    late, far = np.median(misses), np.abs(misses)
    print("| onsets | words | median | p90 | largest | mean side |\n| ---: | ---: | ---: | ---: | ---: | ---: |")
    print(
        f"| {len(heard)} | {len(lit)} | {np.median(far):.0f} ms | {np.percentile(far, 90):.0f} ms | {far.max():.0f} ms "
        f"| {late:+.0f} ms |"
    )


if __name__ == "__main__":
    main()
