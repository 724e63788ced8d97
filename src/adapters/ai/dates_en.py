"""Dates, years and clock times as English says them.

A shape is a function of a token's core and its place that gives words, or None where the core has another shape.
"""

import re

from .numerals import cardinal, decade, ordinal, year
from .place_en import Place, Words
from .words_en import ABBREVIATIONS, MONTHS, UNITS, YEAR_AFTER

_TIME = re.compile(r"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?P<half>[ap]\.?m\.?)?", re.IGNORECASE)
_HOUR = re.compile(r"(?P<h>1[0-2]|0?[1-9])(?P<half>[ap]\.?m\.?)", re.IGNORECASE)
_RATIO = re.compile(r"(\d+):(\d+)")
_ISO_DATE = re.compile(r"(?P<y>\d{4})[-/.](?P<m>0?[1-9]|1[0-2])[-/.](?P<d>[0-2]?\d|3[01])")
_US_DATE = re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d{2})")
_DECADE = re.compile(r"['’]?(?P<n>\d{4}|\d0)['’]?s")


def date(core: str, place: Place) -> Words | None:
    found = _ISO_DATE.fullmatch(core) or _US_DATE.fullmatch(core)
    if found:
        month, day = int(found["m"]), int(found["d"])
        month, day = (day, month) if month > 12 else (month, day)
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        number = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
        return [MONTHS[month - 1], *ordinal(day), *year(number)]
    by_month = is_month(place.left_written) or is_month(place.right)
    if by_month and core.isdecimal() and len(core) <= 2 and 1 <= int(core) <= 31:
        return ordinal(int(core))
    days = re.fullmatch(r"(\d{1,2})[-–—](\d{1,2})", core)
    if days and is_month(place.left_written):
        return [*ordinal(int(days[1])), "to", *ordinal(int(days[2]))]
    return None


def is_month(word: str) -> bool:
    return word[:1].isupper() and (word.capitalize() in MONTHS or ABBREVIATIONS.get(word.lower()) in MONTHS)


def clock(core: str, place: Place) -> Words | None:
    """ "three thirty", "ten o'clock", "five P.M."; a colon that tells no time is a ratio."""
    ends = re.split("[-–—]", core)
    if len(ends) == 2 and all(_HOUR.fullmatch(end) or _TIME.fullmatch(end) for end in ends):
        return [*(clock(ends[0], place) or []), "to", *(clock(ends[1], place) or [])]
    if hour := _HOUR.fullmatch(core):
        return [*cardinal(int(hour["h"])), hour["half"][0].upper() + ".M."]
    found = _TIME.fullmatch(core)
    if not found or place.left in {"ratio", "score", "scale"} or "ratio" in place.right.lower():
        ratio = _RATIO.fullmatch(core)
        return [*cardinal(int(ratio[1])), "to", *cardinal(int(ratio[2]))] if ratio else None
    hours, minutes = int(found["h"]), int(found["m"])
    half = [found["half"][0].upper() + ".M."] if found["half"] else []
    if found["s"]:
        return [*cardinal(hours), *two_digits(minutes), "and", *cardinal(int(found["s"])), "seconds", *half]
    if minutes:
        return [*cardinal(hours), *two_digits(minutes), *half]
    if half or place.right.lower().strip(".") in {"am", "pm", "a.m", "p.m", "o'clock"}:
        return [*cardinal(hours), *half]
    if hours == 0:
        return ["midnight"]
    return [*cardinal(hours), "hundred" if hours > 12 else "o'clock"]


def is_clock(text: str) -> bool:
    return bool(_TIME.fullmatch(text)) or (text.isdecimal() and len(text) < 3)


def decades(core: str, place: Place) -> Words | None:
    """ "1990s", "'80s"."""
    found = _DECADE.fullmatch(core)
    return decade(int(found["n"])) if found else None


def two_digits(number: int) -> Words:
    return ["oh", *cardinal(number)] if number < 10 else cardinal(number)


def is_year(number: str) -> bool:
    return len(number) == 4 and number.isdecimal() and 1100 <= int(number) <= 2099


def year_wanted(place: Place) -> bool:
    right = place.right.lower()
    if place.left in YEAR_AFTER or is_month(place.left_written):
        return True
    if (
        right in UNITS
        or place.right in UNITS
        or (right.endswith("s") and right not in {"was", "is", "has", "as", "its"})
    ):
        return False
    return right not in {"people", "more", "or", "men", "women", "children", "of", "times", "percent", "new"}
