"""``/api/system``: whether the service works, and which it is."""

from typing import Any, Literal

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example

from ... import __version__
from ...domain.health import components
from .authentication import PUBLIC
from .kept import Kept
from .parts import Parts


class ComponentHealth(msgspec.Struct, kw_only=True):
    """How one part of the service is; ``missing`` names what it lacks, ``remedy`` says how to get it."""

    status: Literal["ok", "failing"]
    present: int
    missing: tuple[str, ...] = ()
    remedy: str = ""


class Health(msgspec.Struct, kw_only=True):
    """ "ok" where every component is."""

    status: Literal["ok", "failing"]
    components: dict[str, ComponentHealth]


class Version(msgspec.Struct, kw_only=True):
    """What runs here."""

    name: str
    version: str


def health_of(parts: Parts) -> Health:
    found = components(parts.health())
    shown = {
        name: ComponentHealth(
            status="ok" if component.working else "failing",
            present=component.present,
            missing=component.missing,
            remedy=component.remedy,
        )
        for name, component in found.items()
    }
    return Health(status="ok" if all(one.working for one in found.values()) else "failing", components=shown)


_GOOD: dict[str, Any] = {
    "status": "ok",
    "components": {
        "voice": {"status": "ok", "present": 1, "missing": [], "remedy": ""},
        "encoder": {"status": "ok", "present": 10, "missing": [], "remedy": ""},
    },
}
_BAD: dict[str, Any] = {
    "status": "failing",
    "components": {
        "disk": {"status": "failing", "present": 1, "missing": ["cache"], "remedy": "free at least 1 GiB"},
    },
}


class System(Controller):
    path = "/api/system"
    tags = ("system",)

    @get(
        "/health",
        opt=PUBLIC,
        summary="Tell whether everything works",
        description="Storage, disk, encoders, fonts and the voice model, each by itself. A finding is kept for 5 s.",
        operation_id="getHealth",
        sync_to_thread=True,
        responses={
            200: ResponseSpec(
                Health,
                generate_examples=False,
                description="Every component works",
                examples=[Example(value=_GOOD)],
            ),
            503: ResponseSpec(
                Health,
                generate_examples=False,
                description="A component that is needed does not work",
                examples=[Example(value=_BAD)],
            ),
        },
    )
    def tell_health(self, health: NamedDependency[Kept[Health]]) -> Response[Health]:
        found = health()
        return Response(found, status_code=200 if found.status == "ok" else 503)

    @get(
        "/version",
        opt=PUBLIC,
        summary="Tell the version",
        operation_id="getVersion",
        sync_to_thread=False,
        responses={
            200: ResponseSpec(
                Version,
                generate_examples=False,
                description="The name and version of the program",
                examples=[Example(value={"name": "reelwright", "version": __version__})],
            )
        },
    )
    def tell_version(self) -> Version:
        return Version(name="reelwright", version=__version__)
