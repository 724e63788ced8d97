"""``/api/video``: what a video can be made of."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import QueryParameter
from litestar.types import ASGIApp

from ...domain.narration import Voice
from ...domain.template import Template
from .authentication import PUBLIC, signed_in
from .downloads import Download
from .file_bodies import body
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


class Sentence(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a voice says: a sentence of at most 300 characters, and one of ours where there is none."""

    voice: Annotated[str, msgspec.Meta(description="See `GET /api/video/voices`.")]
    text: Annotated[str, msgspec.Meta(max_length=300)] = ""
    rate: Annotated[float, msgspec.Meta(ge=0.5, le=2, description="Times the voice's own pace.")] = 1.0


_SENTENCE = Sentence(voice="af_heart", text="The sea rises and falls twice a day.")
_WAV = {
    "audio/wav": {
        "schema": {"type": "string", "format": "binary"},
        "examples": {"file": {"summary": "curl -o", "value": "(the bytes of the sound)"}},
    }
}


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

    @post(
        "/preview-voice",
        status_code=200,
        opt={
            "answers": {"200": {"description": "A mono WAV at 48 kHz", "content": _WAV}},
            "problems": ("not-found", "quota-exceeded", "engine-failed", "storage-full"),
        },
        summary="Hear a voice",
        description="Counts as an AI call, unless the same was spoken before.",
        operation_id="previewVoice",
    )
    async def preview_voice(
        self,
        request: Request[Any, Any, Any],
        parts: NamedDependency[Parts],
        data: Annotated[Sentence, body(_SENTENCE)],
    ) -> ASGIApp:
        speak, owner = parts.preview_voice(), signed_in(request.scope).user
        speech = await speak(owner, voice=data.voice, text=data.text, rate=data.rate)
        name = f"{data.voice}.wav"
        return Download(Path(speech.audio), name=name, media_type="audio/wav", disposition="inline")


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
