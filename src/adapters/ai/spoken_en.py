"""What is said for one English token.

``SHAPES`` is the list of shapes, tried in order; the first that fits a core says it. A shape is a function of the
core and its place that gives words, or None where the core has another shape. Words hold no digits.
"""

import re
from collections.abc import Callable

from .addresses_en import letters, mail_or_address
from .amounts_en import NUMERAL, counted, magnitude, money, number, plain_number, span, unit_behind, with_unit
from .dates_en import clock, date, decades, is_clock, two_digits
from .numerals import cardinal, digits, ordinal, year
from .place_en import Place, Words
from .words_en import ABBREVIATIONS, ACRONYMS, BEFORE_NUMBER, GREEK, NUMBERED, REGNAL, SYMBOLS, UNITS

_DOTTED = re.compile(r"[A-Za-z][\w-]*(?:\.[A-Za-z]\w*)+|\.[A-Za-z]\w+")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]\.?")
_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_POWERS_TO_DIGITS = str.maketrans(_POWERS, "0123456789-")
_LETTER = rf"[^\W\d_{_POWERS}]"
_MIXTURE = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*(?:\+\+)?|{NUMERAL}|[{_POWERS}]+|[%&+=@^]")


def said(core: str, place: Place, knows: Callable[[str], bool]) -> Words:
    """The words for a core at its place; empty where it is silent. ``knows`` tells words from letters."""
    for shape in SHAPES:
        words = shape(core, place)
        if words is not None:
            return words
    return _plain(core, place, knows)


def _abbreviation(core: str, place: Place) -> Words | None:
    lowered = core.lower()
    if lowered in {"w", "w/o"} and (place.mark.startswith("/") or "/" in core):
        return ["with" if lowered == "w" else "without"]
    if core in UNITS and place.left[-1:].isdigit():
        return None
    full = ABBREVIATIONS.get(lowered)
    if full is not None and (place.mark.startswith(".") or "." in core or lowered in {"vs", "approx", "dept"}):
        return full.split()
    if lowered == "st" and place.mark.startswith("."):
        return ["saint"] if place.right[:1].isupper() else ["street"]
    if lowered in BEFORE_NUMBER and place.mark in (".", "") and place.right[:1].isdigit() and core[0] in "NnVvFfPpCc":
        return BEFORE_NUMBER[lowered].split() if place.mark or lowered not in {"no", "p", "ch"} else None
    if _INITIALS.fullmatch(core) and core.lower() not in {"a.m", "p.m"}:
        return [core.upper().rstrip(".") + "."]
    if lowered.rstrip(".") in {"a.m", "p.m"} or (lowered in {"am", "pm"} and is_clock(place.left)):
        return [lowered[0].upper() + ".M."]
    return None


def owns_stop(core: str) -> bool:
    """Whether a full stop behind the core belongs to it and not to the sentence."""
    lowered = core.lower()
    return lowered in ABBREVIATIONS or lowered in BEFORE_NUMBER or lowered == "st" or bool(_INITIALS.fullmatch(core))


def _roman(core: str, place: Place) -> Words | None:
    if not _ROMAN.fullmatch(core):
        return None
    if core.endswith("II") and not place.left:
        return cardinal(_roman_value(core))
    if place.index == 0 or not place.cores[place.index - 1][:1].isupper():
        return None
    left = place.left
    if len(core) == 1 and left not in NUMBERED and (core == "I" or left not in REGNAL):
        return None
    number = _roman_value(core)
    return ["the", *ordinal(number)] if left in REGNAL else cardinal(number)


def _roman_value(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _symbol(core: str, place: Place) -> Words | None:
    if core in GREEK:
        return [GREEK[core]]
    if core in SYMBOLS:
        between_numbers = place.left[-1:].isdigit() and place.right[:1].isdigit()
        if core in "-−/*x×" and not between_numbers:
            return None if core == "x" else []
        return SYMBOLS[core].split()
    if len(core) > 1 and core[0] in "@#" and core[1].isalpha():
        return ["at" if core[0] == "@" else "hashtag", *letters(_spread(core[1:]))]
    if core[:-1].isalpha() and core[-1] == "#":
        return [core[:-1], "sharp"]
    return None


def _spread(text: str) -> str:
    """ "MoonLanding" as "Moon Landing"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)


def _plain(core: str, place: Place, knows: Callable[[str], bool]) -> Words:
    """A word, an acronym, or a mixture of letters, digits and marks, said part by part."""
    if core in ACRONYMS and not place.shouted:
        return [ACRONYMS[core]]
    if place.shouted and core.isalpha() and knows(core.lower()):
        return [core.lower()]
    if re.fullmatch(rf"{_LETTER}+(?:['’-]{_LETTER}+)*['’]?", core):
        return [core]
    if _DOTTED.fullmatch(core):
        return [word for part in core.split(".") for word in ("dot", *_file_part(part))][1:]
    if "-" in core and any(map(str.isdecimal, core)):
        alone = [Place([part], [""], 0) for part in core.split("-") if part]
        return [word for part in alone for word in said(part.cores[0], part, knows)]
    words: Words = []
    parts = _MIXTURE.findall(core)
    for index, part in enumerate(parts):
        before = parts[index - 1] if index else ""
        if part[0].isdecimal() or part[0] == ".":
            model = before.isalpha() and part.isdecimal() and len(part) == 3 and not part.endswith("00")
            words += [*cardinal(int(part[0])), *two_digits(int(part[1:]))] if model else _mixed_number(part)
        elif part[0] in _POWERS:
            words += [] if len(before) > 2 and before.isalpha() else _power(part)
        elif not part[0].isalpha():
            words += counted(part, place) or SYMBOLS.get(part, "").split()
        elif part == "s" and before[-1:].isdecimal():
            words[-1] = words[-1][:-1] + "ies" if words[-1].endswith("y") else words[-1] + "s"
        else:
            words.append(part.upper() if len(part) == 1 else ACRONYMS.get(part, part))
    return words


def _power(raised: str) -> Words:
    """ "squared", "to the power of minus six"."""
    exponent = raised.translate(_POWERS_TO_DIGITS)
    if exponent in ("2", "3"):
        return ["squared" if exponent == "2" else "cubed"]
    return ["to", "the", "power", "of", *(["minus"] if exponent[0] == "-" else []), *digits(exponent)]


def _mixed_number(part: str) -> Words:
    return year(int(part)) if len(part) == 4 and part.isdecimal() else plain_number(part)


def _file_part(part: str) -> Words:
    return (
        [letter.upper() for letter in part]
        if 1 < len(part) < 4 and part.lower() not in {"net", "com"}
        else letters(part)
    )


SHAPES: tuple[Callable[[str, Place], Words | None], ...] = (
    _symbol, _abbreviation, mail_or_address, date, clock, decades, money, magnitude, unit_behind, span, counted,
    with_unit, number, _roman,
)  # fmt: skip
