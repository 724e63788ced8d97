"""Numbers, money, units, ranges and counts as English says them; shapes as in ``dates_en``."""

import re

from .dates_en import is_year, two_digits, year_wanted
from .numerals import LARGEST, cardinal, decimal, digits, fraction, ordinal, year
from .place_en import Place, Words
from .words_en import CURRENCIES, MAGNITUDE_LETTERS, MAGNITUDES, NAMED_BY_NUMBER, PER, SIGNS, UNITS

NUMERAL = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(rf"(?P<sign>[-+−±~≈<>≤≥]?)(?P<n>{NUMERAL})(?P<more>\+?)")
_MONEY = re.compile(
    rf"(?P<sign>[-+−~≈<>]?)(?:US|A|C|NZ|HK)?(?P<c>[$€£¥₹])(?P<n>{NUMERAL})(?:[-–—](?:[$€£¥₹])?(?P<to>{NUMERAL}))?"
    r"(?P<scale>[kKmMbBtT]|[bmt]n)?(?P<more>\+?)(?:/(?P<per>[A-Za-z]+))?"
)
_MONEY_BEHIND = re.compile(rf"(?P<n>{NUMERAL})(?P<c>[€£¥₹])")
_RANGE = re.compile(rf"(?P<a>{NUMERAL})(?P<u1>%|°)?[-–—−~](?P<b>{NUMERAL})(?P<unit>%|°?[A-Za-zµ/]{{1,5}}[²³]?|°)?")
_WITH_UNIT = re.compile(
    rf"(?P<sign>[-+−±~≈<>]?)(?P<n>{NUMERAL})[- ]?(?P<unit>[%‰°℃℉]|[°µ]?[A-Za-z]+(?:/[A-Za-z]+)?[²³23]?|″|′)"
)
_ORDINAL = re.compile(r"(?P<n>\d[\d,]*)(?:st|nd|rd|th)", re.IGNORECASE)
_FRACTION = re.compile(r"(?P<a>\d+)[/⁄](?P<b>\d+)")
_MIXED = re.compile(r"(?P<n>\d*)(?P<f>[½⅓⅔¼¾⅛])")
_TIMES = re.compile(rf"(?P<n>{NUMERAL})[x×]", re.IGNORECASE)
_BY = re.compile(rf"(?P<a>{NUMERAL})[x×*](?P<b>{NUMERAL})(?P<unit>[A-Za-z]+)?", re.IGNORECASE)
_FEET = re.compile(r"(?P<f>\d+)['’′](?P<i>\d+)?[\"”″]?")
_PHONE = re.compile(r"\+?\d{1,4}(?:[-.]\d{2,4})+|\(?\d{3}\)?[-.]\d{4}|\+\d{7,}")
_VERSION = re.compile(r"(?P<v>[vV])?(?P<n>\d+(?:\.\d+){2,})|[vV](?P<m>\d+(?:\.\d+)?)")
_FRACTIONS = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8)}


def money(core: str, place: Place) -> Words | None:
    found = _MONEY.fullmatch(core) or _MONEY_BEHIND.fullmatch(core)
    if not found:
        return None
    parts = found.groupdict()
    unit, units, cent = CURRENCIES[parts["c"]]
    sign = SIGNS.get(parts.get("sign") or "", [])
    more = ["plus"] if parts.get("more") else []
    scale = MAGNITUDE_LETTERS.get((parts.get("scale") or "").lower())
    per = [] if not parts.get("per") else ["per", PER.get(parts["per"].lower(), parts["per"])]
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


def magnitude(core: str, place: Place) -> Words | None:
    """ "million" behind "$3" takes the currency with it."""
    money = _MONEY.fullmatch(place.cores[place.index - 1]) if place.left and core.lower() in MAGNITUDES else None
    if not money or money["scale"]:
        return None
    return [core.lower(), CURRENCIES[money["c"]][1]]


def unit_behind(core: str, place: Place) -> Words | None:
    """ "km" behind "5"."""
    if (core not in UNITS and core != "%") or not place.left:
        return None
    number = _NUMBER.fullmatch(place.cores[place.index - 1]) or _RANGE.fullmatch(place.cores[place.index - 1])
    if not number or core in {"in", "A"}:
        return None
    return unit_words(core, one=number.re is _NUMBER and number["n"] == "1")


def unit_words(unit: str, *, one: bool) -> Words:
    if unit in UNITS:
        return UNITS[unit][0 if one else 1].split()
    return [unit]


def span(core: str, place: Place) -> Words | None:
    if _phone_like(core):
        return digits(core, zero="oh")
    found = _RANGE.fullmatch(core)
    if not found or (found["unit"] and found["unit"] not in UNITS):
        return None
    first, second = found["a"], found["b"]
    if is_year(first) and (is_year(second) or len(second) == 2) and not found["unit"]:
        return [*year(int(first)), "to", *(year(int(second)) if len(second) == 4 else two_digits(int(second)))]
    return [*decimal(first), "to", *decimal(second), *(unit_words(found["unit"], one=False) if found["unit"] else [])]


def _phone_like(core: str) -> bool:
    groups = re.split(r"[-.]", core.lstrip("+"))
    if not _PHONE.fullmatch(core) or ("." in core and len(groups) < 3):
        return False
    return (len(groups) > 2 and sum(map(len, groups)) >= 7) or [len(g) for g in groups] == [3, 4] or core[0] == "+"


def with_unit(core: str, place: Place) -> Words | None:
    found = _WITH_UNIT.fullmatch(core)
    if not found:
        return None
    unit, number = found["unit"], found["n"]
    if unit not in UNITS and unit.lower() in MAGNITUDE_LETTERS and unit not in {"K", "k", "t", "b"}:
        return [*SIGNS.get(found["sign"], []), *decimal(number), MAGNITUDE_LETTERS[unit.lower()]]
    if unit in UNITS:
        return [*SIGNS.get(found["sign"], []), *decimal(number), *unit_words(unit, one=number == "1")]
    return None


def counted(core: str, place: Place) -> Words | None:
    """Ordinals, fractions, times, sizes, feet, versions."""
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
        unit = unit_words(found["unit"], one=False) if found["unit"] else []
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


def number(core: str, place: Place) -> Words | None:
    if core.startswith("#") and core[1:].isdecimal():
        return ["number", *cardinal(int(core[1:]))]
    found = _NUMBER.fullmatch(core)
    if not found:
        return None
    sign = SIGNS.get(found["sign"], [])
    more = ["plus"] if found["more"] else []
    number = found["n"]
    if place.in_long_number:
        return [*sign, *digits(number, zero="oh")]
    if number == "000" and place.left.isdecimal():
        return ["thousand"]
    if len(number) == 3 and place.left in NAMED_BY_NUMBER and not number.endswith("00"):
        return [*cardinal(int(number[0])), *two_digits(int(number[1:]))]
    if number == "911" and not sign and place.right.lower() not in UNITS:
        return digits(number)
    if is_year(number) and not sign and not more and year_wanted(place):
        return year(int(number))
    return [*sign, *plain_number(number), *more]


def plain_number(number: str) -> Words:
    if number.isdecimal() and ((number[0] == "0" and len(number) > 1) or len(number) > 9):
        return digits(number, zero="oh" if len(number) < 5 else "zero")
    return decimal(number)
