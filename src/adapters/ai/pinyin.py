"""One syllable of pinyin to the symbols of the network: initial, glide, vowel, tone, coda.

The network was taught broad IPA with the tone as an arrow behind the vowel: "tian1" is ``tʰjɛ→n``. ``ꭧ`` is the
retroflex affricate of zh and ch, ``ɨ`` the apical vowel of zhi and zi alike.
"""

import re

_INITIALS = {
    "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ",
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l",
    "g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s",
}  # fmt: skip

_FINALS = {
    "a": ("a", ""), "o": ("wo", ""), "e": ("ɤ", ""), "ê": ("ɛ", ""), "ai": ("ai", ""), "ei": ("ei", ""),
    "ao": ("au", ""), "ou": ("ou", ""), "an": ("a", "n"), "en": ("ə", "n"), "ang": ("a", "ŋ"), "eng": ("ə", "ŋ"),
    "ong": ("ʊ", "ŋ"), "er": ("ɚ", ""),
    "i": ("i", ""), "ia": ("ja", ""), "ie": ("je", ""), "iao": ("jau", ""), "iu": ("jou", ""), "ian": ("jɛ", "n"),
    "in": ("i", "n"), "iang": ("ja", "ŋ"), "ing": ("i", "ŋ"), "iong": ("jʊ", "ŋ"), "io": ("jɔ", ""),
    "u": ("u", ""), "ua": ("wa", ""), "uo": ("wo", ""), "uai": ("wai", ""), "ui": ("wei", ""), "uan": ("wa", "n"),
    "un": ("wə", "n"), "uang": ("wa", "ŋ"), "ueng": ("wə", "ŋ"),
    "ü": ("y", ""), "üe": ("ɥe", ""), "üan": ("ɥɛ", "n"), "ün": ("y", "n"),
}  # fmt: skip
"""Final as pinyin writes it after an initial: what stands before the tone, and the coda behind it."""

_WITHOUT_INITIAL = {
    "o": ("ɔ", ""),
    "m": ("m", ""),
    "n": ("n", ""),
    "ng": ("ŋ", ""),
    "hm": ("hm", ""),
    "hng": ("hŋ", ""),
}
_BARE_Y = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian", "yin": "in", "yang": "iang",
    "ying": "ing", "yong": "iong", "yu": "ü", "yue": "üe", "yuan": "üan", "yun": "ün", "yo": "io", "yai": "ai",
}  # fmt: skip
_BARE_W = {
    "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "ui", "wan": "uan", "wen": "un", "wang": "uang",
    "weng": "ueng",
}  # fmt: skip
_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcs]?)(.+)")


def syllable(pinyin: str) -> str:
    """The symbols of one syllable with its tone as a digit ("lü4", "ma5"); empty where it is none."""
    letters, tone = pinyin[:-1], pinyin[-1:]
    if tone not in _TONES:
        letters, tone = pinyin, "5"
    letters = letters.replace("v", "ü").replace("u:", "ü")
    initial, vowel = "", _WITHOUT_INITIAL.get(letters)
    if vowel is None:
        final = _BARE_Y.get(letters) or _BARE_W.get(letters) or letters
        match = _SYLLABLE.fullmatch(final) if final == letters else None
        if match:
            initial, final = match[1], match[2]
        if initial in ("j", "q", "x") and final.startswith("u"):
            final = "ü" + final[1:]
        if initial in ("n", "l") and final == "ue":
            final = "üe"
        apical = final == "i" and initial in ("zh", "ch", "sh", "r", "z", "c", "s")
        vowel = ("ɨ", "") if apical else _FINALS.get(final)
    if vowel is None:
        return ""
    return _INITIALS.get(initial, "") + vowel[0] + _TONES[tone] + vowel[1]
