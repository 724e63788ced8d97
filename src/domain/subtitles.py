"""Captions as files that players read beside a video: SubRip, WebVTT and Advanced SubStation Alpha."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from .caption_animations import ANIMATIONS, Moment
from .captions import keyword, lines
from .cue import Cue
from .errors import UnknownName
from .output import Output
from .style import CaptionStyle, SafeArea, rgb
from .timeline import Timeline

SUBTITLES = ("srt", "vtt", "ass")
"""Kinds of caption files."""


def subtitles(timeline: Timeline, kind: str, line_height: Callable[[str], float]) -> str:
    """All captions of the timeline as a file of ``kind``, one of SUBTITLES; ``line_height`` as for ``to_ass``.

    Raises UnknownName.
    """
    if kind == "srt":
        return to_srt(timeline.cues(), timeline.output.fps)
    if kind == "vtt":
        return to_vtt(timeline.cues(), timeline.output.fps, timeline.language)
    if kind == "ass":
        return to_ass(timeline, line_height)
    raise UnknownName("caption file", kind, SUBTITLES)


def to_srt(cues: Iterable[Cue], fps: int) -> str:
    """The cues as SubRip: UTF-8, LF, milliseconds. Cues that touch share a millisecond, none overlap."""
    return "".join(
        f"{number}\n{_clock(cue.start, fps, ',')} --> {_clock(cue.end, fps, ',')}\n{_one_line(cue.text)}\n\n"
        for number, cue in enumerate(cues, 1)
    )


def to_vtt(cues: Iterable[Cue], fps: int, language: str) -> str:
    """The cues as WebVTT (W3C) with a timestamp before each word, so that players can light the words as they come.

    ``language`` stands in a note, since WebVTT has no field for it: an HTML track names it in ``srclang``.
    """
    return f"WEBVTT\n\nNOTE Language: {language}\n\n" + "".join(
        f"{number}\n{_clock(cue.start, fps)} --> {_clock(cue.end, fps)}\n{_vtt_text(cue, fps)}\n\n"
        for number, cue in enumerate(cues, 1)
    )


def _vtt_text(cue: Cue, fps: int) -> str:
    """The payload; timestamps lie inside the cue and grow, as the standard wants, so some words go without."""
    text = ""
    reached = cue.start
    for word in cue.words:
        if reached < word.start < cue.end:
            text += f"<{_clock(word.start, fps)}>"
            reached = word.start
        text += _one_line(word.text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + " " * word.space
    return text.strip()


def _one_line(text: str) -> str:
    """A blank line would end the cue in both formats."""
    return " ".join(text.split())


def _clock(frame: int, fps: int, point: str = ".") -> str:
    """HH:MM:SS and the nearest millisecond to the start of ``frame``."""
    seconds, milliseconds = divmod((frame * 1000 + fps // 2) // fps, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{milliseconds:03}"


_STYLE_FIELDS = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, "
    "StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, "
    "Encoding"
)
CHINESE = "noto-sans-cjk"
"""The typeface of Chinese captions, whatever typeface the style's other letters have."""
FAMILIES = {CHINESE: "Noto Sans CJK SC"}
"""Families whose name is not the typeface's own in capitals."""
_SHADOW_DEPTH = 0.05
"""Offset of the shadow, in ems."""
_LINE = 1.3
"""Height of a line, in ems, where a block's place is reckoned."""


def to_ass(timeline: Timeline, line_height: Callable[[str], float] = lambda _: 1.2) -> str:
    """The captions as Advanced SubStation Alpha (v4.00+) in the frame's pixels, in the look of the timeline's style.

    Words carry karaoke times: \\kf where they fill, \\k where else each has its moment. ``line_height`` gives the
    ascent and descent of a font in ems, which that format's sizes count.
    """
    output, safe = timeline.output, timeline.style.safe_area
    styles: dict[str, CaptionStyle] = {}
    events = []
    for cue, style, name in timeline.captioned():
        styles[name] = style
        place = _place(style, output, safe)
        begin, end = (_centiseconds(frame, output.fps) for frame in (cue.start, cue.end))
        text = place.tag + _ass_text(cue, style, output)
        events.append(f"Dialogue: 0,{_ass_clock(begin)},{_ass_clock(end)},{name},,0,0,0,,{text}\n")
    return (
        "[Script Info]\n"
        f"Title: {_one_line(timeline.title)}\n"
        "ScriptType: v4.00+\n"
        f"PlayResX: {output.width}\n"
        f"PlayResY: {output.height}\n"
        "WrapStyle: 0\n"
        "ScaledBorderAndShadow: yes\n"
        "YCbCr Matrix: TV.709\n\n"
        f"[V4+ Styles]\nFormat: {_STYLE_FIELDS}\n"
        + "".join(_ass_style(name, style, timeline, line_height) for name, style in styles.items())
        + "\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        + "".join(events)
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """The numpad's digit, the vertical margin in pixels, and the tag that moves a line off the margins."""

    alignment: int
    margin: int
    tag: str = ""


def _place(style: CaptionStyle, output: Output, safe: SafeArea) -> _Place:
    """At the top's or the bottom's margin where the block would reach over it, else about its own middle."""
    middle = style.position * output.height
    half = style.max_lines * _LINE * style.type.size * output.short_side / 2
    top, bottom = round(safe.top * output.height), round(safe.bottom * output.height)
    if middle - half < top:
        return _Place(8, top)
    if middle + half > output.height - bottom:
        return _Place(2, bottom)
    across = output.width * (1 + safe.left - safe.right) / 2
    return _Place(5, 0, f"{{\\pos({across:.0f},{middle:.0f})}}")


def _ass_style(name: str, style: CaptionStyle, timeline: Timeline, line_height: Callable[[str], float]) -> str:
    output, safe, kind, box = timeline.output, timeline.style.safe_area, style.type, style.box
    font = CHINESE if timeline.language.startswith("zh") else kind.font
    em = kind.size * output.short_side
    lit = _lit_colour(style) or kind.fill
    sweeps = _timing(style.animation).sweeps
    place = _place(style, output, safe)
    fields = [
        name,
        FAMILIES.get(font, font.replace("-", " ").title()),
        f"{em * line_height(font):.0f}",
        _ass_colour(lit if sweeps else kind.fill),
        _ass_colour(kind.fill),
        _ass_colour(box.fill, box.opacity) if box else _ass_colour(kind.stroke),
        _ass_colour(kind.stroke, kind.shadow),
        "-1" if kind.weight >= 600 else "0",
        *["0", "0", "0", "100", "100", "0", "0"],
        "3" if box else "1",
        f"{(box.padding if box else kind.stroke_width) * em:.2f}",
        f"{_SHADOW_DEPTH * em * (kind.shadow > 0 and box is None):.2f}",
        str(place.alignment),
        str(round(safe.left * output.width)),
        str(round(safe.right * output.width)),
        str(place.margin),
        "1",
    ]
    return f"Style: {','.join(fields)}\n"


def _ass_text(cue: Cue, style: CaptionStyle, output: Output) -> str:
    fps = output.fps
    ends = {end - 1 for _, end in lines(cue.words, output, style)[:-1]}
    timing, lit = _timing(style.animation), _lit_colour(style)
    accented = keyword([word.text for word in cue.words]) if style.keyword_fill else -1
    zero = _centiseconds(cue.start, fps)
    text, reached = "", zero
    for index, word in enumerate(cue.words):
        begin = _centiseconds(word.start, fps)
        turn = _centiseconds(cue.words[index + 1].start if index + 1 < len(cue.words) else cue.end, fps)
        end = _centiseconds(word.end, fps) if timing.sweeps else turn
        fill = style.keyword_fill if index == accented and style.keyword_fill else style.type.fill
        tags = ""
        if timing.timed:
            wait = f"\\k{begin - reached}" if begin > reached else ""
            tags = f"{wait}\\{'kf' if timing.sweeps else 'k'}{end - begin}"
            reached = end
        if timing.lights and lit is not None:
            at, until = 10 * (begin - zero), 10 * (turn - zero)
            tags += f"\\1c{_bgr(fill)}\\t({at},{at},\\1c{_bgr(lit)})\\t({until},{until},\\1c{_bgr(fill)})"
        elif style.keyword_fill and not timing.sweeps:
            tags += f"\\1c{_bgr(fill)}"
        if timing.appears:
            at = 10 * (begin - zero)
            edge = style.box.opacity if style.box else 1.0
            seen = f"\\1a&H00&\\2a&H00&\\3a{_transparency(edge)}\\4a{_transparency(style.type.shadow)}"
            tags += f"\\1a&HFF&\\2a&HFF&\\3a&HFF&\\4a&HFF&\\t({at},{at},{seen})"
        said = word.text.upper() if style.type.uppercase else word.text
        text += (f"{{{tags}}}" if tags else "") + _ass_escaped(said) + ("\\N" if index in ends else " " * word.space)
    return text.rstrip()


@dataclass(frozen=True, slots=True)
class _Timing:
    """What an animation does that the format can say: words fill and stay so, light up in their turn, or appear."""

    sweeps: bool
    lights: bool
    appears: bool

    @property
    def timed(self) -> bool:
        return self.sweeps or self.lights or self.appears


@cache
def _timing(animation: str) -> _Timing:
    pose = ANIMATIONS[animation]
    before, during, after = (pose(Moment(since=since, spoken=1, turn=1)) for since in (-1.0, 0.95, 2.0))
    return _Timing(after.fill == 1, during.fill == 1 and after.fill == 0, before.shown == 0)


def _lit_colour(style: CaptionStyle) -> str | None:
    return style.lit_fill or (style.lit_box.fill if style.lit_box else None)


def _ass_escaped(text: str) -> str:
    """Braces would begin tags; a backslash is kept from what follows by a word joiner, as libavcodec does it."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    escaped = "\n".join(lines).replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")
    return escaped.replace("\n", "\\N")


def _bgr(colour: str) -> str:
    red, green, blue = rgb(colour)
    return f"&H{blue:02X}{green:02X}{red:02X}&"


def _transparency(opacity: float) -> str:
    return f"&H{round(255 * (1 - opacity)):02X}&"


def _ass_colour(colour: str, opacity: float = 1.0) -> str:
    red, green, blue = rgb(colour)
    return f"&H{round(255 * (1 - opacity)):02X}{blue:02X}{green:02X}{red:02X}"


def _centiseconds(frame: int, fps: int) -> int:
    return (frame * 100 + fps // 2) // fps


def _ass_clock(centiseconds: int) -> str:
    """H:MM:SS.cc"""
    seconds, rest = divmod(centiseconds, 100)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}.{rest:02}"
