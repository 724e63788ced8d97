"""What a request says into an order, with everything that is wrong with it by the field that says it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from ..domain.brief import Brief
from ..domain.errors import InvalidField, InvalidInput
from ..domain.order import Order
from ..domain.output import Output
from ..domain.project import Project
from ..domain.scenes import SceneBrief
from ..domain.template import TransitionChoice

Made = TypeVar("Made")
SOURCES = ("script", "article", "topic", "document", "scenes")
MOST_SCENES = 1_000
_NO_MODEL = "a topic needs a language model, and there is none here: a script or an article is right"
_ANYTHING = "Anything."
NOT_PLAIN = "there is a NUL, half a character or an immense number in it: plain text is right"
_EXACT = 2**53
_FILES = ("document", "assets", "music", "logo")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NO_SOURCE: dict[str, Any] = {"text": "", "document": None, "scenes": (), "kind": "", "seconds": 0.0}
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A video that somebody wants: the order, made of what is right, and the ``faults``, what is not.

    ``place`` is where it stands in a larger request ("orders[2]."). ``seconds`` and ``output`` are those of an edited
    timeline. A ``title`` is for a video whose order says none.
    """

    order: Order
    faults: tuple[InvalidField, ...] = ()
    place: str = ""
    project_id: str | None = None
    based_on: str | None = None
    title: str = ""
    seconds: float | None = None
    output: Output | None = None


def wished(given: Mapping[str, Any], *, base: Brief | None = None, assets: Sequence[str] = ()) -> Wish:
    """The wish for a video of ``given`` fields: exactly one of SOURCES, ``as``, ``assets``, and those of a Brief.

    Files are named by their ids. Fields that are given take the place of those of a ``base``, whose source they may
    leave as it is, and whose files an empty text leaves out. Takes a while for a long text.
    """
    faults: list[InvalidField] = []
    given = dict(_storable(given, faults))
    start = {} if base is None else {one.name: getattr(base, one.name) for one in fields(Brief)}
    named = [name for name in SOURCES if name in given]
    if len(named) > 1 or not (named or base):
        those = f"{' and '.join(named)} are there" if named else "there is no source"
        faults.append(InvalidField("", f"{those}: exactly one of {', '.join(SOURCES)} is right"))
    source = _source(given, named[0], faults) if named else {}
    if named:
        start |= _NO_SOURCE | source
    if not _sourced(start):
        start["text"] = _ANYTHING
    elif named:
        try:
            Brief(**start)
        except InvalidInput as error:
            faults.append(InvalidField(named[0], str(error)))
            start |= {"text": _ANYTHING, "document": None, "scenes": ()}
    options = _options(given, faults, may_leave_out=base is not None)
    if "as" in given:
        if start.get("document") is None:
            faults.append(InvalidField("as", "it is there without a document: script and article say it themselves"))
        else:
            options = {"kind": given["as"]} | options
    brief = _greedily(Brief, options, start, faults, names={"kind": "as"})
    own = _files(given["assets"], "assets", faults) if "assets" in given else tuple(assets)
    order = _greedily(
        Order,
        {"assets": own, "webhook": given.get("webhook", ""), "teaser": given.get("teaser", "")},
        {"brief": brief},
        faults,
    )
    return Wish(order=order, faults=tuple(faults), project_id=given.get("project_id"))


def with_project(given: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """The ``given`` fields, and those of the project where there are none; a source takes the place of its source."""
    own = {name: value for name, value in project.settings.items() if value is not None}
    kind = own.pop("kind", "")
    if project.script.strip():
        own["article" if kind == "article" or (own.get("seconds") and not kind) else "script"] = project.script
    elif kind and "document" in own:
        own["as"] = kind
    if any(name in given for name in SOURCES):
        own = {name: value for name, value in own.items() if name not in (*SOURCES, "as", "seconds")}
    return own | dict(given)


def _source(given: Mapping[str, Any], name: str, faults: list[InvalidField]) -> dict[str, Any]:
    """The fields of a Brief that the source fills."""
    if name == "topic":
        faults.append(InvalidField("topic", _NO_MODEL))
        return {}
    if name == "document":
        file = _file(given[name], name, faults)
        return {} if file is None else {"document": Path(file)}
    if name == "scenes":
        return {"scenes": _scenes(given[name], faults)}
    return {"text": given[name], "kind": name}


def _sourced(start: Mapping[str, Any]) -> bool:
    """Whether there is a source to be looked at; an empty text is one."""
    return bool(start.get("kind") or start.get("text") or start.get("document") or start.get("scenes"))


def _options(given: Mapping[str, Any], faults: list[InvalidField], *, may_leave_out: bool) -> dict[str, Any]:
    """The other fields of a Brief, in its order."""
    options: dict[str, Any] = {}
    for one in fields(Brief):
        if one.name not in given or (one.name in (*_NO_SOURCE, "assets") and one.name != "seconds"):
            continue
        value = given[one.name]
        if one.name in ("music", "logo"):
            if may_leave_out and not value:
                options[one.name] = None
            elif (file := _file(value, one.name, faults)) is not None:
                options[one.name] = Path(file)
        elif one.name == "caption_position" and not isinstance(value, str):
            options[one.name] = f"{value:g}"
        else:
            options[one.name] = value
    return options


def _scenes(given: Sequence[Mapping[str, Any]], faults: list[InvalidField]) -> tuple[SceneBrief, ...]:
    if not 1 <= len(given) <= MOST_SCENES:
        faults.append(InvalidField("scenes", f"{len(given)} scenes: 1 to {MOST_SCENES:,} are right"))
    return tuple(_scene(scene, f"scenes[{number}]", faults) for number, scene in enumerate(given[:MOST_SCENES]))


def _scene(given: Mapping[str, Any], place: str, faults: list[InvalidField]) -> SceneBrief:
    scene = {one.name: given[one.name] for one in fields(SceneBrief) if one.name in given}
    if "asset" in scene:
        file = _file(scene.pop("asset"), f"{place}.asset", faults)
        scene = (
            {"asset": Path(file)} | scene if file is not None else {k: scene[k] for k in scene if k not in _OF_ASSET}
        )
    if "transition" in scene:
        transition = dict(scene.pop("transition"))
        start = {"kind": transition.pop("kind", "")}
        try:
            TransitionChoice(**start)
            scene["transition"] = _greedily(TransitionChoice, transition, start, faults, place=f"{place}.transition")
        except InvalidInput as error:
            faults.append(InvalidField(f"{place}.transition.kind", str(error)))
    start = {name: scene.pop(name) for name in ("text", "seconds") if name in scene}
    try:
        SceneBrief(**start)
    except InvalidInput as error:
        faults.append(InvalidField(place, str(error)))
        start = {"seconds": 1.0}
    return _greedily(SceneBrief, scene, start, faults, place=place)


_OF_ASSET = ("start", "speed", "level", "fit", "focus")


def _greedily(
    make: Callable[..., Made],
    given: Mapping[str, Any],
    start: Mapping[str, Any],
    faults: list[InvalidField],
    *,
    place: str = "",
    names: Mapping[str, str] | None = None,
) -> Made:
    """What ``start``, which is right, and ``given`` make; what does not go with the rest is left out, and a fault."""
    try:
        return make(**(dict(start) | dict(given)))
    except InvalidInput:
        kept = dict(start)
    made = make(**kept)
    for name, value in given.items():
        try:
            made = make(**(kept | {name: value}))
            kept[name] = value
        except InvalidInput as error:
            field = (names or {}).get(name, name)
            faults.append(InvalidField(f"{place}.{field}" if place else field, str(error)))
    return made


def _files(given: Sequence[str], place: str, faults: list[InvalidField]) -> tuple[str, ...]:
    found = [_file(file, f"{place}[{number}]", faults) for number, file in enumerate(given)]
    return tuple(dict.fromkeys(file for file in found if file is not None))


def _file(given: str, place: str, faults: list[InvalidField]) -> str | None:
    if is_id(given):
        return given
    faults.append(InvalidField(place, f"{given[:80]!r} is none: the id of one of your files is right"))
    return None


def _storable(given: Mapping[str, Any], faults: list[InvalidField]) -> Mapping[str, Any]:
    """Without texts that hold NUL or half a character, which no database and no voice takes."""
    kept = {}
    for name, value in given.items():
        wrong = [] if name in _FILES else unstorable(value, name)
        faults += [
            InvalidField(place, "there is a NUL or half a character in it: plain text is right") for place in wrong
        ]
        if not wrong:
            kept[name] = value
        elif name in SOURCES:
            kept[name] = [{"text": _ANYTHING}] if name == "scenes" else _ANYTHING
    return kept


def is_id(text: str) -> bool:
    """Whether it can be the id of a file."""
    return _ID.fullmatch(text) is not None


def unstorable(value: Any, place: str) -> list[str]:
    """Where a text below ``place`` holds NUL or half a character, or a number is beyond what JSON holds exactly."""
    if isinstance(value, int) and abs(value) > _EXACT:
        return [place]
    if isinstance(value, str):
        return [place] if _UNSTORABLE.search(value) else []
    if isinstance(value, Mapping):
        return [one for key, part in value.items() for one in unstorable(part, f"{place}.{key}")]
    if isinstance(value, list | tuple):
        return [one for number, part in enumerate(value) for one in unstorable(part, f"{place}[{number}]")]
    return []
