"""Captions: the spoken words grouped into cues that are read together."""

from collections.abc import Sequence
from itertools import accumulate
from math import inf
from typing import Literal

from .breaking import cheapest, last_mark
from .cue import Cue, CueWord
from .language import bare, is_common, is_wide, leans_back, leans_forward, speakable
from .narration import SAMPLE_RATE, Word
from .output import Output
from .sentences import sentence_ends
from .style import CaptionStyle, safe_area

PAUSE = SAMPLE_RATE * 3 // 10
"""Samples of silence between two words that part cues like a clause mark."""
BRIDGE = SAMPLE_RATE // 2
"""Samples of silence over which a cue stays until the next one comes."""
HOLD = SAMPLE_RATE // 4
"""Samples that a cue stays after its last word where no other follows soon."""
BRIEF = SAMPLE_RATE // 2
"""Samples below which a cue is gone before it is read."""


def cues(words: Sequence[Word], *, offset: int, output: Output, style: CaptionStyle, frames: int) -> tuple[Cue, ...]:
    """The words of one scene's speech as cues, in frames of the scene, which lasts ``frames``.

    ``offset`` is the sample of the scene at which the speech starts. A cue holds at most ``style.max_words`` words
    and what fits ``style.max_lines`` lines of the safe area. Cues part at sentence ends, clause marks and pauses
    where they can, and else where they come out even. They never overlap, and each lasts at least one frame.
    """
    groups = [list(words[start:end]) for start, end in _grouped(words, output, style)]
    while len(groups) > max(1, frames):
        groups[-2:] = [groups[-2] + groups[-1]]
    starts = _starts([output.frames(offset + group[0].start) for group in groups], frames)
    timed: list[Cue] = []
    for index, (group, start) in enumerate(zip(groups, starts, strict=True)):
        limit = starts[index + 1] if index + 1 < len(groups) else frames
        end = limit
        if index + 1 == len(groups) or groups[index + 1][0].start - group[-1].end >= BRIDGE:
            end = max(start + 1, min(limit, output.frames(offset + group[-1].end + HOLD)))
        timed.append(Cue(start=start, end=end, words=_in_frames(group, start, end, offset, output)))
    return tuple(timed)


def _starts(wanted: Sequence[int], frames: int) -> list[int]:
    """The wanted frames moved as little as makes each later than the one before and leaves all of them a frame."""
    starts: list[int] = []
    for index, frame in enumerate(wanted):
        earliest = starts[-1] + 1 if starts else 0
        starts.append(max(earliest, min(frame, frames - len(wanted) + index)))
    return starts


def _in_frames(group: Sequence[Word], start: int, end: int, offset: int, output: Output) -> tuple[CueWord, ...]:
    """The words inside the cue's span, in order and without overlap; two in one frame leave the first an empty span."""
    starts: list[int] = []
    for word in group:
        starts.append(max(starts[-1] if starts else start, min(end - 1, output.frames(offset + word.start))))
    return tuple(
        CueWord(
            text=word.text,
            start=begins,
            end=max(begins, min(until, output.frames(offset + word.end))),
            space=word.space,
        )
        for word, begins, until in zip(group, starts, [*starts[1:], end], strict=True)
    )


def line_ems(output: Output, style: CaptionStyle) -> float:
    """The width of a caption line in ems: the safe area's, less the stroke and the box's padding on both sides."""
    safe = safe_area(output.width, output.height)
    line = output.width * (1 - safe.left - safe.right) / (style.type.size * output.short_side)
    padding = max((box.padding for box in (style.box, style.lit_box) if box is not None), default=0.0)
    return line - 2 * (padding + style.type.stroke_width)


def advance(text: str, style: CaptionStyle) -> float:
    """The width of ``text`` in ems, by averages of the fonts that captions are set in.

    A full-width character takes 1 em, any other 0.55, 0.06 more in capitals and 0.05 more in a black weight (800 on);
    a space takes 0.3.
    """
    narrow = 0.55 + 0.05 * (style.type.weight >= 800)
    capital = narrow + 0.06
    return sum(
        1.0 if is_wide(ch) else 0.3 if ch.isspace() else capital if style.type.uppercase or ch.isupper() else narrow
        for ch in text
    )


_Boundary = Literal["sentence", "clause", "pause", "word", "phrase"]
_AT_END: dict[_Boundary, float] = {"sentence": 0.0, "clause": 0.1, "pause": 0.1, "word": 0.5, "phrase": 2.2}
"""What it costs to end a cue at a boundary; "phrase" lies within one, as behind "the"."""
_INSIDE: dict[_Boundary, float] = {"sentence": 2.5, "clause": 1.8, "pause": 0.6, "word": 0.0, "phrase": 0.0}
"""What it costs to read on over a boundary within a cue."""


def _grouped(words: Sequence[Word], output: Output, style: CaptionStyle) -> list[tuple[int, int]]:
    """Half-open spans of ``words``, each a cue. A word that cannot be spoken stays with the one before it."""
    begins = [index for index, word in enumerate(words) if not index or speakable(word.text)]
    if len(begins) > 1 and not speakable(words[0].text):
        del begins[1]
    edges = [*begins, len(words)]
    boundaries = _boundaries(words)
    inside = list(accumulate((_INSIDE[boundary] for boundary in boundaries), initial=0.0))
    widths = [advance(word.text, style) for word in words]
    spaces = [advance(" ", style) * word.space for word in words]
    line = line_ems(output, style)
    room = max(line, 1.0) * style.max_lines

    def cost(first: int, last: int) -> float | None:
        start, end = edges[first], edges[last]
        count = last - first
        if count > 1 and (
            count > style.max_words or _lines(widths[start:end], spaces[start:end], line) > style.max_lines
        ):
            return None
        price = 1 + (sum(widths[start:end]) / room) ** 2 + inside[end - 1] - inside[start]
        if end < len(words):
            price += _AT_END[boundaries[end - 1]] + 2.0 * leans_back(words[end].text)
        if count == 1 < style.max_words and boundaries[end - 1] != "sentence":
            price += 1.5
        if words[end - 1].end - words[start].start < BRIEF:
            price += 0.5
        return price

    return [(edges[first], edges[last]) for first, last in cheapest(len(begins), cost)]


def _boundaries(words: Sequence[Word]) -> list[_Boundary]:
    """What lies behind each word."""
    shown = [word.text + " " * word.space for word in words]
    sentences = set(sentence_ends("".join(shown)))
    boundaries: list[_Boundary] = []
    for index, (word, until) in enumerate(zip(words, accumulate(map(len, shown)), strict=True)):
        mark = last_mark(word.text)
        if until - word.space in sentences:
            boundaries.append("sentence")
        elif mark and mark != ".":
            boundaries.append("clause")
        elif index + 1 < len(words) and words[index + 1].start - word.end > PAUSE:
            boundaries.append("pause")
        else:
            boundaries.append("phrase" if mark or leans_forward(word.text) else "word")
    return boundaries


def _lines(widths: Sequence[float], spaces: Sequence[float], line: float) -> int:
    """How many lines of ``line`` ems the words take, filled one after the other."""
    lines, used = 1, 0.0
    for width, space in zip(widths, spaces, strict=True):
        if used and used + width > line:
            lines, used = lines + 1, 0.0
        used += width + space
    return lines


def lines(words: Sequence[CueWord], output: Output, style: CaptionStyle) -> list[tuple[int, int]]:
    """Half-open spans of a cue's words, each a line of the safe area by average widths; about equally long.

    Where the style's ``max_lines`` do not hold them, the lines are as many and longer.
    """
    widths = [advance(word.text, style) for word in words]
    spaces = [advance(" ", style) * word.space for word in words]
    limit = line_ems(output, style)
    count = _lines(widths, spaces, limit)
    if count > style.max_lines:
        count, limit = style.max_lines, inf
    target = (sum(widths) + sum(spaces)) / count

    def cost(start: int, end: int) -> float | None:
        width = sum(widths[start:end]) + sum(spaces[start : end - 1])
        if width > limit and end - start > 1:
            return None
        clinging = end < len(words) and (leans_forward(words[end - 1].text) or leans_back(words[end].text))
        return (width - target) ** 2 + 6.0 * clinging

    return cheapest(len(words), cost)


_COMPLEMENTS = frozenset("向到出入起开过成为得着了给在于")
"""Characters that end Chinese verbs rather than names of things."""


def keyword(texts: Sequence[str]) -> int:
    """Index of the word that matters most among the words of a cue, -1 where none stands out.

    Common words and those that cling to their neighbours never do. Of the others, numbers come first, then names and
    capitals inside a sentence, then the longest; of equals the last, where the stress of a phrase lies.
    """
    best, most = -1, 0.0
    for index, text in enumerate(texts):
        word = bare(text)
        if not speakable(text) or is_common(word) or leans_forward(word) or leans_back(word):
            continue
        wide = any(map(is_wide, word))
        weight = 2.5 * len(word) - (word[-1] in _COMPLEMENTS) if wide else float(len(word))
        if any(ch.isdigit() for ch in word):
            weight += 6
        core = text.strip("\"'“”‘’([{（《「")
        if index and not last_mark(texts[index - 1]) and core[:1].isupper():
            weight += 4
        if weight >= most and weight > 3:
            best, most = index, weight
    return best
