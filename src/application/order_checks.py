"""Whether what an order names is there: the template, the voices, the files, the project, the webhook's address."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from ..domain.errors import InvalidField, InvalidInput, UnknownName
from ..domain.file import DOCX, StoredFile
from ..domain.narration import Voice
from ..domain.order import Need, needs, usual_length
from ..domain.output import Output, usual_bytes
from ..domain.quota import Resource
from .ports import SpeechEngine, Templates
from .store import Store, Work
from .wishes import SOURCES, Wish

Address = Callable[[str], str]
"""The address that webhooks go to for one that was given. Raises InvalidInput."""
LONGEST_VIDEO = 3 * 3600.0
"""Seconds that a video may be expected to have."""
_ARTICLES = ("application/pdf", DOCX)
"""Documents that are condensed where nothing else is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A wish with all that is wrong with it, and what it will take of the owner's quota.

    ``files`` are those of the owner by their ids.
    """

    wish: Wish
    files: Mapping[str, StoredFile]
    seconds: float

    @property
    def output(self) -> Output:
        if self.wish.output is not None:
            return self.wish.output
        assert self.wish.order.brief is not None  # noqa: S101 - an order without an output of its own is a brief
        return self.wish.order.brief.output

    @property
    def amounts(self) -> dict[Resource, int]:
        whole = -(-self.seconds // 1)
        return {"videos": 1, "render_seconds": int(whole), "storage_bytes": usual_bytes(self.output, self.seconds)}

    @property
    def title(self) -> str:
        """What to call the video: the title or the first words, and else the name of the document."""
        order = self.wish.order
        if order.title or order.brief is None or order.brief.document is None:
            return order.title or self.wish.title
        file = self.files.get(str(order.brief.document))
        return file.name.rpartition(".")[0] or file.name if file is not None else ""


class OrderChecks:
    """Called with an owner and a wish."""

    def __init__(
        self,
        *,
        store: Store,
        templates: Templates,
        speech: Callable[[], SpeechEngine],
        address: Address,
    ) -> None:
        self._store, self._templates, self._speech = store, templates, speech
        self._address = address

    async def __call__(self, owner: str, wish: Wish) -> Checked:
        faults, order = list(wish.faults), wish.order
        if order.webhook:
            try:
                order = replace(order, webhook=self._address(order.webhook))
            except InvalidInput as error:
                faults.append(InvalidField("webhook", error.problem if isinstance(error, InvalidField) else str(error)))
        faults += await asyncio.to_thread(lambda: list(self._names(wish)))
        async with self._store(read_only=True) as work:
            files = await _files(work, owner, [need.file for need in needs(order)])
            if wish.project_id is not None and await work.projects.get(owner, wish.project_id) is None:
                faults.append(InvalidField("project_id", "it is none: the id of one of your projects is right"))
        for need in needs(order):
            if problem := _unfit(need, files.get(need.file)):
                faults.append(InvalidField(need.field, problem))
        seconds = await asyncio.to_thread(_seconds, wish, files)
        if seconds > LONGEST_VIDEO:
            field = next((one for one in SOURCES if one == "scenes" and order.brief and order.brief.scenes), "")
            told = f"it would last {seconds / 60:,.0f} minutes: at most {LONGEST_VIDEO / 60:.0f} are right"
            faults.append(InvalidField(field, told))
        return Checked(wish=replace(wish, order=order, faults=tuple(faults)), files=files, seconds=seconds)

    def voices(self) -> tuple[Voice, ...]:
        return tuple(self._speech().voices())

    def _names(self, wish: Wish) -> Iterator[InvalidField]:
        brief = wish.order.brief
        if brief is None:
            return
        try:
            self._templates.get(brief.template)
        except InvalidInput as error:
            yield InvalidField("template", str(error))
        places = {"voice": brief.voice} | {f"scenes[{at}].voice": one.voice for at, one in enumerate(brief.scenes)}
        if any(places.values()):
            names = [voice.name for voice in self.voices()]
            for place, name in places.items():
                if name and name not in names:
                    yield InvalidField(place, str(UnknownName("voice", name, names)))


async def _files(work: Work, owner: str, ids: Collection[str]) -> dict[str, StoredFile]:
    found = [await work.files.get(owner, one) for one in dict.fromkeys(ids)]
    return {file.id: file for file in found if file is not None}


def _unfit(need: Need, file: StoredFile | None) -> str:
    """What is wrong with a file, empty for nothing."""
    if file is None:
        return f"there is no file {need.file!r}: the id of one of your files is right"
    if file.kind not in need.kinds:
        return f"{file.name} is {_article(file.kind)}: {' or '.join(map(_article, need.kinds))} is right"
    if need.sound and file.kind == "video" and not file.metadata.channels:
        return f"there is no sound in {file.name}: a file that sounds is right"
    if need.sound and file.kind == "image":
        return f"there is no sound in {file.name}, a picture: leave the level out"
    if need.start and need.start >= file.metadata.seconds:
        return f"{file.name} has no second {need.start:g} to start at: a clip that long is right"
    return ""


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _seconds(wish: Wish, files: Mapping[str, StoredFile]) -> float:
    """How long the video will be, roughly."""
    brief = wish.order.brief
    if brief is None or wish.seconds is not None:
        return wish.seconds or 0.0
    file = files.get(str(brief.document))
    if file is None:
        return usual_length(brief)
    if file.media_type in _ARTICLES and not brief.kind:
        brief = replace(brief, kind="article")
    return usual_length(brief, file.metadata.spoken or file.metadata.words / 2.5)
