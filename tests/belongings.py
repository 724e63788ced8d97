"""One of everything that somebody can have on a service, for tests of who gets at it."""

import time
from collections.abc import Callable
from typing import Any

from dependency_injector import providers

from reelwright.adapters.fakes.inspector import LabelInspector
from reelwright.adapters.fakes.making import PlainScripts, TextMaker
from reelwright.bootstrap import Container
from tests.isolation import Owner


def without_media(parts: Container, timeline: dict[str, Any]) -> None:
    """Let files and videos be texts, so that any test can have them by the hundred; all videos show ``timeline``."""
    parts.inspector.override(providers.Object(LabelInspector()))
    parts.scripts.override(providers.Object(PlainScripts()))
    parts.maker.override(providers.Object(TextMaker(timeline)))


def a_file(owner: Owner) -> str:
    """A film with a thumbnail and a proxy; a picture beside it, so that there are two."""
    owner("PUT", "/api/files", params={"name": f"{owner.mark}.png"}, content=f"image/png\n{owner.mark}".encode())
    film = {"name": f"{owner.mark}.mp4", "tag": owner.mark}
    made = owner("PUT", "/api/files", params=film, content=f"video/mp4\nthe {owner.mark} sea".encode())
    while owner("POST", f"/api/files/{made['id']}/proxy")["state"] != "made":
        time.sleep(0.01)
    return str(made["id"])


def an_upload(owner: Owner) -> str:
    begun = owner("POST", "/api/files/uploads", json={"name": f"{owner.mark}.mov", "size": 100})
    owner("PATCH", f"/api/files/uploads/{begun['id']}", params={"offset": 0}, content=owner.mark.encode())
    return str(begun["id"])


def a_project(owner: Owner) -> str:
    made = owner("POST", "/api/projects", json={"name": owner.mark, "script": f"The {owner.mark} sea."})
    return str(made["id"])


def a_video(owner: Owner) -> str:
    """A finished one, of whose end a server was told that is not there."""
    order = {
        "script": f"The {owner.mark} sea rises.",
        "title": owner.mark,
        "teaser": "webp",
        "webhook": "https://hooks.invalid/",
    }
    made = owner("POST", "/api/video/generate", json=order)
    while owner("GET", f"/api/video/status/{made['id']}")["status"] != "succeeded":
        time.sleep(0.01)
    return str(made["id"])


def a_delivery(owner: Owner) -> str:
    a_video(owner)
    return str(owner("GET", "/api/users/webhook-deliveries")["items"][0]["id"])


MAKERS: dict[str, Callable[[Owner], str]] = {
    "user_id": lambda owner: str(owner.id),
    "file_id": a_file,
    "upload_id": an_upload,
    "project_id": a_project,
    "video_id": a_video,
    "delivery_id": a_delivery,
}
"""A thing for every parameter that takes an id: every text that it is made of holds ``owner.mark``.

A route with another parameter fails the test until there is a maker for it here.
"""
