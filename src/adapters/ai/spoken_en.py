"""What is said for one English token: numbers, dates, money, units, abbreviations, addresses, plain words.

``SHAPES`` is the list of shapes, tried in order; the first that fits a core says it. A shape is a function of the
core and its place that gives words, or None where the core has another shape. Words hold no digits.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .numerals import LARGEST, cardinal, decade, decimal, digits, fraction, ordinal, year
from .words_en import (
    ABBREVIATIONS,
    ACRONYMS,
    BEFORE_NUMBER,
    CURRENCIES,
    GREEK,
    MAGNITUDES,
    MAGNITUDE_LETTERS,
    MONTHS,
    SYMBOLS,
    UNITS,
    YEAR_AFTER,
)

Words = list[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A token among its sentence: all cores, the marks after each, and the index of this one."""

    cores: Sequence[str]
    afters: Sequence[str]
    index: int
    shouted: bool = False

    @property
    def left(self) -> str:
        """The core before, lower case, unless a mark stands between."""
        return "" if self.index == 0 or self.afters[self.index - 1].strip(".") else self.cores[self.index - 1].lower()

    @property
    def left_written(self) -> str:
        return self.cores[self.index - 1] if self.left else ""

    @property
    def in_long_number(self) -> bool:
        """Whether the token is one of three or more groups of digits that make a number of nine or more."""
        first = last = self.index
        while first > 0 and _GROUP.fullmatch(self.cores[first - 1]):
            first -= 1
        while last + 1 < len(self.cores) and _GROUP.fullmatch(self.cores[last + 1]):
            last += 1
        return last - first >= 2 and sum(len(core.lstrip("+")) for core in self.cores[first : last + 1]) >= 9

    @property
    def right(self) -> str:
        """The core after, as written, unless a mark stands between."""
        following = self.index + 1
        return "" if following >= len(self.cores) or self.afters[self.index].strip(".") else self.cores[following]

    @property
    def mark(self) -> str:
        return self.afters[self.index]


_N = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_GROUP = re.compile(r"\+?\d{1,4}")
_NUMBER = re.compile(rf"(?P<sign>[-+−±~≈<>≤≥]?)(?P<n>{_N})(?P<more>\+?)")
_MONEY = re.compile(
    rf"(?P<sign>[-+−~≈<>]?)(?:US|A|C|NZ|HK)?(?P<c>[$€£¥₹])(?P<n>{_N})(?:[-–—](?:[$€£¥₹])?(?P<to>{_N}))?"
    r"(?P<scale>[kKmMbBtT]|[bmt]n)?(?P<more>\+?)(?:/(?P<per>[A-Za-z]+))?"
)
_MONEY_BEHIND = re.compile(rf"(?P<n>{_N})(?P<c>[€£¥₹])")
_RANGE = re.compile(rf"(?P<a>{_N})(?P<u1>%|°)?[-–—−~](?P<b>{_N})(?P<unit>%|°?[A-Za-zµ/]{{1,5}}[²³]?|°)?")
_WITH_UNIT = re.compile(
    rf"(?P<sign>[-+−±~≈<>]?)(?P<n>{_N})[- ]?(?P<unit>[%‰°℃℉]|[°µ]?[A-Za-z]+(?:/[A-Za-z]+)?[²³23]?|″|′)"
)
_TIME = re.compile(r"(?P<h>[01]?\d|2[0-4]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?P<half>[ap]\.?m\.?)?", re.IGNORECASE)
_HOUR = re.compile(r"(?P<h>1[0-2]|0?[1-9])(?P<half>[ap]\.?m\.?)", re.IGNORECASE)
_RATIO = re.compile(r"(\d+):(\d+)")
_ISO_DATE = re.compile(r"(?P<y>\d{4})[-/.](?P<m>0?[1-9]|1[0-2])[-/.](?P<d>[0-2]?\d|3[01])")
_US_DATE = re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d{2})")
_DECADE = re.compile(r"['’]?(?P<n>\d{4}|\d0)['’]?s")
_ORDINAL = re.compile(r"(?P<n>\d[\d,]*)(?:st|nd|rd|th)", re.IGNORECASE)
_FRACTION = re.compile(r"(?P<a>\d+)[/⁄](?P<b>\d+)")
_MIXED = re.compile(r"(?P<n>\d*)(?P<f>[½⅓⅔¼¾⅛])")
_TIMES = re.compile(rf"(?P<n>{_N})[x×]", re.IGNORECASE)
_BY = re.compile(rf"(?P<a>{_N})[x×*](?P<b>{_N})(?P<unit>[A-Za-z]+)?", re.IGNORECASE)
_FEET = re.compile(r"(?P<f>\d+)['’′](?P<i>\d+)?[\"”″]?")
_PHONE = re.compile(r"\+?\d{1,4}(?:[-.]\d{2,4})+|\(?\d{3}\)?[-.]\d{4}|\+\d{7,}")
_VERSION = re.compile(r"(?P<v>[vV])?(?P<n>\d+(?:\.\d+){2,})|[vV](?P<m>\d+(?:\.\d+)?)")
_ADDRESS = re.compile(r"(?:https?://|www\.)?(?P<host>[\w-]+(?:\.[\w-]+)*\.[a-z]{2,})(?P<port>:\d+)?(?P<path>[/?#]\S*)?")
_MAIL = re.compile(r"(?P<who>[\w.+-]+)@(?P<host>[\w-]+(?:\.[\w-]+)+)")
_DOTTED = re.compile(r"\.?[A-Za-z][\w-]*(?:\.[A-Za-z]\w*)+")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]\.?")
_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
_POWERS_TO_DIGITS = str.maketrans(_POWERS, "0123456789-")
_LETTER = rf"[^\W\d_{_POWERS}]"
_MIXTURE = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*(?:\+\+)?|{_N}|[{_POWERS}]+|[%&+=@^]")
_FRACTIONS = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8)}
_SIGNS = {
    "-": ["minus"], "−": ["minus"], "+": ["plus"], "±": ["plus", "or", "minus"], "~": ["about"], "≈": ["about"],
    "<": ["less", "than"], ">": ["more", "than"], "≤": ["at", "most"], "≥": ["at", "least"],
}  # fmt: skip
_TOP_LEVEL = frozenset("com org net edu gov io ai app dev co uk de fr eu us cn me tv info".split())
_PER = {
    "mo": "month",
    "yr": "year",
    "hr": "hour",
    "h": "hour",
    "wk": "week",
    "d": "day",
    "s": "second",
    "min": "minute",
}
_REGNAL = frozenset(
    "henry charles louis elizabeth george edward william james richard napoleon pope john paul benedict pius leo "
    "alexander catherine nicholas frederick philip peter ivan ramses ferdinand mary robert david francis wilhelm "
    "ptolemy darius xerxes".split()
)
_NAMED_BY_NUMBER = frozenset(
    "boeing airbus room flight route highway channel interstate suite apartment porsche".split()
)
_NUMBERED = frozenset("war part chapter volume section act stage level phase type class bowl book grade tier".split())


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
    if lowered.rstrip(".") in {"a.m", "p.m"} or lowered in {"am", "pm"} and _is_time(place.left):
        return [lowered[0].upper() + ".M."]
    return None


def owns_stop(core: str) -> bool:
    """Whether a full stop behind the core belongs to it and not to the sentence."""
    lowered = core.lower()
    return lowered in ABBREVIATIONS or lowered in BEFORE_NUMBER or lowered == "st" or bool(_INITIALS.fullmatch(core))


def _is_time(text: str) -> bool:
    return bool(_TIME.fullmatch(text)) or text.isdecimal() and len(text) < 3


def _mail_or_address(core: str, place: Place) -> Words | None:
    mail = _MAIL.fullmatch(core)
    if mail:
        return [*_letters(mail["who"]), "at", *_host(mail["host"])]
    address = _ADDRESS.fullmatch(core)
    if address and ("//" in core or core.startswith("www.") or address["host"].rsplit(".", 1)[1] in _TOP_LEVEL):
        path = (address["path"] or "").strip("/")
        spoken = [word for part in path.split("/") for word in ("slash", *_letters(part))] if path else []
        short = re.fullmatch(r"[A-Za-z-]{1,20}(/[A-Za-z-]{1,20})?", path)
        return [*_host(address["host"]), *(spoken if short else [])]
    return None


def _host(host: str) -> Words:
    *names, top = host.removeprefix("www.").split(".")
    ending = [top] if len(top) > 2 else [letter.upper() for letter in top]
    return [word for name in names for word in (*_letters(name), "dot")] + ending


def _letters(text: str) -> Words:
    """Words and numbers of a mixed string, its marks silent."""
    words: Words = []
    for part in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+", text):
        words += _plain_number(part) if part.isdecimal() else [part]
    return words


def _date(core: str, place: Place) -> Words | None:
    found = _ISO_DATE.fullmatch(core) or _US_DATE.fullmatch(core)
    if found:
        month, day = int(found["m"]), int(found["d"])
        month, day = (day, month) if month > 12 else (month, day)
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        number = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
        return [MONTHS[month - 1], *ordinal(day), *year(number)]
    by_month = _month(place.left_written) or _month(place.right)
    if by_month and core.isdecimal() and len(core) <= 2 and 1 <= int(core) <= 31:
        return ordinal(int(core))
    days = re.fullmatch(r"(\d{1,2})[-–—](\d{1,2})", core)
    if days and _month(place.left_written):
        return [*ordinal(int(days[1])), "to", *ordinal(int(days[2]))]
    return None


def _month(word: str) -> bool:
    return word[:1].isupper() and (word.capitalize() in MONTHS or ABBREVIATIONS.get(word.lower()) in MONTHS)


def _time(core: str, place: Place) -> Words | None:
    clock = _TIME.fullmatch(core)
    hour = _HOUR.fullmatch(core)
    hours = re.split("[-–—]", core)
    if len(hours) == 2 and all(_HOUR.fullmatch(h) or _TIME.fullmatch(h) for h in hours):
        return [*(_time(hours[0], place) or []), "to", *(_time(hours[1], place) or [])]
    if hour:
        return [*cardinal(int(hour["h"])), hour["half"][0].upper() + ".M."]
    if not clock or place.left in {"ratio", "score", "scale"} or "ratio" in place.right.lower():
        ratio = _RATIO.fullmatch(core)
        return [*cardinal(int(ratio[1])), "to", *cardinal(int(ratio[2]))] if ratio else None
    hour_, minutes = int(clock["h"]), int(clock["m"])
    half = [clock["half"][0].upper() + ".M."] if clock["half"] else []
    spoken = half or place.right.lower().strip(".") in {"am", "pm", "a.m", "p.m", "o'clock"}
    if clock["s"]:
        return [*cardinal(hour_), *_two_digits(minutes), "and", *cardinal(int(clock["s"])), "seconds", *half]
    if minutes == 0:
        if spoken:
            return [*cardinal(hour_), *half]
        return [*cardinal(hour_), "hundred"] if hour_ > 12 else [*cardinal(hour_), "o'clock"] if hour_ else ["midnight"]
    return [*cardinal(hour_), *_two_digits(minutes), *half]


def _two_digits(number: int) -> Words:
    return ["oh", *cardinal(number)] if number < 10 else cardinal(number)


def _money(core: str, place: Place) -> Words | None:
    found = _MONEY.fullmatch(core) or _MONEY_BEHIND.fullmatch(core)
    if not found:
        return None
    parts = found.groupdict()
    unit, units, cent = CURRENCIES[parts["c"]]
    sign = _SIGNS.get(parts.get("sign") or "", [])
    more = ["plus"] if parts.get("more") else []
    scale = MAGNITUDE_LETTERS.get((parts.get("scale") or "").lower())
    per = [] if not parts.get("per") else ["per", _PER.get(parts["per"].lower(), parts["per"])]
    amount = parts["n"]
    if parts.get("to"):
        return [*sign, *decimal(amount), "to", *decimal(parts["to"]), *([scale] if scale else []), units, *more, *per]
    if scale:
        return [*sign, *decimal(amount), scale, units, *more, *per]
    if place.right.lower() in MAGNITUDES:
        return [*sign, *decimal(amount)]
    whole, _, cents = amount.replace(",", "").partition(".")
    if len(cents) == 2 and int(whole or 0) <= LARGEST:
        return [*sign, *_coins(int(whole or 0), int(cents), unit, units, cent), *more, *per]
    return [*sign, *decimal(amount), unit if amount == "1" else units, *more, *per]


def _coins(whole: int, cents: int, unit: str, units: str, cent: str) -> Words:
    """ "two dollars and fifty cents", "ninety nine cents"."""
    small = [*cardinal(cents), cent if cents != 1 else cent.removesuffix("s")]
    if not whole and cents:
        return small
    head = [*cardinal(whole), unit if whole == 1 else units]
    return [*head, "and", *small] if cents else head


def _magnitude(core: str, place: Place) -> Words | None:
    """ "million" behind "$3" takes the currency with it."""
    money = _MONEY.fullmatch(place.cores[place.index - 1]) if place.left and core.lower() in MAGNITUDES else None
    if not money or money["scale"]:
        return None
    return [core.lower(), CURRENCIES[money["c"]][1]]


def _unit_behind(core: str, place: Place) -> Words | None:
    """ "km" behind "5"."""
    if core not in UNITS and core != "%" or not place.left:
        return None
    number = _NUMBER.fullmatch(place.cores[place.index - 1]) or _RANGE.fullmatch(place.cores[place.index - 1])
    if not number or core in {"in", "A"}:
        return None
    return _unit(core, one=number.re is _NUMBER and number["n"] == "1")


def _unit(unit: str, *, one: bool) -> Words:
    if unit in UNITS:
        return UNITS[unit][0 if one else 1].split()
    return _letters(unit)


def _range(core: str, place: Place) -> Words | None:
    if _phone_like(core):
        return digits(core, zero="oh")
    found = _RANGE.fullmatch(core)
    if not found or (found["unit"] and found["unit"] not in UNITS):
        return None
    first, second = found["a"], found["b"]
    if _is_year(first) and (_is_year(second) or len(second) == 2) and not found["unit"]:
        return [*year(int(first)), "to", *(year(int(second)) if len(second) == 4 else _two_digits(int(second)))]
    return [*decimal(first), "to", *decimal(second), *(_unit(found["unit"], one=False) if found["unit"] else [])]


def _phone_like(core: str) -> bool:
    groups = re.split(r"[-.]", core.lstrip("+"))
    if not _PHONE.fullmatch(core) or "." in core and len(groups) < 3:
        return False
    return len(groups) > 2 and sum(map(len, groups)) >= 7 or [len(g) for g in groups] == [3, 4] or core[0] == "+"


def _with_unit(core: str, place: Place) -> Words | None:
    found = _WITH_UNIT.fullmatch(core)
    if not found:
        return None
    unit, number = found["unit"], found["n"]
    if unit not in UNITS and unit.lower() in MAGNITUDE_LETTERS and unit not in {"K", "k", "t", "b"}:
        return [*_SIGNS.get(found["sign"], []), *decimal(number), MAGNITUDE_LETTERS[unit.lower()]]
    if unit in UNITS:
        return [*_SIGNS.get(found["sign"], []), *decimal(number), *_unit(unit, one=number == "1")]
    return None


def _counted(core: str, place: Place) -> Words | None:
    """Decades, ordinals, fractions, times, sizes, feet, versions."""
    if found := _DECADE.fullmatch(core):
        return decade(int(found["n"]))
    if found := _ORDINAL.fullmatch(core):
        return ordinal(int(found["n"].replace(",", "")))
    if core in {"24/7", "50/50", "9/11", "20/20"}:
        return [word for part in core.split("/") for word in cardinal(int(part))]
    if found := _FRACTION.fullmatch(core):
        return fraction(int(found["a"]), int(found["b"]))
    if found := _MIXED.fullmatch(core):
        part = fraction(*_FRACTIONS[found["f"]])
        if not found["n"]:
            return part
        return [*cardinal(int(found["n"])), "and", *(["a", *part[1:]] if part[0] == "one" else part)]
    if found := _BY.fullmatch(core):
        unit = _unit(found["unit"], one=False) if found["unit"] else []
        return [*_pixels(found["a"]), "by", *_pixels(found["b"]), *unit]
    if found := _TIMES.fullmatch(core):
        return [*decimal(found["n"]), "times" if found["n"] != "1" else "time"]
    if found := _FEET.fullmatch(core):
        return [*cardinal(int(found["f"])), "foot", *(cardinal(int(found["i"])) if found["i"] else [])]
    if found := _VERSION.fullmatch(core):
        words = [word for part in (found["n"] or found["m"]).split(".") for word in ("point", *cardinal(int(part)))][1:]
        return (["version"] if core[0] in "vV" else []) + words
    return None


def _pixels(text: str) -> Words:
    return year(int(text)) if len(text) == 4 and text.isdecimal() else decimal(text)


def _number(core: str, place: Place) -> Words | None:
    if core.startswith("#") and core[1:].isdecimal():
        return ["number", *cardinal(int(core[1:]))]
    found = _NUMBER.fullmatch(core)
    if not found:
        return None
    sign = _SIGNS.get(found["sign"], [])
    more = ["plus"] if found["more"] else []
    number = found["n"]
    if place.in_long_number:
        return [*sign, *digits(number, zero="oh")]
    if number == "000" and place.left.isdecimal():
        return ["thousand"]
    if len(number) == 3 and place.left in _NAMED_BY_NUMBER and not number.endswith("00"):
        return [*cardinal(int(number[0])), *_two_digits(int(number[1:]))]
    if number == "911" and not sign and place.right.lower() not in UNITS:
        return digits(number)
    if _is_year(number) and not sign and not more and _year_wanted(place):
        return year(int(number))
    return [*sign, *_plain_number(number), *more]


def _plain_number(number: str) -> Words:
    if number.isdecimal() and (number[0] == "0" and len(number) > 1 or len(number) > 9):
        return digits(number, zero="oh" if len(number) < 5 else "zero")
    return decimal(number)


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdecimal() and 1100 <= int(number) <= 2099


def _year_wanted(place: Place) -> bool:
    right = place.right.lower()
    if place.left in YEAR_AFTER or _month(place.left_written):
        return True
    if right in UNITS or place.right in UNITS or right.endswith("s") and right not in {"was", "is", "has", "as", "its"}:
        return False
    return right not in {"people", "more", "or", "men", "women", "children", "of", "times", "percent", "new"}


def _roman(core: str, place: Place) -> Words | None:
    if not _ROMAN.fullmatch(core):
        return None
    if core.endswith("II") and not place.left:
        return cardinal(_roman_value(core))
    if place.index == 0 or not place.cores[place.index - 1][:1].isupper():
        return None
    left = place.left
    if len(core) == 1 and left not in _NUMBERED and (core == "I" or left not in _REGNAL):
        return None
    number = _roman_value(core)
    return ["the", *ordinal(number)] if left in _REGNAL else cardinal(number)


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
        return ["at" if core[0] == "@" else "hashtag", *_letters(_spread(core[1:]))]
    if core[:-1].isalpha() and core[-1] == "#":
        return [core[:-1], "sharp"]
    return None


def _spread(text: str) -> str:
    """ "MoonLanding" as "Moon Landing"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)


SHAPES: tuple[Callable[[str, Place], Words | None], ...] = (
    _symbol, _abbreviation, _mail_or_address, _date, _time, _money, _magnitude, _unit_behind, _range, _counted,
    _with_unit, _number, _roman,
)  # fmt: skip


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
            words += [*cardinal(int(part[0])), *_two_digits(int(part[1:]))] if model else _mixed_number(part)
        elif part[0] in _POWERS:
            words += [] if len(before) > 2 and before.isalpha() else _power(part)
        elif not part[0].isalpha():
            words += SYMBOLS[part].split()
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
    return year(int(part)) if _is_year(part) else _plain_number(part)


def _file_part(part: str) -> Words:
    return (
        [letter.upper() for letter in part]
        if 1 < len(part) < 4 and part.lower() not in {"net", "com"}
        else _letters(part)
    )
