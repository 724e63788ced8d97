"""The dry run of an order: what it would become, what it would take of the quota, and all that is wrong with it."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from ..domain.brief import Brief
from ..domain.errors import InvalidField, InvalidInput, NotFound
from ..domain.narration import Voice
from ..domain.output import Output
from ..domain.quota import Resource
from ..domain.script import Script, usual_seconds
from .order_checks import Checked, OrderChecks
from .ordering import placed
from .quotas import Quotas
from .store import Store
from .wishes import Wish

ScriptReader = Callable[[Brief], Script]
"""What a brief would say, scene by scene. Blocks, and reads foreign documents where they can do no harm.

Raises InvalidInput, and TaskFailed for what goes beyond the limits.
"""
Local = Callable[[str], AbstractContextManager[Path]]
"""A file to read a content of the storage from, by its key, as long as the context lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedScene:
    """What one scene will say, and about how many ``seconds`` it will last."""

    text: str
    kind: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaUse:
    """``amount`` of a resource would be reserved; ``left`` is what there is before that, None without a limit."""

    resource: Resource
    amount: int
    left: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be made. Where there are ``errors`` it would be refused, and what they hinder is empty."""

    errors: tuple[InvalidField, ...]
    warnings: tuple[str, ...]
    language: str
    template: str
    voice: str
    output: Output
    title: str
    seconds: float
    scenes: tuple[PlannedScene, ...]
    quota: tuple[QuotaUse, ...]


class Planning:
    """Called with an owner and a wish; nothing is stored."""

    def __init__(
        self,
        *,
        store: Store,
        quotas: Quotas,
        checks: OrderChecks,
        scripts: ScriptReader,
        local: Local,
        at_once: int = 2,
    ) -> None:
        self._store, self._quotas, self._checks, self._scripts, self._local = store, quotas, checks, scripts, local
        self._room = asyncio.Semaphore(at_once)

    async def __call__(self, owner: str, wish: Wish) -> Plan:
        """Raises NotFound for an account that is gone or going, EngineFailed where the text cannot be looked at."""
        checked = await self._checks(owner, wish)
        quota = await self._quota(owner, checked)
        errors, brief = list(placed(checked)), checked.wish.order.brief
        errors += [InvalidField("", _too_much(one)) for one in quota if one.left is not None and one.amount > one.left]
        script = None
        if brief is not None and not checked.wish.faults:
            try:
                async with self._room:
                    script = await asyncio.to_thread(self._script, brief, checked)
            except InvalidInput as error:
                errors.append(InvalidField(_source(brief), str(error)))
        scenes = tuple(_scenes(brief, script)) if brief is not None and script is not None else ()
        voice = await asyncio.to_thread(self._voice, brief, script) if brief is not None and script else None
        language = script.language if script is not None else ""
        return Plan(
            errors=tuple(errors),
            warnings=tuple(_warnings(brief, checked, voice, language)),
            language=language,
            template=brief.template if brief is not None else "",
            voice=voice.name if voice is not None else "",
            output=checked.output,
            title=(script.title if script is not None else "") or checked.title,
            seconds=round(sum(scene.seconds for scene in scenes) if scenes else checked.seconds, 1),
            scenes=scenes,
            quota=quota,
        )

    async def _quota(self, owner: str, checked: Checked) -> tuple[QuotaUse, ...]:
        async with self._store(read_only=True) as work:
            user = await work.users.get(owner)
            if user is None or user.leaving:
                raise NotFound("user", owner)
            left: Mapping[Resource, int | None] = {
                one.resource: one.left for one in await self._quotas.standings(work, user)
            }
        return tuple(
            QuotaUse(resource=resource, amount=amount, left=left[resource])
            for resource, amount in checked.amounts.items()
        )

    def _script(self, brief: Brief, checked: Checked) -> Script:
        if brief.document is None:
            return self._scripts(brief)
        file = checked.files[str(brief.document)]
        with self._local(file.sha256) as content, tempfile.TemporaryDirectory() as folder:
            # Its name tells Markdown from plain text, and what is wrong with it by the name that its owner knows.
            named = Path(folder) / (file.name.lstrip(".") or "file")
            named.symlink_to(content.resolve())
            try:
                return self._scripts(replace(brief, document=named))
            except InvalidInput as error:
                raise InvalidInput(str(error).replace(str(named), file.name)) from error

    def _voice(self, brief: Brief, script: Script) -> Voice | None:
        voices = self._checks.voices()
        named = next((voice for voice in voices if voice.name == brief.voice), None)
        return named or next((voice for voice in voices if voice.language == script.language), next(iter(voices), None))


def _too_much(use: QuotaUse) -> str:
    return f"the quota of {use.resource} has {use.left} left: the {use.amount} that it takes do not fit"


def _source(brief: Brief) -> str:
    if brief.document is not None:
        return "document"
    return "scenes" if brief.scenes else brief.kind


def _scenes(brief: Brief, script: Script) -> Iterator[PlannedScene]:
    for number, scene in enumerate(script.scenes):
        laid = brief.scenes[number] if brief.scenes else None
        spoken = usual_seconds(scene.text, script.language) / brief.rate if scene.text else 0.0
        seconds = spoken if laid is None else max(spoken, laid.seconds) + (laid.pause or 0.0)
        yield PlannedScene(text=scene.text, kind=scene.kind, seconds=round(seconds, 2))


def _warnings(brief: Brief | None, checked: Checked, voice: Voice | None, language: str) -> Iterator[str]:
    if brief is None:
        return
    if voice is not None and voice.language != language:
        yield f"the voice {voice.name} speaks {voice.language}, and the text is in {language}"
    if voice is not None and voice.needs_network:
        yield f"the voice {voice.name} needs a network"
    if not checked.wish.order.assets and not any(scene.asset for scene in brief.scenes):
        yield "there are no photos or clips: the backgrounds of the template are shown"
