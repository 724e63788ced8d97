"""A new video from one that there is: from its edited timeline, or from its order with some of it changed."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..domain.asset import Asset
from ..domain.errors import Conflict, InvalidField, InvalidFields, InvalidInput, InvalidTimeline, NotFound, UnknownName
from ..domain.file import StoredFile
from ..domain.order import FILE, Order, asset_field
from ..domain.timeline import Timeline
from ..domain.video import Video
from .ordering import Accepted, Ordering
from .store import Store
from .videos import TimelineReader
from .wishes import NOT_PLAIN, Wish, is_id, unstorable, wished

TimelineWriter = Callable[[Timeline], Mapping[str, Any]]
"""The document of a timeline, which reads back equal."""
_MANY = 10**9
"""Frames of a video that is far too long."""
_ACTION = "video.re-render"


class ReRendering:
    """The use cases. Both raise as ``Ordering.accept`` does, and NotFound for a video that is not the owner's.

    ``fonts`` are the names of those that there are.
    """

    def __init__(
        self,
        *,
        store: Store,
        ordering: Ordering,
        timelines: TimelineReader,
        documents: TimelineWriter,
        fonts: Collection[str],
    ) -> None:
        self._store, self._ordering, self._fonts = store, ordering, fonts
        self._timelines, self._documents = timelines, documents

    async def from_changes(
        self, owner: str, video_id: str, given: Mapping[str, Any], *, key: str = "", digest: str = ""
    ) -> Accepted:
        """The same order with the ``given`` fields, as ``wished`` takes them, in the place of its own."""
        video, order, _ = await self._base(owner, video_id)
        if order.brief is None:
            raise InvalidField("changes", "this video was made from a timeline: an edited timeline is right")
        wish = await asyncio.to_thread(wished, given, base=order.brief, assets=order.assets)
        kept = wish.order if wish.order.webhook or "webhook" in given else replace(wish.order, webhook=order.webhook)
        kept = kept if "teaser" in given else replace(kept, teaser=order.teaser)
        wish = replace(wish, order=kept, place="changes", project_id=video.project_id, based_on=video_id)
        return (await self._ordering.accept(owner, [wish], key=key, digest=digest, action=_ACTION))[0]

    async def from_timeline(
        self,
        owner: str,
        video_id: str,
        document: Mapping[str, Any],
        *,
        webhook: str = "",
        key: str = "",
        digest: str = "",
    ) -> Accepted:
        """The video of an edited timeline; what is as it was in the other one is not made again.

        The path of an asset is "file:ID" of a file of the owner, or a "speech:DIGEST" of the other video's own
        timeline. Raises Conflict where the other video is not finished.
        """
        video, order, own = await self._base(owner, video_id)
        if own is None:
            raise Conflict("the video is not finished: it has no timeline to edit")
        timeline, base = await asyncio.to_thread(lambda: (self._read(document), self._timelines(own)))
        there = {asset.path: asset for asset in base.assets.values()}
        files = await self._files(owner, timeline)
        faults = (*_faults(timeline, there), *self._unknown_fonts(timeline))
        timeline = replace(
            timeline, assets={name: _asset(asset, there, files) for name, asset in timeline.assets.items()}
        )
        try:
            edited = Order(timeline=self._documents(timeline), webhook=webhook or order.webhook, teaser=order.teaser)
        except InvalidInput as error:
            raise InvalidField("timeline", str(error)) from error
        wish = Wish(
            order=edited,
            faults=faults,
            project_id=video.project_id,
            based_on=video_id,
            title=video.title,
            seconds=min(timeline.frames, _MANY) / timeline.output.fps,
            output=timeline.output,
        )
        return (await self._ordering.accept(owner, [wish], key=key, digest=digest, action=_ACTION))[0]

    async def _base(self, owner: str, video_id: str) -> tuple[Video, Order, Mapping[str, Any] | None]:
        async with self._store(read_only=True) as work:
            video = await work.videos.get(owner, video_id)
            order = await work.videos.order(video_id) if video is not None else None
            if video is None or order is None:
                raise NotFound("video", video_id)
            return video, order, await work.videos.timeline(video_id)

    def _read(self, document: Mapping[str, Any]) -> Timeline:
        try:
            timeline = self._timelines(document)
        except InvalidTimeline as error:
            raise InvalidField(f"timeline{error.path.removeprefix('$')}", error.problem) from error
        if wrong := unstorable(document, "timeline"):
            raise InvalidFields(InvalidField(place, NOT_PLAIN) for place in wrong)
        return timeline

    def _unknown_fonts(self, timeline: Timeline) -> Iterator[InvalidField]:
        style, lower = timeline.style, timeline.furniture.lower_third
        types = {"style.captions.type": style.captions.type, "style.titles.type": style.titles.type}
        if lower is not None:
            types |= {"furniture.lower_third.type": lower.type}
            types |= {} if lower.kicker is None else {"furniture.lower_third.kicker": lower.kicker}
        for place, wanted in types.items():
            if wanted.font not in self._fonts:
                told = str(UnknownName("font", wanted.font, self._fonts))
                yield InvalidField(f"timeline.{place}.font", told)

    async def _files(self, owner: str, timeline: Timeline) -> dict[str, StoredFile]:
        ids = [asset.path.removeprefix(FILE) for asset in timeline.assets.values() if asset.path.startswith(FILE)]
        async with self._store(read_only=True) as work:
            found = [await work.files.get(owner, one) for one in dict.fromkeys(ids) if is_id(one)]
        return {FILE + file.id: file for file in found if file is not None}


def _faults(timeline: Timeline, there: Mapping[str, Asset]) -> Iterator[InvalidField]:
    for name, asset in timeline.assets.items():
        if asset.path in there and there[asset.path].kind == asset.kind:
            continue
        if not asset.path.startswith(FILE) or not is_id(asset.path.removeprefix(FILE)):
            told = f"{asset.path[:100]!r} is none: file:ID of one of your files, or a speech:DIGEST of the video itself"
            yield InvalidField(asset_field(name), f"{told}, is right")


def _asset(asset: Asset, there: Mapping[str, Asset], files: Mapping[str, StoredFile]) -> Asset:
    """With what is known of its content, whatever the document says."""
    known, file = there.get(asset.path), files.get(asset.path)
    if known is not None and known.kind == asset.kind:
        return replace(known, tags=asset.tags)
    if file is None:
        return asset
    facts = file.metadata
    sounds = facts.channels > 0 or file.kind == "audio"
    samples = 0 if asset.kind == "photo" else facts.samples
    return replace(
        asset,
        sha256=file.sha256,
        width=facts.width,
        height=facts.height,
        samples=samples,
        has_sound=sounds,
    )
