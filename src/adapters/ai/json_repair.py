"""JSON out of what a model wrote. What is mended is how it was written down, never what it says."""

import json
import re
from typing import Any

LONGEST = 1 << 20
"""Characters of a reply."""
_THOUGHTS = re.compile(r"\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCED = re.compile(r"```[\w-]*[ \t]*\r?\n?(.*?)```", re.DOTALL)
_BEGINS = re.compile(r'\{\s*["}]')
_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]|[^\s"{}\[\],]+|\s+|"', re.DOTALL)


def read_json(text: str) -> dict[str, Any]:
    """The one object in ``text``.

    Left off are thoughts, words and Markdown fences around it, and commas before a closing bracket; braces that are
    missing at the end are added where they follow a whole value. Raises ValueError, saying what is wrong.
    """
    if len(text) > LONGEST:
        raise ValueError(f"the reply has more than {LONGEST:,} characters")
    bare = _THOUGHTS.sub("", text.lstrip("\ufeff"), count=1).strip()
    if not bare:
        raise ValueError("the reply is empty")
    for candidate in _candidates(bare):
        for written in (candidate, _mended(candidate)):
            found = _decoded(written)
            if isinstance(found, dict):
                return found
    raise ValueError("the reply is no JSON object, or not a whole one")


def _decoded(text: str) -> object:
    """The value that ``text`` begins with, or None. Lines may break inside texts; NaN is no number."""
    if not text.startswith("{"):
        return None
    try:
        found, _ = json.JSONDecoder(strict=False, parse_constant=_no_constant).raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _candidates(text: str) -> list[str]:
    """Where the object may be; never inside another that broke off, whose parts are not the answer."""
    if text.startswith("{"):
        return [text]
    fenced = [block.strip() for block in _FENCED.findall(text)]
    first = _BEGINS.search(text)
    return [*fenced, *([text[first.start() :]] if first else [])]


_CLOSES = {"{": "}", "[": "]"}
_OPEN_TEXT = '"'


def _mended(text: str) -> str:
    """Without commas before closing brackets, and with the braces that only the end lacks.

    A text, a number or a list that breaks off stays as it is: nobody knows the rest.
    """
    out: list[str] = []
    missing: list[str] = []
    for part in _PARTS.findall(text):
        if part in _CLOSES:
            missing.append(_CLOSES[part])
        elif part in _CLOSES.values():
            if not missing or missing.pop() != part:
                return text
            last = _last(out)
            if last is not None and out[last] == ",":
                del out[last]
        elif part == _OPEN_TEXT:
            return text
        out.append(part)
        if not missing and not part.isspace():
            return "".join(out)
    return "".join([*out, *missing]) if _whole(out) and "]" not in missing else text


def _last(out: list[str]) -> int | None:
    """The index of the last part that is no white space."""
    return next((index for index in range(len(out) - 1, -1, -1) if not out[index].isspace()), None)


def _whole(out: list[str]) -> bool:
    """Whether a value ends here: a bracket closed, a literal, or a text that is no key."""
    last = _last(out)
    if last is None:
        return False
    if out[last].startswith('"'):
        before = _last(out[:last])
        return before is not None and out[before].endswith(":")
    return out[last] in _CLOSES.values() or out[last].lstrip(":") in ("true", "false", "null")
