"""Orders are accepted with their quota or not at all, whoever else orders, cancels or runs at the same time."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reelwright.adapters.documents.timeline_json import from_plain
from reelwright.adapters.fakes.making import NotedDispatcher
from reelwright.adapters.fakes.scripted_speech import ScriptedSpeech
from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.adapters.fakes.storage import MemoryStorage
from reelwright.adapters.jobs.bus import MemoryProgressBus
from reelwright.application.ending import Ending
from reelwright.application.narrating import Line, Narrator
from reelwright.application.order_checks import OrderChecks
from reelwright.application.ordering import Ordering
from reelwright.application.ports import Spoken
from reelwright.application.quotas import Quotas
from reelwright.application.speech_chain import SpeechChain
from reelwright.application.store import Store
from reelwright.application.video_clean_up import VideoCleanUp
from reelwright.application.videos import VideoLibrary
from reelwright.application.voice_previews import PreviewVoice
from reelwright.application.webhooks import Webhooks
from reelwright.application.wishes import Wish, wished
from reelwright.bootstrap import Container
from reelwright.domain.brief import Brief
from reelwright.domain.errors import (
    Conflict,
    EngineFailed,
    InvalidField,
    InvalidFields,
    NotFound,
    ProviderFailed,
    QuotaExceeded,
)
from reelwright.domain.ids import new_id
from reelwright.domain.job import begun, over
from reelwright.domain.narration import Speech, Voice
from reelwright.domain.order import Order
from reelwright.domain.quota import Plan
from reelwright.domain.user import User
from tests.accounts import added, person

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
PLANS = {"small": Plan(name="small", videos_a_day=5, ai_calls_a_day=3), "wide": Plan(name="wide")}
ORDER = Order(brief=Brief(text="The sea rises twice a day."))
WISH = Wish(order=ORDER)


class Speeches:
    """Narration in the memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Speech] = {}

    def get(self, digest: str) -> Speech | None:
        return self.kept.get(digest)

    def put(self, digest: str, spoken: Spoken) -> Speech:
        return self.kept.setdefault(digest, Speech(audio=digest, samples=spoken.samples, words=spoken.words))


@dataclass
class House:
    """Ordering around a store."""

    store: Store
    user: User

    def __post_init__(self) -> None:
        self.quotas, self.dispatcher, self.storage = Quotas(PLANS), NotedDispatcher(), MemoryStorage()
        webhooks = Webhooks(self.store, wake=lambda: None)
        self.ending = Ending(self.quotas, webhooks)
        checks = OrderChecks(
            store=self.store, templates=Container().templates(), speech=ToneSpeech, address=webhooks.address
        )
        self.ordering = Ordering(store=self.store, quotas=self.quotas, checks=checks, dispatcher=self.dispatcher)
        self.progress = MemoryProgressBus()
        self.videos = VideoLibrary(
            store=self.store,
            storage=self.storage,
            quotas=self.quotas,
            ending=self.ending,
            dispatcher=self.dispatcher,
            progress=self.progress,
            timelines=from_plain,
            line_height=lambda _: 1.0,
        )

    async def order(self, wish: Wish = WISH, **how: Any) -> str:
        return (await self.ordering.accept(self.user.id, [wish], **how))[0].video.id

    async def used(self) -> dict[str, int]:
        async with self.store(read_only=True) as work:
            return {one.resource: one.used for one in await self.quotas.standings(work, self.user)}

    async def run(self, video_id: str) -> None:
        async with self.store() as work:
            job = await work.jobs.get(self.user.id, video_id)
            assert job is not None
            assert await work.jobs.save(begun(job, NOON), token=job.token)
            await work.commit()


@pytest.fixture
async def house(store: Store) -> House:
    return House(store, await added(store, person(plan="small")))


async def test_fifty_simultaneous_orders_on_a_quota_of_five_accept_exactly_five(house: House) -> None:
    answers = await asyncio.gather(*(house.order() for _ in range(50)), return_exceptions=True)
    accepted = [one for one in answers if isinstance(one, str)]
    assert len(set(accepted)) == 5
    assert all(isinstance(one, QuotaExceeded) for one in answers if not isinstance(one, str))
    assert house.dispatcher.woken == 5
    used = await house.used()
    assert (used["videos"], used["render_seconds"]) == (5, 5 * 4)
    async with house.store(read_only=True) as work:
        assert dict(await work.videos.counts(house.user.id)) == {"queued": 5}
        assert {job.id for job in await work.jobs.unfinished(house.user.id)} == set(accepted)
    await house.videos.cancel(house.user.id, accepted[0])
    again = await asyncio.gather(*(house.order() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, str) for one in again) == 1


async def test_one_request_sent_twenty_times_at_once_is_one_video(house: House) -> None:
    how: Any = {"key": "k", "digest": "a" * 64}
    answers = await asyncio.gather(*(house.order(**how) for _ in range(20)))
    assert len(set(answers)) == 1
    assert (await house.used())["videos"] == 1
    with pytest.raises(Conflict, match="Idempotency-Key"):
        await house.order(key="k", digest="b" * 64)
    await house.videos.cancel(house.user.id, answers[0])
    await house.videos.delete(house.user.id, answers[0])
    with pytest.raises(NotFound):
        await house.order(**how)


async def test_what_is_refused_leaves_nothing_and_its_key_free(house: House) -> None:
    wrong = wished({"script": "A.", "template": "tied"})
    with pytest.raises(InvalidFields):
        await house.order(wrong, key="k", digest="a" * 64)
    with pytest.raises(QuotaExceeded):
        await house.ordering.accept(house.user.id, [WISH] * 6, key="k", digest="a" * 64)
    with pytest.raises(InvalidField):
        await house.ordering.accept(house.user.id, [WISH] * 51)
    assert await house.used() == dict.fromkeys(await house.used(), 0)
    assert house.dispatcher.woken == 0
    assert await house.order(key="k", digest="c" * 64)


async def test_who_leaves_or_is_gone_orders_nothing(house: House) -> None:
    async with house.store() as work:
        await work.users.save(replace(house.user, leaving=True))
        await work.commit()
    with pytest.raises(NotFound):
        await house.order()
    with pytest.raises(NotFound):
        await house.ordering.generate(new_id(), ORDER)
    assert (await house.used())["videos"] == 0


async def test_an_order_that_is_put_together_elsewhere_is_checked_too(house: House) -> None:
    brief = Brief(text="The tide.", music=Path(new_id()))
    with pytest.raises(InvalidFields, match="music: there is no file"):
        await house.ordering.generate(house.user.id, Order(brief=brief))
    with pytest.raises(InvalidFields, match="project_id"):
        await house.ordering.generate(house.user.id, ORDER, project_id=new_id())
    scenes = wished({"scenes": [{"seconds": 600.0}] * 19})
    with pytest.raises(InvalidFields, match="scenes: it would last 190 minutes: at most 180 are right"):
        await house.order(scenes)
    accepted = await house.ordering.generate(house.user.id, ORDER)
    assert accepted.video.title == "The sea rises twice a day."


async def test_a_cancel_that_meets_the_beginning_of_its_job_is_never_lost(house: House) -> None:
    for _ in range(5):
        video_id = await house.order()

        async def begin(video_id: str = video_id) -> bool:
            async with house.store() as work:
                job = await work.jobs.get(house.user.id, video_id)
                assert job is not None
                saved = not job.ended and await work.jobs.save(begun(job, NOON), token=None)
                await work.commit()
            return saved

        began, job = await asyncio.gather(begin(), house.videos.cancel(house.user.id, video_id))
        async with house.store(read_only=True) as work:
            kept = await work.jobs.get(house.user.id, video_id)
        assert kept is not None
        assert kept.cancel_requested
        assert (kept.status, job.status) == (("running", "running") if began else ("cancelled", "cancelled"))
        assert (video_id in house.dispatcher.stopped) is began
        if began:
            async with house.store() as work:
                video = await work.videos.get(house.user.id, video_id)
                assert video is not None
                ended = over(kept, "cancelled", NOON)
                assert await house.ending(work, ended, video, token=kept.token)
                await work.commit()
        assert (await house.used())["videos"] == 0


async def test_a_cancelled_job_in_the_queue_is_told_to_who_watches(house: House) -> None:
    video_id = await house.order()
    with house.progress.subscribe(house.user.id, video_id) as told:
        await house.videos.cancel(house.user.id, video_id)
        assert (await anext(told)).job.status == "cancelled"
    assert (await house.videos.cancel(house.user.id, video_id)).status == "cancelled"
    async with house.store(read_only=True) as work:
        statistics = await work.usage.statistics(house.user.id)
    assert statistics.actions == {"video.generate": 1, "video.cancel": 1, "video.cancelled": 1}


async def test_what_runs_cannot_be_deleted_and_what_is_cancelled_can(house: House) -> None:
    video_id = await house.order()
    await house.run(video_id)
    with pytest.raises(Conflict, match="running: cancel it first"):
        await house.videos.delete(house.user.id, video_id)
    with pytest.raises(NotFound):
        await house.videos.delete(new_id(), video_id)
    assert (await house.videos.status(house.user.id, video_id)).job.status == "running"


async def test_the_clean_up_finds_old_keys_and_takes_them_only_when_it_is_meant(house: House) -> None:
    await house.order(key="k", digest="a" * 64)
    clean_up, later = VideoCleanUp(house.videos, store=house.store, storage=house.storage), timedelta(days=2)
    at = datetime.now(UTC) + later
    assert (await clean_up(at=at - later)).requests == 0
    assert (await clean_up(at=at, dry_run=True)).requests == 1
    assert (await clean_up(at=at)).requests == 1
    assert (await clean_up(at=at)).requests == 0


async def test_a_voice_that_fails_costs_nothing(house: House) -> None:
    class Broken(ToneSpeech):
        def speak(self, text: str, *, voice: str, rate: float = 1.0) -> Spoken:
            raise EngineFailed("the voice did not answer")

    def preview(engine: ToneSpeech) -> PreviewVoice:
        return PreviewVoice(store=house.store, quotas=house.quotas, speech=lambda: engine, speeches=Speeches())

    with pytest.raises(EngineFailed):
        await preview(Broken())(house.user.id, voice="tone-en")
    assert (await house.used())["ai_calls"] == 0
    hear = preview(ToneSpeech())
    answers = await asyncio.gather(
        *(hear(house.user.id, voice="tone-en", text=f"Number {number}.") for number in range(9)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Speech) for one in answers) == 3
    assert (await hear(house.user.id, voice="tone-en", text="Number 0.")).samples > 0
    assert (await house.used())["ai_calls"] == 3


async def test_a_voice_is_heard_itself_or_not_at_all(house: House) -> None:
    far = Voice(name="aria", language="en", gender="female", engine="edge", needs_network=True)
    near = Voice(name="heart", language="en", gender="female", engine="kokoro")
    edge = ScriptedSpeech("edge", [far], [ProviderFailed("edge", "reply", "no sound")])
    kokoro = ScriptedSpeech("kokoro", [near])
    chain, speeches = SpeechChain([edge, kokoro]), Speeches()
    hear = PreviewVoice(store=house.store, quotas=house.quotas, speech=lambda: chain, speeches=speeches)
    with pytest.raises(ProviderFailed, match="no sound"):
        await hear(house.user.id, voice="aria", text="Hello.")
    assert (kokoro.asked, speeches.kept, (await house.used())["ai_calls"]) == ([], {}, 0)
    heard = await hear(house.user.id, voice="aria", text="Hello.")
    narrated = Narrator(SpeechChain([kokoro, edge]), speeches)([Line(text="Hello.", voice=far)])
    assert narrated.speeches == (heard,)
    assert edge.asked == [("aria", "Hello.")] * 2


def test_the_example_on_the_page_of_videos_works() -> None:
    page = (Path(__file__).parents[2] / "docs/videos.md").read_text("utf-8")
    exec(compile(page.split("```python\n")[1].split("```")[0], "docs/videos.md", "exec"), {})
