"""Settings of language engines are read and checked before any work."""

from pathlib import Path

import pytest

from reelwright.adapters.ai.language_engines import language_engine
from reelwright.adapters.ai.language_servers import PRESETS, LanguageServer, Price, Timeouts
from reelwright.adapters.ai.language_settings import LanguageSettings
from reelwright.domain.errors import InvalidField, UnknownName

DOCS = Path(__file__).parents[2] / "docs/providers.md"


def read(**variables: str) -> LanguageSettings:
    return LanguageSettings.from_environment(variables)


def test_without_any_setting_no_text_leaves_the_machine() -> None:
    assert read(OPENAI_API_KEY="sk-1") == LanguageSettings(engines=("offline",), servers={})


def test_a_known_server_needs_its_name_and_its_key() -> None:
    settings = read(REELWRIGHT_LANGUAGE_ENGINES="deepseek, offline", DEEPSEEK_API_KEY="sk-1")
    assert settings.engines == ("deepseek", "offline")
    assert settings.servers["deepseek"] == LanguageServer(
        name="deepseek",
        base_url="https://api.deepseek.com/v1",
        model="deepseek-v4-flash",
        key="sk-1",
        key_setting="DEEPSEEK_API_KEY",
        answers="json_object",
    )
    assert language_engine("deepseek", settings).name == "deepseek"
    with pytest.raises(UnknownName, match="choose from: deepseek"):
        language_engine("openai", settings)


def test_everything_of_a_server_can_be_set(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("sk-file\n")
    settings = read(
        REELWRIGHT_LANGUAGE_ENGINES="my-server",
        REELWRIGHT_MY_SERVER_BASE_URL="https://models.example.org/v1/",
        REELWRIGHT_MY_SERVER_MODEL="large",
        REELWRIGHT_MY_SERVER_KEY_FILE=str(key),
        REELWRIGHT_MY_SERVER_HEADERS='{"X-Title": "reelwright"}',
        REELWRIGHT_MY_SERVER_TIMEOUT="30",
        REELWRIGHT_MY_SERVER_PRICE="0.25/2",
        REELWRIGHT_MY_SERVER_ANSWERS="text",
    )
    server = settings.servers["my-server"]
    assert server == LanguageServer(
        name="my-server",
        base_url="https://models.example.org/v1",
        model="large",
        key="sk-file",
        key_setting="REELWRIGHT_MY_SERVER_KEY_FILE",
        headers={"X-Title": "reelwright"},
        answers="text",
        timeouts=Timeouts(connect=5, read=30, total=30),
        price=Price(reads=0.25, writes=2),
    )
    assert server.setting("model") == "REELWRIGHT_MY_SERVER_MODEL"
    assert "sk-file" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("REELWRIGHT_LANGUAGE_ENGINES", " , ", 'no engine is named; "openai,offline" is right'),
        ("REELWRIGHT_LANGUAGE_ENGINES", "openai,openai", "stands there twice"),
        ("REELWRIGHT_LANGUAGE_ENGINES", "Open AI", "is no name of an engine"),
        ("REELWRIGHT_OPENAI_BASE_URL", "api.example.org", "is no address of a server"),
        ("REELWRIGHT_OPENAI_BASE_URL", "ftp://api.example.org", "is no address of a server"),
        ("REELWRIGHT_OPENAI_BASE_URL", "http://[", "cannot be read as an address"),
        ("REELWRIGHT_OPENAI_BASE_URL", "https://me:hidden@api.example.org/v1", "holds a user or a password"),
        ("REELWRIGHT_OPENAI_BASE_URL", "https://a.example/v1/chat/completions", "ends with /chat/completions"),
        ("REELWRIGHT_OPENAI_KEY", "hidden\x7f", "is no key"),
        ("REELWRIGHT_OPENAI_KEY", "two hidden", "is no key"),
        ("REELWRIGHT_OPENAI_KEY_FILE", "/nowhere/key", "/nowhere/key cannot be read"),
        ("REELWRIGHT_OPENAI_HEADERS", "X: hidden", "is no JSON"),
        ("REELWRIGHT_OPENAI_HEADERS", '{"X": 5}', "does not map names to texts"),
        ("REELWRIGHT_OPENAI_HEADERS", '{"X Y": "hidden"}', "is no name of a header"),
        ("REELWRIGHT_OPENAI_HEADERS", '{"X": "hidden\\r\\nY: z"}', "other characters than ASCII"),
        ("REELWRIGHT_OPENAI_TIMEOUT", "soon", "is no number of seconds"),
        ("REELWRIGHT_OPENAI_TIMEOUT", "0", "is no number of seconds"),
        ("REELWRIGHT_OPENAI_PRICE", "cheap", "is no price"),
        ("REELWRIGHT_OPENAI_ANSWERS", "xml", "none of json_schema, json_object, text"),
    ],
)
def test_a_setting_that_cannot_work_is_named_and_no_secret_told(variable: str, value: str, told: str) -> None:
    usual = {"REELWRIGHT_LANGUAGE_ENGINES": "openai,offline", "OPENAI_API_KEY": "sk-1"}
    with pytest.raises(InvalidField, match=told) as wrong:
        LanguageSettings.from_environment(usual | {variable: value})
    assert wrong.value.field == variable
    assert "hidden" not in str(wrong.value)


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"REELWRIGHT_LANGUAGE_ENGINES": "openai"}, "OPENAI_API_KEY"),
        ({"REELWRIGHT_LANGUAGE_ENGINES": "vllm"}, "REELWRIGHT_VLLM_MODEL"),
        ({"REELWRIGHT_LANGUAGE_ENGINES": "mine"}, "REELWRIGHT_MINE_BASE_URL"),
        (
            {"REELWRIGHT_LANGUAGE_ENGINES": "ollama", "REELWRIGHT_OLLAMA_BASE_URL": "http://models:11434/v1"},
            "REELWRIGHT_OLLAMA_MODEL",
        ),
        (
            {
                "REELWRIGHT_LANGUAGE_ENGINES": "openai",
                "REELWRIGHT_OPENAI_KEY": "a",
                "REELWRIGHT_OPENAI_KEY_FILE": "b",
            },
            "REELWRIGHT_OPENAI_KEY_FILE",
        ),
    ],
)
def test_what_is_missing_is_named_by_its_variable(variables: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidField) as wrong:
        read(**variables)
    assert wrong.value.field == field


def test_the_page_lists_every_known_server_as_it_is() -> None:
    page = DOCS.read_text("utf-8")
    for name, preset in PRESETS.items():
        key = f"`{preset.key_variable}`" if preset.key_variable else "none"
        model = f"`{preset.model}`" if preset.model else "to be named"
        assert f"| `{name}` | `{preset.base_url}` | {model} | {key} |" in page
