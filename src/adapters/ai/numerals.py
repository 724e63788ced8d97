"""Numbers as English and Chinese say them; pure functions on whole numbers and strings of digits."""

_ONES = str.split(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = str.split("_ ten twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES = ["", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion"]
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_CHINESE = "零一二三四五六七八九"
LARGEST = 10**16 - 1
"""Beyond it digits are said one by one."""


def cardinal(number: int) -> list[str]:
    """ "one thousand two hundred fifty": American, without "and". ``0 <= number <= LARGEST``."""
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        tens, ones = divmod(number, 10)
        return [_TENS[tens], *([_ONES[ones]] if ones else [])]
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return [_ONES[hundreds], "hundred", *(cardinal(rest) if rest else [])]
    groups: list[list[str]] = []
    scale = 0
    while number:
        number, group = divmod(number, 1000)
        if group:
            groups.append([*cardinal(group), *filter(None, [_SCALES[scale]])])
        scale += 1
    return [word for group in reversed(groups) for word in group]


def ordinal(number: int) -> list[str]:
    """ "twenty second"."""
    *most, last = cardinal(number)
    if last in _ORDINALS:
        return [*most, _ORDINALS[last]]
    return [*most, last[:-1] + "ieth" if last.endswith("y") else last + "th"]


def year(number: int) -> list[str]:
    """ "sixteen seventy five", "nineteen oh five", "two thousand nine", "twenty twenty four"."""
    century, rest = divmod(number, 100)
    if not 1000 <= number <= 9999 or (century % 10 == 0 and rest < 10):
        return cardinal(number)
    if rest == 0:
        return [*cardinal(century), "hundred"]
    return [*cardinal(century), *(["oh"] if rest < 10 else []), *cardinal(rest)]


def decade(number: int) -> list[str]:
    """ "nineteen nineties", "eighteen hundreds", "two thousands"; 10 to 99 give "nineties"."""
    *most, last = cardinal(number) if number < 1000 else year(number)
    return [*most, last[:-1] + "ies" if last.endswith("y") else last + ("es" if last.endswith("x") else "s")]


def digits(text: str, *, zero: str = "zero") -> list[str]:
    """Digit by digit; anything else in ``text`` is passed over."""
    return [zero if digit == "0" else _ONES[int(digit)] for digit in text if digit.isdecimal()]


def decimal(text: str) -> list[str]:
    """ "two point two five" for "2.25", "one thousand" for "1,000", "point five" for ".5"."""
    whole, _, fraction = text.replace(",", "").partition(".")
    number = int(whole or 0)
    head = digits(whole) if number > LARGEST else cardinal(number) if whole else ["zero"]
    return [*head, "point", *digits(fraction)] if fraction else head


def fraction(top: int, bottom: int) -> list[str]:
    """ "one half", "three quarters", "two thirds", else "seven over ninety nine"."""
    if bottom in (0, 1) or (bottom > 20 and bottom not in (50, 100, 1000)):
        return [*cardinal(top), "over", *cardinal(bottom)]
    name = {2: ["half"], 4: ["quarter"]}.get(bottom) or ordinal(bottom)
    if top == 1:
        return ["one", *name]
    return [*cardinal(top), *name[:-1], "halves" if bottom == 2 else name[-1] + "s"]


def chinese(number: int) -> str:
    """ "十五", "两千二百五十", "一亿零五万". ``0 <= number <= LARGEST``."""
    said = _chinese(number) or _CHINESE[0]
    return said[1:] if said.startswith("一十") else said


def chinese_digits(text: str, *, one: str = "一") -> str:
    """Digit by digit; telephone numbers say "幺" for one."""
    return "".join(one if digit == "1" else _CHINESE[int(digit)] for digit in text if digit.isdecimal())


def chinese_decimal(text: str) -> str:
    """ "三点一四" for "3.14", "两千二百五十" for "2,250"."""
    whole, _, part = text.replace(",", "").replace("，", "").partition(".")
    number = int(whole or 0)
    head = chinese(number) if number <= LARGEST else chinese_digits(whole)
    return f"{head}点{chinese_digits(part)}" if part else head


def _chinese(number: int) -> str:
    for base, name in ((10**8, "亿"), (10**4, "万")):
        if number >= base:
            head, rest = divmod(number, base)
            gap = "零" if 0 < rest < base // 10 else ""
            return ("两" if head == 2 else _chinese(head)) + name + gap + _chinese(rest)
    said, gap = "", ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += gap + ("两" if digit == 2 and unit == 1000 else _CHINESE[digit]) + name
        gap = "" if digit or not said else "零"
    return said
