"""What is said in Chinese for an amount: dates, times, money, per cent, units, ranges, counts, telephone numbers."""

import re

from ...domain.language import word_set
from .numerals import chinese, chinese_decimal, chinese_digits

_N = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNITS = {
    "km/h": "公里每小时", "m/s": "米每秒", "km/s": "公里每秒", "kWh": "千瓦时", "mAh": "毫安时", "km²": "平方公里",
    "m²": "平方米", "cm²": "平方厘米", "m³": "立方米", "cm³": "立方厘米", "km": "公里", "cm": "厘米", "mm": "毫米",
    "nm": "纳米", "μm": "微米", "kg": "公斤", "mg": "毫克", "ml": "毫升", "mL": "毫升", "kW": "千瓦", "MW": "兆瓦",
    "GW": "吉瓦", "Hz": "赫兹", "kHz": "千赫", "MHz": "兆赫", "GHz": "吉赫", "dB": "分贝", "℃": "摄氏度",
    "°C": "摄氏度", "℉": "华氏度", "°F": "华氏度", "°": "度", "mph": "英里每小时", "kcal": "千卡", "min": "分钟",
    "ms": "毫秒", "fps": "帧", "ft": "英尺", "lb": "磅", "m": "米", "g": "克", "t": "吨", "L": "升", "l": "升",
    "h": "小时", "s": "秒", "W": "瓦", "V": "伏",
}  # fmt: skip
_MONEY = {
    "US$": "美元", "HK$": "港元", "NT$": "新台币", "$": "美元", "＄": "美元", "¥": "元", "￥": "元", "€": "欧元",
    "£": "英镑", "₩": "韩元", "₹": "卢比",
}  # fmt: skip
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_MAGNITUDE = "[十百千万亿兆]+"
_UNIT = "|".join(map(re.escape, sorted(_UNITS, key=len, reverse=True)))
_SIGN = r"(?<!\w)[-+−±~≈<>]"
_TO = r"[-–—−~～至到]"

_DATE = re.compile(r"(?P<y>\d{4})(?P<sep>[-/.])(?P<mo>0?[1-9]|1[0-2])(?P=sep)(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)")
_CLOCKS = re.compile(r"(?:[01]?\d|2[0-4])[:：][0-5]\d[-–—~～至到](?:[01]?\d|2[0-4])[:：][0-5]\d(?![\d:])")
_CLOCK = re.compile(r"(?P<ch>[01]?\d|2[0-4])[:：](?P<cm>[0-5]\d)(?:[:：](?P<cs>[0-5]\d))?(?![\d:])")
_RATIO = re.compile(r"\d+[:：]\d+")
_PHONE = re.compile(r"\+?\d{2,4}(?:-\d{3,8}){1,3}(?!\d)|1[3-9]\d{9}(?!\d)|400\d{7}(?!\d)")
_YEARS = re.compile(r"(?P<ya>1\d{3}|20\d\d)[-–—~～至到](?P<yb>1\d{3}|20\d\d|\d\d(?=\s?年))(?!\d)年?")
_CURRENCY = re.compile(
    rf"(?P<money>US\$|HK\$|NT\$|[$＄¥￥€£₩₹])(?P<sum>{_N})(?:{_TO}(?P<sumto>{_N}))?(?P<mag>{_MAGNITUDE}|[kKMB](?![A-Za-z]))?"
)
_PERCENT = re.compile(rf"(?P<psign>{_SIGN})?(?P<pa>{_N})(?:[%％]?{_TO}(?P<pb>{_N}))?(?P<psym>[%％‰])")
_FRACTION = re.compile(r"(?P<top>\d+)/(?P<bottom>\d+)")
_BY = re.compile(r"(?P<ba>\d+(?:\.\d+)?)\s?[×xX*]\s?(?P<bb>\d+(?:\.\d+)?)")
_VERSION = re.compile(r"\d+(?:\.\d+){2,}")
_COUNT = re.compile(
    rf"(?P<sign>{_SIGN}(?=\d))?(?P<n>{_N})(?:(?P<to>{_TO})(?P<n2>{_N}))?(?P<more>\+(?!\d))?(?P<unit>(?:{_UNIT})(?![A-Za-z])|{_MAGNITUDE}|年代|[年月日号时点分秒](?!钟))?"
)
_ORDER = (_DATE, _YEARS, _CLOCKS, _CLOCK, _RATIO, _PHONE, _CURRENCY, _PERCENT, _FRACTION, _BY, _VERSION, _COUNT)


def _unnamed(pattern: str) -> str:
    return re.sub(r"\(\?P=\w+\)", r"[-/.]", re.sub(r"\(\?P<\w+>", "(?:", pattern))


AMOUNT = re.compile("|".join(f"(?:{_unnamed(shape.pattern)})" for shape in _ORDER) + f"|[{_CIRCLED}]|[½¼¾]")
"""Anything that ``amount`` can say."""

_COUNTED_AS_ER = re.compile(r"^\s?[月日号楼班级等线维期季章节届代流院路环进性手位数和与跟或及是的两]")
_ORDINAL_BEFORE = re.compile(r"(?:第|周|星期|礼拜|初|十|其|卷|图|表|版|届|no\.?|[A-Za-z]-?)\s?$", re.IGNORECASE)
_CALL = re.compile(r"(?:打|拨|电话|热线|报警|号码|客服|QQ|微信号?|房间|航班|路|编号|代码|密码)[:：]?\s?$")
_HOTLINES = word_set("110 119 120 122 911 12306 12315 10086 10010 95588 315 618")
_NAMED_AFTER = re.compile(r"^\s?(?:事件|报警|急救|电话|热线|客服|晚会|大促|购物节|房间|室|航班|国道|高地|工程)")
_NAMED_BEFORE = re.compile(r"(?:波音|空客|[A-Za-z]-?)\s?$")
_DURATION_AFTER = re.compile(r"^\s?(?:前|来|以来|历史|间|之久|后|多|余|内|左右)")


def amount(text: str, before: str, after: str) -> tuple[str, ...]:
    """Words of Chinese characters and of Latin letters for an amount between the texts ``before`` and ``after`` it.

    See ``AMOUNT`` for the shapes of amounts.
    """
    return tuple(re.findall(r"[A-Za-z]+|[^A-Za-z\s]+", _spoken(text, before, after)))


def _spoken(text: str, before: str, after: str) -> str:
    if text in _CIRCLED:
        return chinese(_CIRCLED.index(text) + 1)
    if text in "½¼¾":
        return {"½": "二分之一", "¼": "四分之一", "¾": "四分之三"}[text]
    for shape in _ORDER:
        found = shape.fullmatch(text + after, 0, len(text)) or shape.fullmatch(text)
        if not found:
            continue
        parts = found.groupdict()
        if shape is _DATE:
            return f"{chinese_digits(parts['y'])}年{chinese(int(parts['mo']))}月{chinese(int(parts['d']))}日"
        if shape is _YEARS:
            return f"{chinese_digits(parts['ya'])}到{chinese_digits(parts['yb'])}" + ("年" if text[-1] == "年" else "")
        if shape is _CLOCKS:
            first, second = re.split(r"[-–—~～至到]", text)
            return _spoken(first, before, "") + "到" + _spoken(second, before, "")
        if shape is _CLOCK and not re.search(r"(?:比分|比例|以|成绩)\D{0,3}$", before):
            return _clock(int(parts["ch"]), int(parts["cm"]), parts["cs"])
        if shape in (_CLOCK, _RATIO):
            return "比".join(chinese(int(n)) for n in re.split("[:：]", text))
        if shape is _PHONE and _is_phone(text):
            return ("加" if text[0] == "+" else "") + chinese_digits(text, one="幺")
        if shape is _CURRENCY:
            return _money(parts)
        if shape is _PERCENT:
            head = "千分之" if parts["psym"] == "‰" else "百分之"
            to = f"到{head}{chinese_decimal(parts['pb'])}" if parts["pb"] else ""
            return _sign(parts["psign"]) + head + chinese_decimal(parts["pa"]) + to
        if shape is _FRACTION:
            if text == "24/7":
                return "二十四七"
            return f"{chinese(int(parts['bottom']))}分之{chinese(int(parts['top']))}"
        if shape is _BY:
            return f"{chinese_decimal(parts['ba'])}乘{chinese_decimal(parts['bb'])}"
        if shape is _VERSION:
            return "点".join(chinese(int(part)) for part in text.split("."))
        if shape is _COUNT:
            return _count(parts, before, after)
    return chinese_digits(text)


def _is_phone(text: str) -> bool:
    return text[0] == "+" or len(text.replace("-", "")) >= 7


def _sign(sign: str | None) -> str:
    return {"-": "负", "−": "负", "+": "正", "±": "正负", "~": "约", "≈": "约", "<": "小于", ">": "大于"}.get(
        sign or "", ""
    )


def _clock(hours: int, minutes: int, seconds: str | None) -> str:
    hour = "两" if hours == 2 else chinese(hours)
    said = f"{hour}点"
    if minutes or seconds:
        said += ("零" if minutes < 10 else "") + chinese(minutes) + "分"
    return said + (f"{chinese(int(seconds))}秒" if seconds else "")


def _money(parts: dict[str, str | None]) -> str:
    number = chinese_decimal(parts["sum"] or "0")
    to = f"到{chinese_decimal(parts['sumto'])}" if parts["sumto"] else ""
    scale = {"k": "千", "K": "千", "M": "百万", "B": "十亿"}.get(parts["mag"] or "", parts["mag"] or "")
    number = "两" if number == "二" and not to and scale[:1] != "十" else number
    return number + to + scale + _MONEY[parts["money"] or "$"]


def _count(parts: dict[str, str | None], before: str, after: str) -> str:
    number, second, unit = parts["n"] or "0", parts["n2"], parts["unit"] or ""
    follows = unit + after
    said_unit = ("多" if parts["more"] else "") + _UNITS.get(unit, unit)
    sign = "零下" if parts["sign"] in ("-", "−") and unit in ("℃", "°C", "°") else _sign(parts["sign"])
    if second:
        apart = "" if parts["to"] in ("至", "到") else "到"
        return sign + chinese_decimal(number) + (apart or parts["to"] or "") + _two(second, before, follows) + said_unit
    if not sign and _by_digits(number, unit, before, after):
        one = "幺" if number in _HOTLINES or _CALL.search(before) else "一"
        return chinese_digits(number, one=one) + said_unit
    return sign + _two(number, before, follows) + said_unit


def _by_digits(number: str, unit: str, before: str, after: str) -> bool:
    """Years, hotlines, codes and long numbers are said digit by digit."""
    if not number.isdecimal():
        return False
    follows = (unit + after).lstrip()
    if follows.startswith("年代"):
        return len(number) == 4
    if follows.startswith("年"):
        return len(number) == 4 and _names_a_year(int(number), follows[1:])
    if follows.startswith("后") and len(number) == 2 and number[1] in "05":
        return True
    if (number[0] == "0" and len(number) > 1) or len(number) > 9:
        return True
    if _CALL.search(before) and not unit:
        return True
    if _NAMED_BEFORE.search(before) and len(number) == 3 and not unit and not number.endswith("00"):
        return True
    if _NAMED_AFTER.match(after) and not unit and 3 <= len(number) <= 5:
        return True
    if len(number) == 4 and 1900 <= int(number) < 2100 and not unit:
        return not re.match(r"\s?[\u3400-\u9fff]", after) or after.lstrip()[:1] in "的在是和与到"
    alone = not re.match(r"\s?[\u3400-\u9fff]", after)
    return number in _HOTLINES and not unit and (len(number) == 5 or alone)


def _names_a_year(number: int, after: str) -> bool:
    """ "2024年" names a year, "1000年" and "1500年前" count years."""
    if not 1000 < number < 2200 or (number % 1000 == 0 and number != 2000):
        return False
    return not _DURATION_AFTER.match(after) or (number > 1900 and after.lstrip().startswith(("后", "间", "内", "来")))


def _two(number: str, before: str, follows: str) -> str:
    """2 counts as 两 before what is counted, as 二 in an order, alone, and in the tens."""
    if number != "2":
        return chinese_decimal(number)
    counted = re.match(r"\s?[\u3400-\u9fff]|km|kg|m|cm|mm|h|t|g|L|l|s", follows)
    if not counted or _COUNTED_AS_ER.match(follows) or _ORDINAL_BEFORE.search(before) or follows[:1] in "十百°℃":
        return "二"
    return "两"
