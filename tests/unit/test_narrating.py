"""Voices and their stand-ins: who speaks where an engine fails, and that a video has one narrator throughout."""

import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest

from reelwright import Brief, Studio
from reelwright.adapters.fakes.clock import VirtualClock
from reelwright.adapters.fakes.scripted_speech import ScriptedSpeech
from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.adapters.media.wav import write_wav
from reelwright.adapters.storage.speech_store import DiskSpeechStore
from reelwright.application.chains import Chain
from reelwright.application.language_ports import Replacement
from reelwright.application.narrating import Line, Narrated, Narrator
from reelwright.application.speech_chain import SpeechChain
from reelwright.bootstrap import Container
from reelwright.domain.errors import Cancelled, EngineFailed, InvalidInput, MissingPart, ProviderFailed, UnknownName
from reelwright.domain.narration import Voice
from reelwright.domain.scenes import SceneBrief
from reelwright.settings import Settings
from tests.waiting import set_and_wait

FORBIDDEN = ProviderFailed("edge", "credentials", "403 the token was refused")
TEXTS = ("One comes first.", "Two follows it.", "Three is the last.")


def voice(engine: str, name: str, language: str = "en", gender: str = "female") -> Voice:
    return Voice(name=name, language=language, gender=gender, engine=engine, needs_network=engine != "kokoro")


EDGE = (voice("edge", "aria"), voice("edge", "guy", gender="male"), voice("edge", "xiaoxiao", "zh"))
CLOUD = (voice("cloud", "nova", gender="male"), voice("cloud", "echo"), voice("cloud", "jun", "zh", "male"))
KOKORO = (
    voice("kokoro", "heart"),
    voice("kokoro", "bella"),
    voice("kokoro", "michael", gender="male"),
    voice("kokoro", "yunxi", "zh", "male"),
)


@pytest.fixture
def edge() -> ScriptedSpeech:
    return ScriptedSpeech("edge", EDGE)


@pytest.fixture
def kokoro() -> ScriptedSpeech:
    return ScriptedSpeech("kokoro", KOKORO)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


def chain_of(clock: VirtualClock, *engines: ScriptedSpeech) -> SpeechChain:
    return SpeechChain(engines, chain=Chain(clock=clock, sleep=clock.sleep))


class TestCatalogue:
    def test_it_holds_the_voices_of_all_engines_in_their_order(
        self, clock: VirtualClock, edge: ScriptedSpeech, kokoro: ScriptedSpeech
    ) -> None:
        speech = chain_of(clock, edge, kokoro)
        assert speech.voices() == EDGE + KOKORO
        assert (speech.name, speech.version) == ("chain", "edge 1, kokoro 1")

    def test_a_name_that_two_engines_have_is_the_first_one_s(self, clock: VirtualClock, edge: ScriptedSpeech) -> None:
        other = ScriptedSpeech("other", [voice("other", "aria"), voice("other", "own")])
        speech = chain_of(clock, edge, other)
        assert [one.name for one in speech.voices()][3:] == ["other:aria", "own"]
        assert speech.voiced("Hello.", voice="other:aria").voice.engine == "other"
        assert other.asked == [("aria", "Hello.")]

    def test_an_engine_without_a_catalogue_does_not_hide_the_others(
        self, clock: VirtualClock, kokoro: ScriptedSpeech
    ) -> None:
        class Silent(ScriptedSpeech):
            def voices(self) -> tuple[Voice, ...]:
                raise ProviderFailed(self.name, "unreachable", "no route")

        assert chain_of(clock, Silent("edge", []), kokoro).voices() == KOKORO
        with pytest.raises(ProviderFailed, match="no route"):
            chain_of(clock, Silent("edge", [])).voices()
        with pytest.raises(ProviderFailed, match="edge: unreachable: no route; cloud: unreachable: no route"):
            chain_of(clock, Silent("edge", []), Silent("cloud", [])).voices()

    def test_an_unknown_voice_is_refused_with_the_known_ones(self, clock: VirtualClock, edge: ScriptedSpeech) -> None:
        with pytest.raises(UnknownName, match=r"did you mean 'aria'\? choose from: aria, guy, xiaoxiao"):
            chain_of(clock, edge).speak("Hello.", voice="arya")

    def test_two_engines_of_one_name_are_refused(self, edge: ScriptedSpeech) -> None:
        with pytest.raises(InvalidInput, match="'edge'"):
            SpeechChain([edge, edge])


class TestStandIns:
    @pytest.mark.parametrize(
        ("wished", "expected"),
        [("aria", ["echo", "heart"]), ("guy", ["nova", "michael"]), ("xiaoxiao", ["jun", "yunxi"])],
    )
    def test_they_keep_the_language_and_if_possible_the_gender(
        self, clock: VirtualClock, edge: ScriptedSpeech, kokoro: ScriptedSpeech, wished: str, expected: list[str]
    ) -> None:
        speech = chain_of(clock, edge, ScriptedSpeech("cloud", CLOUD), kokoro)
        stand_ins = speech.stand_ins(speech.speaker(wished).voice)
        assert [one.voice.name for one in stand_ins] == expected

    def test_the_same_gender_of_a_later_engine_comes_before_another_gender(
        self, clock: VirtualClock, edge: ScriptedSpeech, kokoro: ScriptedSpeech
    ) -> None:
        speech = chain_of(clock, edge, ScriptedSpeech("cloud", CLOUD[:1]), kokoro)
        assert [one.voice.name for one in speech.stand_ins(EDGE[0])] == ["heart", "nova"]

    def test_who_spoke_instead_is_told_with_the_reason(
        self, clock: VirtualClock, edge: ScriptedSpeech, kokoro: ScriptedSpeech
    ) -> None:
        edge = ScriptedSpeech("edge", EDGE, [FORBIDDEN])
        voiced = chain_of(clock, edge, kokoro).voiced("Hello.", voice="guy")
        assert voiced.voice.name == "michael"
        assert voiced.replaced == (Replacement(engine="edge", reason="credentials: 403 the token was refused"),)
        assert voiced.spoken == ToneSpeech().speak("Hello.", voice="tone-en")

    def test_strict_refuses_them(self, clock: VirtualClock, kokoro: ScriptedSpeech) -> None:
        edge = ScriptedSpeech("edge", EDGE, [FORBIDDEN])
        with pytest.raises(ProviderFailed, match="403"):
            chain_of(clock, edge, kokoro).voiced("Hello.", voice="guy", strict=True)
        assert kokoro.asked == []

    def test_seconds_of_speech_are_counted(self, clock: VirtualClock, kokoro: ScriptedSpeech) -> None:
        speech = chain_of(clock, kokoro)
        sound = speech.speak("Hello.", voice="heart")
        (figures,) = speech.chain.figures()
        assert figures.calls["speech"].speech == sound.samples / 48_000


def narrate(
    speech: SpeechChain, folder: Path, voices: Sequence[Voice | None] = EDGE[:1] * 3, *, strict: bool = False
) -> Narrated:
    lines = [Line(text=text, voice=one) if one else None for text, one in zip(TEXTS, voices, strict=True)]
    return Narrator(speech, DiskSpeechStore(folder, write_wav))(lines, strict=strict)


class TestOneNarrator:
    def test_one_that_fails_in_the_middle_leaves_no_sentence_in_its_voice(
        self, clock: VirtualClock, kokoro: ScriptedSpeech, tmp_path: Path
    ) -> None:
        edge = ScriptedSpeech("edge", EDGE, [None, None, FORBIDDEN])
        narrated = narrate(chain_of(clock, edge, kokoro), tmp_path)
        assert kokoro.asked == [("heart", text) for text in TEXTS]
        assert narrated.spoke["aria"].name == "heart"
        assert len({speech.audio for speech in narrated.speeches if speech}) == 3
        assert narrated.warnings == (
            "the voice 'aria' was replaced by 'heart' of kokoro (edge: credentials: 403 the token was refused)",
        )

    def test_sentences_it_said_before_are_not_mixed_with_those_of_another(
        self, clock: VirtualClock, kokoro: ScriptedSpeech, tmp_path: Path
    ) -> None:
        narrate(chain_of(clock, ScriptedSpeech("edge", EDGE)), tmp_path, [EDGE[0], None, EDGE[0]])
        down = ScriptedSpeech("edge", EDGE, [FORBIDDEN] * 9)
        narrate(chain_of(clock, down, kokoro), tmp_path)
        assert [text for _, text in kokoro.asked] == list(TEXTS)

    def test_all_sentences_that_it_said_before_need_nobody(
        self, clock: VirtualClock, kokoro: ScriptedSpeech, tmp_path: Path
    ) -> None:
        first = narrate(chain_of(clock, ScriptedSpeech("edge", EDGE)), tmp_path)
        down = ScriptedSpeech("edge", EDGE, [FORBIDDEN] * 9)
        again = narrate(chain_of(clock, down, kokoro), tmp_path)
        assert (again, down.asked, kokoro.asked) == (first, [], [])

    def test_when_it_works_again_it_says_only_what_it_had_not_said(
        self, clock: VirtualClock, kokoro: ScriptedSpeech, tmp_path: Path
    ) -> None:
        edge = ScriptedSpeech("edge", EDGE, [None, None, ProviderFailed("edge", "reply", "no sound")])
        speech = chain_of(clock, edge, kokoro)
        narrate(speech, tmp_path)
        again = narrate(speech, tmp_path)
        assert again.warnings == ()
        assert edge.asked == [("aria", text) for text in (*TEXTS, TEXTS[2])]

    def test_a_stand_in_that_fails_is_replaced_throughout_too(
        self, clock: VirtualClock, kokoro: ScriptedSpeech, tmp_path: Path
    ) -> None:
        edge = ScriptedSpeech("edge", EDGE, [FORBIDDEN])
        cloud = ScriptedSpeech("cloud", CLOUD, [None, ProviderFailed("cloud", "quota", "402")])
        narrated = narrate(chain_of(clock, edge, cloud, kokoro), tmp_path)
        assert kokoro.asked == [("heart", text) for text in TEXTS]
        assert narrated.warnings[0].endswith("(edge: credentials: 403 the token was refused; cloud: quota: 402)")

    def test_two_voices_do_not_become_one(self, clock: VirtualClock, kokoro: ScriptedSpeech, tmp_path: Path) -> None:
        voices = [voice("edge", "aria"), voice("edge", "jenny"), voice("edge", "aria")]
        edge = ScriptedSpeech("edge", voices[:2], [FORBIDDEN] * 2)
        narrated = narrate(chain_of(clock, edge, kokoro), tmp_path, voices)
        assert kokoro.asked == [("heart", TEXTS[0]), ("heart", TEXTS[2]), ("bella", TEXTS[1])]
        assert {wished: one.name for wished, one in narrated.spoke.items()} == {"aria": "heart", "jenny": "bella"}
        assert "left alone" in narrated.warnings[1]

    def test_strict_ends_with_the_reason(self, clock: VirtualClock, kokoro: ScriptedSpeech, tmp_path: Path) -> None:
        edge = ScriptedSpeech("edge", EDGE, [None, FORBIDDEN])
        with pytest.raises(ProviderFailed, match="403"):
            narrate(chain_of(clock, edge, kokoro), tmp_path, strict=True)
        assert kokoro.asked == []

    def test_where_nobody_can_speak_every_reason_is_told(self, clock: VirtualClock, tmp_path: Path) -> None:
        edge = ScriptedSpeech("edge", EDGE, [FORBIDDEN])
        kokoro = ScriptedSpeech("kokoro", KOKORO, [MissingPart("the voice", "pip install it")])
        with pytest.raises(EngineFailed, match=r"edge: credentials: 403.*kokoro: the voice is not installed"):
            narrate(chain_of(clock, edge, kokoro), tmp_path)

    def test_progress_never_goes_back(self, clock: VirtualClock, kokoro: ScriptedSpeech, tmp_path: Path) -> None:
        edge = ScriptedSpeech("edge", EDGE, [None, None, FORBIDDEN])
        heard: list[int] = []
        lines = [Line(text=text, voice=EDGE[0]) for text in TEXTS]
        narrator = Narrator(chain_of(clock, edge, kokoro), DiskSpeechStore(tmp_path, write_wav))
        narrator([*lines, None], progress=heard.append)
        assert heard == [0, 1, 2, 4]

    def test_cancelling_does_not_wait_for_an_engine_elsewhere(self, tmp_path: Path) -> None:
        cancel, hang = Event(), Event()
        edge = ScriptedSpeech("edge", EDGE, [set_and_wait(cancel, hang)])
        narrator = Narrator(SpeechChain([edge]), DiskSpeechStore(tmp_path, write_wav))
        began = time.monotonic()
        with pytest.raises(Cancelled):
            narrator([Line(text="One.", voice=EDGE[0])], cancel=cancel)
        hang.set()
        assert time.monotonic() - began < 1


class TestVideo:
    """Through the library's door."""

    @staticmethod
    def studio(tmp_path: Path, *engines: ScriptedSpeech) -> Studio:
        container = Container()
        container.speech.override(SpeechChain(engines))
        return Studio(settings=Settings(cache=tmp_path / "cache"), container=container)

    @staticmethod
    def brief(**choices: object) -> Brief:
        scenes = tuple(SceneBrief(text=text) for text in TEXTS)
        return Brief(scenes=scenes, voice="aria", resolution="360p", fps=24, **choices)  # type: ignore[arg-type]

    def test_a_video_is_finished_in_one_other_voice_and_says_so(self, kokoro: ScriptedSpeech, tmp_path: Path) -> None:
        edge = ScriptedSpeech("edge", EDGE, [None, FORBIDDEN])
        made = self.studio(tmp_path, edge, kokoro).make(self.brief(), to=tmp_path / "out.mp4")
        assert made.rendered.path.is_file()
        assert made.timeline.voice == "heart"
        assert made.warnings == (
            "the voice 'aria' was replaced by 'heart' of kokoro (edge: credentials: 403 the token was refused)",
        )
        assert kokoro.asked == [("heart", text) for text in TEXTS]

    def test_a_strict_brief_is_refused_another_voice(self, kokoro: ScriptedSpeech, tmp_path: Path) -> None:
        edge = ScriptedSpeech("edge", EDGE, [FORBIDDEN])
        with pytest.raises(ProviderFailed, match="edge: 403"):
            self.studio(tmp_path, edge, kokoro).make(self.brief(strict=True), to=tmp_path / "out.mp4")
        assert not (tmp_path / "out.mp4").exists()
