"""The shape of each answer of a language model: as JSON schema, and read into the domain's values.

Every reader raises InvalidInput, with the place in the answer and what would be right there, and without its texts.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..domain.errors import InvalidInput
from ..domain.language import LANGUAGES, detect, foreign, speakable
from ..domain.ranges import in_range
from ..domain.writing import Feeling, Keyword, Sentiment, WrittenScene, WrittenScript

Schema = dict[str, Any]

LONGEST_TITLE = 200
LONGEST_SCENE = 2_000
LONGEST_VISUAL = 500
MOST_SCENES = 200
MOST_SEARCHES = 8
_TELLS_LANGUAGE = 20
"""Letters from which on a text is long enough to tell its language."""

_FEELINGS: tuple[Feeling, ...] = ("positive", "neutral", "negative")


def _shape(**properties: Schema) -> Schema:
    """An object with exactly these keys, in the subset of JSON schema that strict structured outputs take."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_TEXT: Schema = {"type": "string"}
SCRIPT: Schema = _shape(
    title=_TEXT, scenes=_list_of(_shape(text=_TEXT, visual=_TEXT, search=_list_of({"type": "string"})))
)
ONE_TEXT: Schema = _shape(text=_TEXT)
KEYWORDS: Schema = _shape(keywords=_list_of(_shape(text=_TEXT, weight={"type": "number"})))
SENTIMENT: Schema = _shape(feeling={"type": "string", "enum": [*_FEELINGS]}, score={"type": "number"})
TITLES: Schema = _shape(titles=_list_of(_TEXT))
HASHTAGS: Schema = _shape(hashtags=_list_of(_TEXT))
TEXTS: Schema = _shape(texts=_list_of(_TEXT))


def script(*, language: str, source: str) -> Callable[[object], WrittenScript]:
    """Of the ``source``, what was asked about: what reads like a refusal there may read so in the script too."""

    def read(answer: object) -> WrittenScript:
        scenes = _items(answer, "scenes", most=MOST_SCENES)
        written = WrittenScript(
            title=_line(_value(answer, "title"), "title", most=LONGEST_TITLE),
            scenes=tuple(_scene(scene, f"scenes[{index}]") for index, scene in enumerate(scenes)),
        )
        said = " ".join(scene.text for scene in written.scenes)
        _means_it(said, source, "scenes")
        _in_language(said, language, "scenes")
        return written

    return read


def text(*, language: str, source: str) -> Callable[[object], str]:
    """Of the ``source``, as above."""

    def read(answer: object) -> str:
        found = _spoken(_value(answer, "text"), "text", most=None)
        _means_it(found, source, "text")
        _in_language(found, language, "text")
        return found

    return read


def keywords(count: int) -> Callable[[object], tuple[Keyword, ...]]:
    def read(answer: object) -> tuple[Keyword, ...]:
        weights: dict[str, float] = {}
        for index, item in enumerate(_items(answer, "keywords")):
            where = f"keywords[{index}]"
            word = _line(_value(item, "text", where), f"{where}.text", most=LONGEST_TITLE)
            weight = _number(_value(item, "weight", where), f"{where}.weight")
            in_range(f"{where}.weight", weight, 0.0, 1e9)
            weights.setdefault(word, weight)
        heaviest = max(weights.values())
        if not heaviest:
            raise InvalidInput("keywords: every weight is 0; 1 for the heaviest and less for the others is right")
        ranked = sorted(weights.items(), key=lambda pair: -pair[1])[:count]
        return tuple(Keyword(text=word, weight=weight / heaviest) for word, weight in ranked)

    return read


def sentiment(answer: object) -> Sentiment:
    feeling, score = _value(answer, "feeling"), _number(_value(answer, "score"), "score")
    for right in _FEELINGS:
        if feeling == right:
            break
    else:
        raise InvalidInput(f"feeling: one of {', '.join(_FEELINGS)} is right")
    in_range("score", score, -1.0, 1.0)
    if (right == "positive" and score < 0) or (right == "negative" and score > 0):
        raise InvalidInput("score: it contradicts the feeling; from 0 to 1 goes with positive, -1 to 0 with negative")
    return Sentiment(feeling=right, score=score)


def titles(count: int, *, source: str) -> Callable[[object], tuple[str, ...]]:
    def read(answer: object) -> tuple[str, ...]:
        found = _lines(answer, "titles")
        for index, title in enumerate(found):
            _means_it(title, source, f"titles[{index}]")
        return _different(found)[:count]

    return read


def hashtags(count: int) -> Callable[[object], tuple[str, ...]]:
    def read(answer: object) -> tuple[str, ...]:
        return _different("#" + re.sub(r"\W", "", tag) for tag in _lines(answer, "hashtags"))[:count]

    return read


def translations(sources: Sequence[str], *, into: str) -> Callable[[object], tuple[str, ...]]:
    """One for each of the ``sources``."""

    def read(answer: object) -> tuple[str, ...]:
        items = _items(answer, "texts")
        if len(items) != len(sources):
            raise InvalidInput(f"texts: {len(items)} came for {len(sources)}; one for each, in order, is right")
        found = tuple(_spoken(item, f"texts[{index}]", most=None) for index, item in enumerate(items))
        for index, (one, source) in enumerate(zip(found, sources, strict=True)):
            _means_it(one, source, f"texts[{index}]")
        _in_language(" ".join(found), into, "texts")
        return found

    return read


def _scene(scene: object, where: str) -> WrittenScene:
    search = _optional(scene, "search", where, [])
    if not isinstance(search, list):
        raise InvalidInput(f"{where}.search: a list of texts is right")
    visual = _optional(scene, "visual", where, "")
    words = [_string(word, f"{where}.search[{index}]") for index, word in enumerate(search)]
    return WrittenScene(
        text=_spoken(_value(scene, "text", where), f"{where}.text", most=LONGEST_SCENE, lines=False),
        visual=_tidy(_string(visual, f"{where}.visual"))[:LONGEST_VISUAL],
        search=_different(_tidy(word) for word in words if speakable(word))[:MOST_SEARCHES],
    )


def _value(holder: object, key: str, where: str = "") -> object:
    place = f"{where}.{key}" if where else key
    if not isinstance(holder, dict):
        raise InvalidInput(f"{where or 'the answer'}: an object with the key {key!r} is right")
    if key not in holder:
        raise InvalidInput(f"{place}: it is missing")
    return holder[key]


def _optional(holder: object, key: str, where: str, usual: object) -> object:
    return holder.get(key, usual) if isinstance(holder, dict) else usual


def _items(answer: object, key: str, *, most: int = 1_000) -> list[object]:
    found = _value(answer, key)
    if not isinstance(found, list) or not found:
        raise InvalidInput(f"{key}: a list with at least one entry is right")
    if len(found) > most:
        raise InvalidInput(f"{key}: {len(found):,} entries came; at most {most:,} are right")
    return found


def _lines(answer: object, key: str) -> list[str]:
    return [_line(item, f"{key}[{index}]", most=LONGEST_TITLE) for index, item in enumerate(_items(answer, key))]


def _line(value: object, where: str, *, most: int) -> str:
    return _spoken(value, where, most=most, lines=False)


def _spoken(value: object, where: str, *, most: int | None, lines: bool = True) -> str:
    """A text that can be said, on one line or, with ``lines``, on as many as it has."""
    given = _BOLD.sub(r"\1", _string(value, where))
    found = "\n".join(_tidy(line) for line in given.splitlines()).strip() if lines else _tidy(given)
    if not speakable(found):
        raise InvalidInput(f"{where}: a text with at least one letter or digit is right")
    if most is not None and len(found) > most:
        raise InvalidInput(f"{where}: {len(found):,} characters came; at most {most:,} are right")
    return found


_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")


def _string(value: object, where: str) -> str:
    """Without control characters and halves of surrogate pairs, which no file takes."""
    if not isinstance(value, str):
        raise InvalidInput(f"{where}: a text is right")
    return "".join(ch for ch in value if ch.isspace() or unicodedata.category(ch) not in ("Cc", "Cs"))


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidInput(f"{where}: a number is right")
    return float(value)


def _tidy(given: str) -> str:
    return " ".join(given.split())


def _different(found: Iterable[str]) -> tuple[str, ...]:
    """Each once, whatever its case, in their order."""
    first: dict[str, str] = {}
    for one in found:
        first.setdefault(one.casefold(), one)
    return tuple(first.values())


_ERROR = re.compile(
    r"\W*(?:(?:an? )?(?:internal |api |server |unexpected |request )?(?:error|exception)\b\s*(?:code)?\s*[:：\d(-]"
    r"|traceback \(most recent|(?:错误|出错了?|异常|请求失败|生成失败)\s*[:：])",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\W*(?:(?:i['’]?m|i am|we['’]?re|we are)? ?(?:very |so |really )?(?:sorry|afraid|unable)\b"
    r"|unfortunately\b|apologies\b"
    r"|as an? (?:ai|artificial|large|language)\b|i (?:can['’]?t|cannot|can not|won['’]?t|am not able)\b"
    r"|(?:很|非常|十分)?(?:抱歉|对不起|遗憾)|我(?:无法|不能|没法)|作为一?[个名款]?(?:人工智能|AI|语言模型|大模型))",
    re.IGNORECASE,
)
_HELP = re.compile(
    r"(?:can['’]?t|cannot|can not|won['’]?t|unable to|not able to|don['’]?t)\W+(?:\w+\W+){0,3}?"
    r"(?:assist|help|comply|fulfil|fulfill|provide|create|write|generate|process|translate|complete|continue|do that)\b"
    r"|(?:无法|不能|没法)[^。！？]{0,12}?(?:协助|帮助|提供|完成|满足|生成|撰写|回答|处理|翻译|继续|执行)",
    re.IGNORECASE,
)
_LONGEST_NO = 400
"""Characters; a longer text that begins with an apology is a story."""


def apologises(given: str) -> bool:
    """Whether a model speaks of itself and its failure here, in place of what it was asked for."""
    short = len(given) <= _LONGEST_NO
    return bool(_ERROR.match(given) or (short and _NO.match(given) and _HELP.search(given)))


def _means_it(found: str, source: str, where: str) -> None:
    if apologises(found) and not apologises(source):
        raise InvalidInput(f"{where}: an error or an apology came in place of the text")


def _in_language(found: str, language: str, where: str) -> None:
    if language not in LANGUAGES or sum(ch.isalpha() for ch in found) < _TELLS_LANGUAGE:
        return
    if foreign(found) or detect(found) != language:
        raise InvalidInput(f"{where}: the wrong language; {'Chinese' if language == 'zh' else 'English'} is right")
