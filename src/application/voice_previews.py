"""A sentence in a voice, to be heard before a video is made with it."""

import asyncio
from collections.abc import Callable

from ..domain.errors import InvalidField, InvalidInput, NotFound, UnknownName
from ..domain.ids import new_id
from ..domain.language import Language, speakable
from ..domain.narration import Speech
from .narrating import narration_digest
from .ports import SpeechEngine, SpeechStore
from .quotas import Quotas
from .speech_chain import Speaker, SpeechChain, chained
from .store import Store
from .trimming import trimmed

LONGEST_SENTENCE = 300
"""Characters."""
RATES = (0.5, 2.0)
SAMPLES: dict[Language, str] = {
    "en": "The sea rises and falls twice a day, and the moon is the reason.",
    "zh": "海水每天涨落两次，原因就是月亮。",
}
"""What a voice says where nothing is given, by its language."""


class PreviewVoice:
    """``at_once`` sentences are spoken at the same time; what was spoken before is kept and costs nothing again.

    No other voice stands in for one that fails: who listens wants to know this one.
    """

    def __init__(
        self,
        *,
        store: Store,
        quotas: Quotas,
        speech: Callable[[], SpeechEngine],
        speeches: SpeechStore,
        at_once: int = 1,
    ) -> None:
        self._store, self._quotas, self._speech, self._speeches = store, quotas, speech, speeches
        self._room = asyncio.Semaphore(at_once)

    async def __call__(self, owner: str, *, voice: str, text: str = "", rate: float = 1.0) -> Speech:
        """The sound, whose ``audio`` is the path of a WAV; one AI call of the owner's quota, unless it is kept.

        Raises InvalidField, QuotaExceeded, NotFound for an account that is gone or going, MissingPart, EngineFailed.
        """
        engine = chained(self._speech())
        speaker = await asyncio.to_thread(_speaker, engine, voice)
        text = " ".join(text.split()) or SAMPLES["zh" if speaker.voice.language == "zh" else "en"]
        _check(text, rate)
        key = narration_digest(speaker.engine, speaker.own, text, rate)
        kept = await asyncio.to_thread(self._speeches.get, key)
        if kept is not None:
            return kept
        purpose = f"voice:{new_id()}"
        await self._reserve(owner, purpose)
        try:
            async with self._room:
                spoken = await asyncio.to_thread(lambda: self._spoken(engine, speaker, key, text, rate))
        except BaseException:
            async with self._store() as work:
                await self._quotas.give_back(work, purpose)
                await work.commit()
            raise
        async with self._store() as work:
            await self._quotas.settle(work, purpose, {"ai_calls": 1})
            await work.commit()
        return spoken

    async def _reserve(self, owner: str, purpose: str) -> None:
        async with self._store() as work:
            user = await work.users.lock(owner)
            if user is None or user.leaving:
                raise NotFound("user", owner)
            await self._quotas.reserve(work, user, {"ai_calls": 1}, purpose=purpose)
            await work.commit()

    def _spoken(self, engine: SpeechChain, speaker: Speaker, key: str, text: str, rate: float) -> Speech:
        try:
            return self._speeches.put(key, trimmed(engine.sentence(speaker, text, rate)))
        except InvalidInput as error:
            raise InvalidField("text", str(error)) from error


def _speaker(engine: SpeechChain, name: str) -> Speaker:
    try:
        return engine.speaker(name)
    except UnknownName as error:
        raise InvalidField("voice", str(error)) from error


def _check(text: str, rate: float) -> None:
    if len(text) > LONGEST_SENTENCE:
        raise InvalidField("text", f"it has {len(text)} characters: at most {LONGEST_SENTENCE} are right")
    if not speakable(text) or not text.isprintable():
        raise InvalidField("text", "it cannot be spoken: a sentence in plain text is right")
    if not RATES[0] <= rate <= RATES[1]:
        raise InvalidField("rate", f"{rate:g} times the voice's own pace: {RATES[0]} to {RATES[1]} is right")
