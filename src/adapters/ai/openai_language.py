"""Texts written and read by a model behind OpenAI's chat completions, through the official client."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ...application import prompts
from ...application.answers import apologises
from ...application.language_ports import Reply
from ...application.prompts import Prompt
from ...domain.errors import InvalidInput, MissingPart, ProviderFailed
from ...domain.writing import CALLS, Call, Goal, Keyword, ScriptWish, Sentiment, Tone, WrittenScript
from .json_repair import read_json
from .language_servers import FORMATS, AnswerFormat, LanguageServer

if TYPE_CHECKING:
    import openai

    from .openai_wire import Completion, Message

T = TypeVar("T")

_SHOWN_AGAIN = 8_000
"""Characters of a reply that the model is shown when it is asked again."""


class OpenAILanguage:
    """Fulfils LanguageEngine, and may be shared by threads. Raises MissingPart where the client is not installed.

    Only a reply that cannot be used is asked for again, once, with its fault named. A server that refuses to be held to
    a JSON schema is asked for any JSON object from then on, and one that refuses that, for text.
    """

    def __init__(self, server: LanguageServer) -> None:
        if find_spec("openai") is None:
            raise MissingPart("the package openai", "pip install 'reelwright[openai]' brings it")
        self.name = server.name
        self.calls: frozenset[Call] = frozenset(CALLS)
        self.needs_network = True
        self._server = server
        self._format: AnswerFormat = server.answers
        self._client: openai.OpenAI | None = None
        self._opening = threading.Lock()

    def script(self, wish: ScriptWish) -> Reply[WrittenScript]:
        return self._ask(prompts.script(wish))

    def article(self, text: str, wish: ScriptWish) -> Reply[WrittenScript]:
        return self._ask(prompts.article(text, wish))

    def optimise(self, text: str, *, goal: Goal, tone: Tone, language: str) -> Reply[str]:
        return self._ask(prompts.optimise(text, goal=goal, tone=tone, language=language))

    def keywords(self, text: str, *, count: int, language: str) -> Reply[tuple[Keyword, ...]]:
        return self._ask(prompts.keywords(text, count=count, language=language))

    def sentiment(self, text: str, *, language: str) -> Reply[Sentiment]:
        return self._ask(prompts.sentiment(text, language=language))

    def titles(self, text: str, *, count: int, language: str) -> Reply[tuple[str, ...]]:
        return self._ask(prompts.titles(text, count=count, language=language))

    def hashtags(self, text: str, *, count: int, language: str) -> Reply[tuple[str, ...]]:
        return self._ask(prompts.hashtags(text, count=count, language=language))

    def translate(self, texts: Sequence[str], *, into: str) -> Reply[tuple[str, ...]]:
        return self._ask(prompts.translate(texts, into=into))

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._opening:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _ask(self, prompt: Prompt[T]) -> Reply[T]:
        """At most two questions, within the time of one call."""
        talk = _Talk(prompt=prompt, deadline=time.monotonic() + self._server.timeouts.total)
        try:
            value = self._turn(talk)
        except InvalidInput as fault:
            talk.object_to(str(fault))
            try:
                return self._reply(talk, self._turn(talk))
            except InvalidInput as still:
                raise ProviderFailed(self.name, "reply", f"it answered twice what cannot be used: {still}") from still
        doubt = prompt.doubt(value)
        return self._reply(talk, self._better(talk, value, doubt) if doubt else value)

    def _better(self, talk: "_Talk[T]", value: T, doubt: str) -> T:
        """Another ``value`` where one comes: this one can be used, so that nothing that fails now matters."""
        talk.object_to(doubt)
        try:
            return self._turn(talk)
        except (InvalidInput, ProviderFailed):
            return value

    def _turn(self, talk: "_Talk[T]") -> T:
        """Raises InvalidInput for an answer that cannot be used, and ProviderFailed."""
        completion = self._complete(talk.prompt, talk.said, talk.deadline)
        talk.completions.append(completion)
        if completion.refusal or completion.finish == "content_filter":
            raise ProviderFailed(self.name, "refused", "the model declines to write about this")
        if completion.finish == "length":
            raise InvalidInput("the reply was too long and is cut off; a shorter one is right")
        if apologises(completion.content):
            raise InvalidInput("the reply is an error or an apology; a JSON object is right")
        try:
            answer = read_json(completion.content)
        except ValueError as error:
            raise InvalidInput(str(error)) from error
        return talk.prompt.read(answer)

    def _complete(self, prompt: Prompt[Any], said: "Sequence[Message]", deadline: float) -> "Completion":
        """Raises ProviderFailed."""
        import openai

        from .openai_failures import failure, no_answer, refuses_format
        from .openai_wire import open_client, send

        with self._opening:
            client = self._client = self._client or open_client(self._server)
        while True:
            left, answers = deadline - time.monotonic(), self._format
            if left <= 0:
                raise no_answer(self._server)
            try:
                return send(client, self._server, prompt, said, answers, left)
            except openai.APIError as error:
                if answers == FORMATS[-1] or not refuses_format(error):
                    raise failure(error, self._server) from None  # the client's own repeats all that a server says
                self._format = FORMATS[FORMATS.index(answers) + 1]

    def _reply(self, talk: "_Talk[T]", value: T) -> Reply[T]:
        tokens_in = sum(one.tokens_in for one in talk.completions)
        tokens_out = sum(one.tokens_out for one in talk.completions)
        price = self._server.price
        return Reply(
            value=value,
            model=talk.completions[-1].model,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost=price.of(tokens_in, tokens_out) if price else None,
        )


@dataclass(slots=True, kw_only=True)
class _Talk(Generic[T]):
    """What was said to the model behind its instructions, and what it answered."""

    prompt: Prompt[T]
    deadline: float
    said: "list[Message]" = field(init=False)
    completions: "list[Completion]" = field(default_factory=list)

    def __post_init__(self) -> None:
        self.said = [{"role": "user", "content": self.prompt.message}]

    def object_to(self, fault: str) -> None:
        if shown := self.completions[-1].content[:_SHOWN_AGAIN].strip():
            self.said.append({"role": "assistant", "content": shown})
        again = f"This cannot be used yet: {fault}. Do the same work again, and answer with the whole JSON object."
        self.said.append({"role": "user", "content": again})
