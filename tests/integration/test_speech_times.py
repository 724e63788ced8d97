"""Words of network engines are timed as they are heard, however the service tells it or not."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.adapters.ai.alignment import aligned
from reelwright.adapters.ai.decoding import Undecodable, decoded, paced
from reelwright.adapters.ai.edge_speech import EdgeSpeech
from reelwright.adapters.ai.google_speech import GoogleSpeech
from reelwright.adapters.ai.kokoro import KokoroSpeech
from reelwright.adapters.ai.openai_speech import OpenAISpeech
from reelwright.adapters.ai.reading import Reader
from reelwright.adapters.ai.said_piecewise import pieces, written
from reelwright.application.ports import Spoken
from reelwright.domain.errors import InvalidInput
from reelwright.domain.narration import SAMPLE_RATE
from tests.providers.edge_server import EdgeServer, edge_server
from tests.providers.speech_server import SpeechServer, speech_server
from tests.providers.voices import KEY, mp3, tones, wav

MS = SAMPLE_RATE // 1000
TEXT = "The tide comes in, and we watch it rise; then it is dark. We go home."


@pytest.fixture(scope="module")
def edge() -> Iterator[EdgeServer]:
    with edge_server() as server:
        yield server


@pytest.fixture(scope="module")
def http() -> Iterator[SpeechServer]:
    with speech_server() as server:
        yield server


def pitch(sound: Spoken, index: int) -> float:
    """The frequency in the middle of a word."""
    word, wave = sound.words[index], np.frombuffer(sound.pcm, np.float32)
    middle, half = (word.start + word.end) // 2, min(30 * MS, (word.end - word.start) // 2)
    part = wave[middle - half : middle + half]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(part.size), 1 << 17))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / (1 << 17)


def heard_right(sound: Spoken) -> bool:
    return all(abs(pitch(sound, n) / (220 * 2 ** (n % 12 / 12)) - 1) < 0.025 for n in range(len(sound.words)))


def begins(wave: NDArray[np.float32]) -> int:
    return int(np.argmax(np.abs(wave) > 0.1))


class TestDecoding:
    @pytest.mark.parametrize("tag", [False, True])
    def test_an_mp3_begins_when_its_sound_began_and_keeps_time_to_the_end(self, tag: bool) -> None:
        sound = np.zeros(60 * 24_000, np.float32)
        tone = np.sin(2 * np.pi * 440 * np.arange(2400) / 24_000).astype(np.float32) * 0.5
        for start in (4800, 59 * 24_000):
            sound[start : start + 2400] = tone
        got = decoded(mp3(sound, tag=tag), "mp3")
        assert abs(begins(got) - 9600) < 2 * MS
        assert abs(begins(got[58 * SAMPLE_RATE :]) - SAMPLE_RATE) < 2 * MS

    def test_a_wav_is_given_back_at_48_khz(self) -> None:
        sound, words = tones("Hi, you")
        got = decoded(wav(sound), "wav")
        assert abs(got.size - 2 * sound.size) < 100
        assert words[-1].end <= got.size

    @pytest.mark.parametrize("data", [b"", b"RIFF", b"\xff\xfb" * 3, b"{}" * 500])
    @pytest.mark.parametrize("form", ["mp3", "wav"])
    def test_what_is_no_sound_is_told(self, data: bytes, form: str) -> None:
        with pytest.raises(Undecodable, match="no sound"):
            decoded(data, form)  # type: ignore[arg-type]

    @pytest.mark.parametrize("rate", [0.5, 1.5, 2.0])
    def test_another_pace_keeps_the_pitch(self, rate: float) -> None:
        tone = np.sin(2 * np.pi * 440 * np.arange(96_000) / SAMPLE_RATE).astype(np.float32) * 0.5
        got = paced(tone, rate)
        assert got.size == pytest.approx(96_000 / rate, rel=0.03)
        assert np.argmax(np.abs(np.fft.rfft(got))) * SAMPLE_RATE / got.size == pytest.approx(440, abs=2)


class TestEdge:
    def test_every_word_is_heard_at_its_time(self, edge: EdgeServer) -> None:
        sound = EdgeSpeech(endpoint=edge.url).speak(TEXT, voice="en-US-AriaNeural")
        assert heard_right(sound)
        _, words = tones(TEXT)
        shift = sound.words[0].start - words[0].start
        assert [word.text for word in sound.words] == [word.text for word in words]
        assert all(abs(a.start - b.start - shift) < 5 * MS for a, b in zip(sound.words, words, strict=True))

    def test_a_number_told_in_words_and_a_word_told_in_parts(self, edge: EdgeServer) -> None:
        edge.splits = {"1675": ["sixteen", "seventy", "five"], "ice-cream": ["ice", "cream"]}
        sound = EdgeSpeech(endpoint=edge.url).speak("In 1675, ice-cream came.", voice="en-US-AriaNeural")
        edge.splits = {}
        assert [word.text for word in sound.words] == ["In", "1675,", "ice-cream", "came."]
        assert heard_right(sound)

    def test_pace_and_marks_go_out_as_the_service_reads_them(self, edge: EdgeServer) -> None:
        EdgeSpeech(endpoint=edge.url).speak("Fish & <chips>.", voice="zh-CN-YunxiNeural", rate=1.2)
        assert "rate='+20%'" in edge.asked[-1]
        assert "Fish &amp; &lt;chips&gt;." in edge.asked[-1]
        assert "(zh-CN, YunxiNeural)" in edge.asked[-1]

    def test_a_text_over_the_limit_goes_sentence_by_sentence_without_drift(self, edge: EdgeServer) -> None:
        before = len(edge.asked)
        text = " ".join(f"Sentence {n} tells of the sea and of the moon." for n in range(120))
        sound = EdgeSpeech(endpoint=edge.url).speak(text, voice="en-US-AriaNeural")
        assert len(edge.asked) - before == 2
        loud = np.abs(np.frombuffer(sound.pcm, np.float32)) > 0.05
        ends = [word for word in sound.words if word.text == "moon."]
        assert all(loud[word.end - 15 * MS : word.end].any() for word in ends)
        assert all(not loud[word.end + 20 * MS : word.end + 100 * MS].any() for word in ends)

    def test_eight_threads_get_each_their_own_text(self, edge: EdgeServer) -> None:
        engine = EdgeSpeech(endpoint=edge.url)
        texts = [f"This is the text number {n} of them." for n in range(8)]
        with ThreadPoolExecutor(8) as pool:
            spoken = list(pool.map(lambda text: engine.speak(text, voice="en-US-AriaNeural"), texts))
        assert [" ".join(word.text for word in one.words) for one in spoken] == texts


class TestGoogle:
    def test_marks_say_when_words_begin(self, http: SpeechServer) -> None:
        sound = GoogleSpeech(key=KEY, base_url=http.url).speak(TEXT, voice="en-US-Neural2-F")
        wave = np.abs(np.frombuffer(sound.pcm, np.float32))
        assert all(wave[word.start + 5 * MS : word.start + 20 * MS].max() > 0.1 for word in sound.words)
        assert any(b.start - a.end > 100 * MS for a, b in pairwise(sound.words))

    def test_without_marks_words_are_found_in_the_sound(self, http: SpeechServer) -> None:
        http.marks = False
        sound = GoogleSpeech(key=KEY, base_url=http.url).speak(TEXT, voice="en-US-Neural2-F")
        http.marks = True
        gaps = {a.text: b.start - a.end for a, b in pairwise(sound.words)}
        assert all((gap > 100 * MS) == (text[-1] in ",;.") for text, gap in gaps.items())


class TestAlignment:
    def test_words_beside_a_mark_begin_and_end_where_the_sound_does(self, http: SpeechServer) -> None:
        sound = OpenAISpeech(key=KEY, base_url=f"{http.url}/v1").speak(TEXT, voice="en-nova")
        _, words = tones(TEXT)
        shift = sound.words[0].start - words[0].start
        after_marks = [n for n in range(1, len(words)) if words[n - 1].text[-1] in ",;."]
        assert len(after_marks) == 3
        assert all(abs(sound.words[n].start - words[n].start - shift) < 10 * MS for n in after_marks)

    @pytest.mark.parametrize(
        ("voice", "language", "text"),
        [
            (
                "am_puck",
                "en",
                "Bread is old, older than writing. Bakers rise early; the dough waits, and the town sleeps.",
            ),
            ("zf_xiaoyi", "zh", "面包很古老，比文字还早。面包师起得早，面团在等待，小镇还在睡觉。"),
        ],
    )
    def test_a_voice_is_timed_to_a_tenth_of_a_second(self, voice: str, language: str, text: str) -> None:
        spoken = KokoroSpeech().speak(text, voice=voice)
        spans = aligned(Reader().read(text, language), np.frombuffer(spoken.pcm, np.float32))
        misses = [abs(start - word.start) / MS for (start, _), word in zip(spans, spoken.words, strict=True)]
        assert np.median(misses) < 100
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


class TestPieces:
    def test_they_end_with_sentences_and_give_back_the_text(self) -> None:
        units = Reader().read("One two. Three four, five six. Seven.", "en")
        found = [written(piece) for piece in pieces(units, 24, len)]
        assert found == ["One two.", "Three four, five six.", "Seven."]

    def test_a_long_sentence_is_cut_behind_a_clause_else_between_words(self) -> None:
        units = Reader().read("One two three, four five six seven eight nine.", "en")
        assert [written(piece) for piece in pieces(units, 20, len)] == [
            "One two three,",
            "four five six seven",
            "eight nine.",
        ]

    def test_a_word_over_the_limit_is_refused(self) -> None:
        with pytest.raises(InvalidInput, match="too long to be spoken"):
            list(pieces(Reader().read("a" * 30, "en"), 20, len))


def test_the_engines_tell_their_voices_before_any_client_is_loaded() -> None:
    code = (
        "import sys; from reelwright.adapters.ai import edge_speech, google_free_speech, google_speech, openai_speech; "
        "engines = [edge_speech.EdgeSpeech(), google_free_speech.GoogleFreeSpeech(), google_speech.GoogleSpeech(), "
        "openai_speech.OpenAISpeech(key='')]; print(*[len(engine.voices()) for engine in engines]); "
        "print(*{'numpy', 'av', 'aiohttp', 'edge_tts', 'openai', 'requests', 'gtts', 'grpc'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("34 2 12 22\n\n", "")
