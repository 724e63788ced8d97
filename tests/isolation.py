"""Whether a stranger gets at what belongs to somebody, tried on every route that the API's document tells of."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.people import PASSWORD, bearer, sign_in

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
NEVER = "00000000-0000-7000-8000-000000000000"
"""An id that nothing ever had."""
_IS_ID = re.compile(r"(^|_)ids?$")
_KEY = re.compile(r"(^|_)id$|^sha256$")


@dataclass
class Owner:
    """Somebody who has things. Whatever text they hold has ``mark`` in it; ``secrets`` are their ids and digests."""

    client: httpx.Client
    mark: str = "moonlit"
    headers: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        about = {"username": self.mark, "email": f"{self.mark}@example.org", "password": PASSWORD}
        self.id = self("POST", "/api/users/register", json=about)["id"]
        self.headers = bearer(sign_in(self.client, self.mark).json())
        self("PUT", "/api/users/profile", json={"display_name": f"The {self.mark} one"})

    def __call__(self, method: str, path: str, **how: Any) -> Any:
        """What the service answers to the owner, its ids noted as secrets."""
        answer = self.client.request(method, path, headers=self.headers, **how).raise_for_status()
        return json.loads(answer.text, object_hook=self._note)

    def _note(self, found: dict[str, Any]) -> dict[str, Any]:
        self.secrets |= {value for key, value in found.items() if _KEY.search(key) and isinstance(value, str)}
        return found


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method of a path as it is described; ``None`` for one that the path does not take."""

    method: str
    path: str
    operation: dict[str, Any] | None
    ids: tuple[str, ...]

    @property
    def names_its_thing_elsewhere(self) -> bool:
        """Whether no id is in the path: what an order or a filter names is then a fault of theirs, or finds nothing."""
        return not any(f"{{{name}}}" in self.path for name in self.ids)

    @property
    def for_administrators(self) -> bool:
        forbidden = {"$ref": "#/components/responses/forbidden"}
        return self.operation is not None and self.operation["responses"].get("403") == forbidden

    def request(self, values: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        """The path and the rest of a right request for the things with these ids."""
        operation = self.operation or {}
        query = {
            one["name"]: values.get(one["name"]) or _example(one)
            for one in operation.get("parameters", ())
            if one["in"] == "query" and (one.get("required") or one["name"] in values)
        }
        how: dict[str, Any] = {"params": query}
        for media_type, media in operation.get("requestBody", {}).get("content", {}).items():
            if media_type == "application/json":
                how["json"] = _with_ids(_example(media), values)
            elif media_type == "multipart/form-data":
                how["files"] = {"file": ("a.png", b"image/png\nmine", "image/png")}
            else:
                how["content"] = b"image/png\nmine"
        return self.path.format_map(values), how


def routes(document: dict[str, Any], made: Collection[str]) -> Iterator[Route]:
    """Every method of every path that takes an id; raises KeyError for one of a thing that was not made."""
    for path, operations in document["paths"].items():
        named = {name for operation in operations.values() for name in _ids(document, operation)}
        if missing := named - set(made):
            raise KeyError(f"{path} takes {sorted(missing)}: a maker of such a thing is right")
        for method in METHODS if named else ():
            operation = operations.get("get" if method == "HEAD" else method.lower())
            yield Route(method=method, path=path, operation=operation, ids=tuple(sorted(named)))


def leaks(client: httpx.Client, owner: Owner, stranger: dict[str, str], values: Mapping[str, str]) -> list[str]:
    """What a stranger, and who is nobody, learns of the owner or can do to the owner's things; nothing is right.

    ``values`` are the ids of those things, by the names of parameters and fields that take them.
    """
    found: list[str] = []
    document = client.get("/api/openapi.json").json()
    owner.secrets |= set(values.values())
    for route in list(routes(document, values)):
        path, how = route.request(values)
        nowhere, otherwise = route.request(dict.fromkeys(values, NEVER))
        theirs = client.request(route.method, path, headers=stranger, **how)
        nothing = client.request(route.method, nowhere, headers=stranger, **otherwise)
        nobody = client.request(route.method, path, **how)
        expected = 403 if route.for_administrators else 404
        own = client.request(route.method, path, headers=owner.headers, **how) if route.method == "GET" else None
        if own is not None and route.operation is not None and own.is_error:
            found.append(f"GET {route.path}: the owner gets {own.status_code}, so that nothing was tried")
        public = route.operation is not None and "security" not in route.operation
        elsewhere = (200, 422) if route.names_its_thing_elsewhere else ()
        for who, answer, right in (("another", theirs, (expected, *elsewhere)), ("nobody", nobody, (401,))):
            if answer.status_code not in ((405,) if route.operation is None else right) and not public:
                found.append(f"{route.method} {route.path}: {who} gets {answer.status_code}")
            sent = [path, *(values[name] for name in route.ids)]
            found += [f"{route.method} {route.path}: {who} reads {one}" for one in told(answer, owner, sent)]
        if told_apart(theirs, values) != told_apart(nothing, dict.fromkeys(values, NEVER)):
            found.append(f"{route.method} {route.path}: another sees that there is something")
    for path, operation in _lists(document):
        found += [f"GET {path}: reads {one}" for one in _read(client, owner, stranger, path, operation)]
    return found


def told(answer: httpx.Response, owner: Owner, sent: Sequence[str]) -> list[str]:
    """What of the owner is in an answer, besides what was sent."""
    text = answer.text + " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    for one in sent:
        text = text.replace(one, "")
    return [one for one in (owner.mark, *sorted(owner.secrets)) if one in text]


def told_apart(answer: httpx.Response, values: Mapping[str, str]) -> tuple[int, str]:
    """An answer without what differs for every request, and without the ids that were sent."""
    text = re.sub(r'"request_id":"\w+"', "", answer.text)
    for value in values.values():
        text = text.replace(value, "ID")
    return answer.status_code, text


def _read(client: httpx.Client, owner: Owner, who: dict[str, str], path: str, operation: dict[str, Any]) -> list[str]:
    """What of the owner is in a list of somebody else, also on the page that follows one of the owner's."""
    pages: list[dict[str, str]] = [{}]
    if any(one["name"] == "cursor" for one in operation.get("parameters", ())):
        first = client.get(path, params={"limit": 1}, headers=owner.headers)
        pages += [{"cursor": first.json()["next"]}] if first.is_success and first.json()["next"] else []
    return [one for page in pages for one in told(client.get(path, params=page, headers=who), owner, [])]


def _lists(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A stream is none: it does not end, and has its own test."""
    for path, operations in document["paths"].items():
        answers = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "get" in operations and "{" not in path and "text/event-stream" not in answers:
            yield path, operations["get"]


def _ids(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    """The names of what has to be an id: in the path, in the query, in a body."""
    for one in operation.get("parameters", ()):
        fixed = one["schema"].get("type") in ("integer", "boolean") or "enum" in one["schema"]
        if (one["in"] == "path" and not fixed) or _IS_ID.search(one["name"]):
            yield one["name"]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        yield from _named(document, media.get("schema", {}), set())


def _named(document: dict[str, Any], schema: Any, seen: set[str]) -> Iterator[str]:
    """The names of properties that hold ids, however deep."""
    if isinstance(schema, list):
        for one in schema:
            yield from _named(document, one, seen)
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        seen.add(reference)
        yield from _named(document, document["components"]["schemas"][reference.rpartition("/")[2]], seen)
    yield from (name for name in schema.get("properties", {}) if _IS_ID.search(name))
    for key, inside in schema.items():
        if key not in ("examples", "example", "default"):
            yield from _named(document, inside, seen)


def _with_ids(body: Any, values: Mapping[str, str]) -> Any:
    """An example with the ids in the place of its own."""
    if isinstance(body, dict):
        return {key: _placed(key, value, values) for key, value in body.items()}
    return [_with_ids(one, values) for one in body] if isinstance(body, list) else body


def _placed(key: str, value: Any, values: Mapping[str, str]) -> Any:
    if key not in values:
        return _with_ids(value, values)
    return [values[key]] if isinstance(value, list) else values[key]


def _example(described: dict[str, Any]) -> Any:
    """The first example of a parameter or a body."""
    shown = described.get("examples") or described.get("schema", {}).get("examples")
    if not shown:
        raise KeyError(f"{described.get('name', 'a body')} has no example")
    first = next(iter(shown.values())) if isinstance(shown, dict) else shown[0]
    return first["value"] if isinstance(first, dict) and "value" in first else first
