"""A text said by a service piece by piece: cut below the service's limit, each piece checked, timed and joined.

A service may answer with what is no speech: nothing, half of it, or silence. Whoever listened would notice; here the
sound is measured against the text before it is taken.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ...application.ports import Spoken
from ...domain.errors import InvalidInput, ProviderFailed, UnknownName
from ...domain.narration import RATES, SAMPLE_RATE, Voice, Word
from ...domain.ranges import in_range
from .alignment import Span
from .decoding import Form, Undecodable, decoded
from .pcm import WINDOW, Sound, faded, heard
from .reading import Reader
from .written import HAN, Unit

Take = tuple[Sound, Sequence[Span]]
"""The sound of a piece and the samples of each of its units."""

_LEAD, _TAIL, _GAP = (SAMPLE_RATE * ms // 1000 for ms in (30, 80, 110))
"""What is kept before and after the sound of a piece, and what is put between two."""
_FADE = SAMPLE_RATE * 3 // 1000
_LONGEST_SILENCE = 5 * SAMPLE_RATE
_LETTERS_A_SECOND, _CHARACTERS_A_SECOND = 30, 11
"""Twice what a fast speaker says: what lasts shorter is not the whole text."""


def said(
    text: str,
    voice: str,
    rate: float,
    *,
    voices: dict[str, Voice],
    reader: Reader,
    room: int,
    size: Callable[[str], int],
    take: Callable[[Sequence[Unit], str], Take],
) -> Spoken:
    """``take`` says the units of one piece, whose text is at most ``room`` by ``size``.

    Raises as :class:`~reelwright.application.ports.SpeechEngine` says, and what ``take`` raises.
    """
    if voice not in voices:
        raise UnknownName("voice", voice, voices)
    in_range("the rate of the voice", rate, *RATES, "times its own pace")
    units = reader.read(text, voices[voice].language)
    if not any(ch.isalnum() for unit in units for ch in unit.text):
        raise InvalidInput(f"nothing in {text[:40]!r} can be spoken")
    sounds: list[Sound] = []
    words: list[Word] = []
    at = 0
    for piece in pieces(units, room, size):
        sound, spans = take(piece, written(piece))
        if sounds:
            sounds.append(np.zeros(_GAP, np.float32))
            at += _GAP
        start, end = _edges(sound)
        floor = at
        for unit, (begun, ended) in zip(piece, spans, strict=True):
            begin = max(min(begun, end) - start + at, floor)
            floor = max(min(ended, end) - start + at, begin)
            words.append(Word(text=unit.text, start=begin, end=floor, space=unit.space))
        sounds.append(faded(sound[start:end], _FADE))
        at += end - start
    return Spoken(pcm=np.concatenate(sounds).astype(np.float32).tobytes(), words=tuple(words))


def written(units: Sequence[Unit]) -> str:
    """The text of units, as it was written."""
    return "".join(unit.text + " " * unit.space for unit in units).strip()


def pieces(units: Sequence[Unit], room: int, size: Callable[[str], int]) -> Iterator[Sequence[Unit]]:
    """Runs of units as long as fit: cut behind a sentence, else behind a clause, else between words.

    Raises InvalidInput for a single word that does not fit.
    """
    start = 0
    while start < len(units):
        end = start
        while end < len(units) and size(written(units[start : end + 1])) <= room:
            end += 1
        if end == start:
            raise InvalidInput(f"the word {units[start].text[:40]!r} is too long to be spoken")
        if end < len(units):
            ends = range(end, start, -1)
            sentence = next((n for n in ends if units[n - 1].stop == "sentence"), 0)
            end = sentence or next((n for n in ends if units[n - 1].stop), end)
        yield units[start:end]
        start = end


def sound_of(engine: str, data: bytes, form: Form, text: str, rate: float) -> Sound:
    """What a service sent for ``text``. Raises ProviderFailed with the cause "reply" where it is not its speech."""
    try:
        sound = decoded(data, form)
    except Undecodable as error:
        raise ProviderFailed(engine, "reply", f"it sent {error} in the place of speech") from error
    check_speech(engine, sound, text, rate)
    return sound


def check_speech(engine: str, sound: Sound, text: str, rate: float) -> None:
    """Raises ProviderFailed with the cause "reply" for silence, and for less than the text takes to say."""
    loud = np.flatnonzero(heard(sound))
    if loud.size == 0:
        raise ProviderFailed(engine, "reply", f"it sent {sound.size / SAMPLE_RATE:.1f} s of silence")
    edges = np.concatenate([[-1], loud, [sound.size // WINDOW]])
    silence = int(np.diff(edges).max() - 1) * WINDOW
    if silence > _LONGEST_SILENCE:
        raise ProviderFailed(engine, "reply", f"it sent {silence / SAMPLE_RATE:.1f} s of silence within speech")
    least = _least_seconds(text) / rate
    lasts = (int(loud[-1]) - int(loud[0]) + 1) * WINDOW / SAMPLE_RATE
    if lasts < least:
        raise ProviderFailed(
            engine, "reply", f"it sent {lasts:.1f} s of speech for a text that takes at least {least:.1f} s: cut off"
        )


def _least_seconds(text: str) -> float:
    characters = sum(len(run) for run in HAN.findall(text))
    letters = sum(map(str.isalpha, text)) - characters
    return letters / _LETTERS_A_SECOND + characters / _CHARACTERS_A_SECOND if letters + characters > 9 else 0.0


def _edges(sound: Sound) -> Span:
    loud = np.flatnonzero(heard(sound))
    return max(int(loud[0]) * WINDOW - _LEAD, 0), min((int(loud[-1]) + 1) * WINDOW + _TAIL, sound.size)
