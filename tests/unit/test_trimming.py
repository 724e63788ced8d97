"""Silence around narration is cut off, and its words stay on their sound."""

import math
from array import array

import pytest

from reelwright.application.ports import Spoken
from reelwright.application.trimming import LEAD, TAIL, trimmed
from reelwright.domain.narration import SAMPLE_RATE, Word


def padded(before: int, said: int, after: int, hum: float = 0.0) -> Spoken:
    """A tone of ``said`` samples between silences, or a hum of ``hum``, spoken as two words."""
    tone = [0.5 * math.sin(2 * math.pi * 220 * n / SAMPLE_RATE) for n in range(said)]
    noise = [hum * math.sin(2 * math.pi * 50 * n / SAMPLE_RATE) for n in range(max(before, after))]
    pcm = array("f", [*noise[:before], *tone, *noise[:after]])
    middle = before + said // 2
    words = Word(text="Two", start=before, end=middle), Word(text="words.", start=middle, end=before + said)
    return Spoken(pcm=pcm.tobytes(), words=words)


@pytest.mark.parametrize("hum", [0.0, 0.001])
@pytest.mark.parametrize(("before", "after"), [(24_000, 48_000), (24_000, 100), (0, 48_000)])
def test_what_an_engine_pads_is_cut_off_and_the_words_move_along(before: int, after: int, hum: float) -> None:
    said = 9_600
    given = padded(before, said, after, hum)
    kept = trimmed(given)
    lead, tail = min(before, LEAD), min(after, TAIL)
    assert kept.samples == pytest.approx(lead + said + tail, abs=SAMPLE_RATE // 100)
    for word, original in zip(kept.words, given.words, strict=True):
        assert word.end - word.start == original.end - original.start
        sound = given.pcm[4 * original.start : 4 * original.end]
        assert kept.pcm[4 * word.start : 4 * word.end] == sound


def test_what_has_no_padding_is_left_alone() -> None:
    tight = padded(LEAD, 9_600, TAIL)
    assert trimmed(tight) is tight
    assert trimmed(trimmed(padded(24_000, 9_600, 48_000))) == trimmed(padded(24_000, 9_600, 48_000))


@pytest.mark.parametrize("samples", [0, 1, 24_000])
def test_speech_in_which_nothing_is_heard_is_left_alone(samples: int) -> None:
    nothing = Spoken(pcm=bytes(4 * samples), words=(Word(text="…", start=0, end=samples),))
    assert trimmed(nothing) is nothing


def test_words_that_an_engine_stretches_over_the_silence_end_with_the_sound() -> None:
    given = padded(24_000, 9_600, 48_000)
    long = Spoken(pcm=given.pcm, words=(Word(text="All", start=0, end=given.samples),))
    kept = trimmed(long)
    assert kept.words == (Word(text="All", start=0, end=kept.samples),)
    assert kept.samples < 9_600 + LEAD + TAIL + 500
