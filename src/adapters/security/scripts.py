"""Scripts of foreign documents and long texts, made by a child that can do no harm."""

from pathlib import Path

import msgspec

from ...domain.brief import Brief
from ...domain.language import detect
from ...domain.scenes import told
from ...domain.script import Script
from .sandbox import Limits, Sandbox

READING = Limits(seconds=60, cpu_seconds=60, memory=3 << 30, disk=1 << 20)


class Wording(msgspec.Struct, kw_only=True, frozen=True):
    """What of a brief says what is said."""

    text: str
    document: str
    kind: str
    seconds: float
    title: str
    language: str
    rate: float


class SandboxedScripts:
    """Called with a brief; ``task`` is named as ``Sandbox.run`` names it, and takes a Wording."""

    def __init__(self, sandbox: Sandbox, *, task: str, limits: Limits = READING) -> None:
        self._sandbox, self._task, self._limits = sandbox, task, limits

    def __call__(self, brief: Brief) -> Script:
        """See :data:`~reelwright.application.planning.ScriptReader`."""
        if brief.scenes:
            text = " ".join(scene.text for scene in brief.scenes)
            return told(brief.scenes, language=brief.language or detect(text), title=brief.title)
        file = brief.document
        wording = Wording(
            text=brief.text,
            document=str(file.absolute()) if file is not None else "",
            kind=brief.kind,
            seconds=brief.seconds,
            title=brief.title,
            language=brief.language,
            rate=brief.rate,
        )
        reads: tuple[Path, ...] = () if file is None else (file.resolve(),)
        return self._sandbox.run(self._task, wording, Script, reads=reads, limits=self._limits)
