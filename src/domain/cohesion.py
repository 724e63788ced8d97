"""Cohesion: which sentences cannot stand without the one before them."""

import re

from .language import word_set

_LEADING = re.compile(r"\A\W+")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

_POINTS_BACK = word_set(
    "he she it they him her them his hers its their theirs this that these those such it's he's she's they're that's "
    "and but or nor so yet then thus hence therefore however moreover furthermore besides also still instead otherwise "
    "nevertheless nonetheless similarly likewise consequently accordingly conversely rather indeed meanwhile "
    "afterwards afterward later secondly thirdly lastly finally both neither either another others again even too"
)
"""Words that lean on the sentence before them when they open one."""
_OBJECTS = word_set("it them him")
_OF_THIS = re.compile(r"(?:\w+ ){1,3}(?:of|to|for) (?:this|these|those|that|which|them)\b")
_POINTING_ZH = frozenset("它他她此")
_POINTING = word_set("this that these those them him it such then")
_PREPOSITIONS = word_set(
    "in on at by to for from with without of after before since until because despite like unlike through under "
    "over behind beyond beside besides against during within into as all some most many none each one two half part"
)
_PHRASES = tuple(
    "for example|for instance|in contrast|by contrast|in comparison|on the other hand|on the contrary|as a result|"
    "as a consequence|in addition|in other words|in fact|in turn|in short|of course|at the same time|in the meantime|"
    "the same|the latter|the former|the other|the others|the second|the third|not so|no wonder|to do so|to do this|"
    "what is more|what's more|that is why|here too|there too|a second|a third".split("|")
)
_OPENERS_ZH = tuple(
    "但 然而 不过 可是 可见 而 因此 因而 所以 于是 此外 另外 除此 同时 与此同时 例如 比如 譬如 "
    "也就是 换句话 换言之 反之 否则 由此 总之 当然 接着 随后 后来 然后 之后 此后 从此 这 那 它 他 "
    "她 其 该 此 上述 前者 后者 两者 二者 以上 并且 并 甚至 还 也 又 再 相反 同样 类似 第二， "
    "第三， 第二是 第三是 最后 正因 正是 为此 对此 尽管如此 即便如此 即使如此 结果 一来 二来 一方面 "
    "另一 反过来 更 却 不仅如此 简单来说 也正".split()
)


def leans_on_the_last(sentence: str) -> bool:
    """Whether the sentence opens with a pronoun, a connective or a phrase that points at what was said before.

    It errs on the side of yes: a sentence kept beside its neighbour costs little, one that hangs in the air a lot.
    """
    body = _LEADING.sub("", sentence)
    if body.startswith(_OPENERS_ZH) or not _POINTING_ZH.isdisjoint(body[:6]):
        return True
    opening = [token.casefold() for token in _TOKEN.findall(body[:60])][:4]
    if not opening:
        return False
    if opening[0] in _POINTS_BACK or body.casefold().startswith(_PHRASES):
        return True
    if not _OBJECTS.isdisjoint(opening[1:]) or _OF_THIS.match(body):
        return True
    return opening[0] in _PREPOSITIONS and not _POINTING.isdisjoint(opening[1:3])


def asks_for_the_next(sentence: str) -> bool:
    """Whether the sentence announces what follows it: a colon at its end, or a question."""
    return sentence.rstrip("\"'”’)）」』 ").endswith((":", "：", "?", "？"))


def open_marks(text: str) -> int:
    """How many quotation marks and brackets are opened in ``text`` and not closed again, or the other way about."""
    pairs = sum(abs(text.count(left) - text.count(right)) for left, right in ("()", "[]", "“”", "「」", "『』", "（）"))
    return pairs + text.count('"') % 2
