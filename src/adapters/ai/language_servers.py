"""Servers that speak OpenAI's chat completions: where they are, and what is known of the common ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

AnswerFormat = Literal["json_schema", "json_object", "text"]
FORMATS: tuple[AnswerFormat, ...] = ("json_schema", "json_object", "text")
"""How a server can be held to JSON, the strictest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: until the connection stands, of silence, and of one call in all, with whatever is asked again."""

    connect: float = 5.0
    read: float = 120.0
    total: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars of a million tokens that a model reads and that it writes."""

    reads: float
    writes: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.reads + tokens_out * self.writes) / 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """``model`` is empty where none is usual, ``key_variable`` where no key is needed."""

    base_url: str
    model: str
    key_variable: str = ""
    answers: AnswerFormat = "json_schema"
    price: Price | None = None


PRESETS: dict[str, Preset] = {
    "openai": Preset(base_url="https://api.openai.com/v1", model="gpt-5.4-mini", key_variable="OPENAI_API_KEY"),
    "deepseek": Preset(
        base_url="https://api.deepseek.com/v1",
        model="deepseek-v4-flash",
        key_variable="DEEPSEEK_API_KEY",
        answers="json_object",
    ),
    "qwen": Preset(
        base_url="https://dashscope.aliyuncs.com/compatible-mode/v1",
        model="qwen-plus",
        key_variable="DASHSCOPE_API_KEY",
        answers="json_object",
    ),
    "moonshot": Preset(
        base_url="https://api.moonshot.cn/v1",
        model="kimi-k2.6",
        key_variable="MOONSHOT_API_KEY",
        answers="json_object",
    ),
    "ollama": Preset(base_url="http://127.0.0.1:11434/v1", model="qwen3:8b", price=Price(reads=0, writes=0)),
    "vllm": Preset(base_url="http://127.0.0.1:8000/v1", model=""),
}
"""Any other name is a server of one's own, which has to say where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageServer:
    """One server and one of its models.

    ``key`` is empty for a server that takes none; ``key_setting`` is the variable that an error tells to look at.
    ``price`` is None where it is unknown.
    """

    name: str
    base_url: str
    model: str
    key: str = field(default="", repr=False)
    key_setting: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    answers: AnswerFormat = "json_schema"
    timeouts: Timeouts = field(default_factory=Timeouts)
    price: Price | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no text may hold."""
        return tuple(one for one in (self.key, *self.headers.values()) if one)

    def setting(self, what: str) -> str:
        """The variable that sets ``what`` ("base_url") of this server."""
        return f"REELWRIGHT_{self.name.upper().replace('-', '_')}_{what.upper()}"
