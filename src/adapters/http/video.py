"""``/api/video``: what a video can be made of."""

from typing import Annotated

import msgspec
from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from ...domain.narration import Voice
from ...domain.template import Template
from .authentication import PUBLIC
from .kept import Kept
from .parts import Parts


class TemplateSummary(msgspec.Struct, kw_only=True):
    """A template by its name, with what makes it look as it does. Colours are "#rrggbb", the deepest first."""

    name: str
    description: str
    colours: tuple[str, ...]
    backgrounds: tuple[str, ...]
    motions: tuple[str, ...]
    transitions: tuple[str, ...]


_TIDE = TemplateSummary(
    name="tide",
    description="Calm blue gradients, word highlight, gentle zooms",
    colours=("#061a2f", "#0b3d66", "#1c6e9c", "#6fc3df"),
    backgrounds=("gradient",),
    motions=("zoom-in", "zoom-out"),
    transitions=("crossfade",),
)
_HEART = Voice(name="af_heart", language="en", gender="female", engine="kokoro", style="warm")


class Video(Controller):
    path = "/api/video"
    tags = ("video",)

    @get(
        "/templates",
        opt=PUBLIC,
        summary="List the templates",
        description="Every look that a video can have, by the name under which `generate` takes it.",
        operation_id="listTemplates",
        sync_to_thread=True,
        responses={
            200: ResponseSpec(
                list[TemplateSummary],
                generate_examples=False,
                description="The templates, by name",
                examples=[Example(value=[_TIDE])],
            )
        },
    )
    def list_templates(self, templates: NamedDependency[Kept[list[TemplateSummary]]]) -> list[TemplateSummary]:
        return templates()

    @get(
        "/voices",
        opt=PUBLIC,
        summary="List the voices",
        description="Every voice that can narrate, by the name under which `generate` takes it.",
        operation_id="listVoices",
        sync_to_thread=True,
        responses={
            200: ResponseSpec(
                list[Voice],
                generate_examples=False,
                description="The voices; none where no voice speaks the language",
                examples=[Example(value=[_HEART])],
            )
        },
    )
    def list_voices(
        self,
        parts: NamedDependency[Parts],
        language: Annotated[
            str | None,
            QueryParameter(
                description='Only those that speak this language, a BCP 47 primary tag: "en", "zh".',
                pattern="^[a-z]{2,3}$",
                examples=[Example(value="en")],
            ),
        ] = None,
    ) -> list[Voice]:
        return [voice for voice in parts.speech().voices() if language in (None, voice.language)]


def summaries(parts: Parts) -> list[TemplateSummary]:
    """Of every template by its name; reading them all takes about 10 ms."""
    templates = parts.templates()
    return [_summary(templates.get(name)) for name in templates.names()]


def _summary(template: Template) -> TemplateSummary:
    return TemplateSummary(
        name=template.name,
        description=template.description,
        colours=template.backgrounds.colours,
        backgrounds=template.backgrounds.kinds,
        motions=template.motions,
        transitions=tuple(one.kind for one in template.transitions),
    )
