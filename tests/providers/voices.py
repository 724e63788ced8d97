"""What the speech servers of the tests say: tones with known times, encoded as the services encode speech."""

import io
import wave
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from reelwright.adapters.fakes.speech import ToneSpeech
from reelwright.domain.errors import InvalidInput
from reelwright.domain.language import detect
from reelwright.domain.narration import Word

RATE = 24_000
KEY = "sk-secret-0123456789abcdef"


@dataclass(kw_only=True)
class Behaviour:
    """``fault`` is how every answer goes wrong: a status, "slow", "cut", "truncated", "empty", "silence", "garbage".

    ``asked`` is what came.
    """

    fault: str = ""
    retry_after: str = ""
    port: int = 0
    asked: list[Any] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    @property
    def status(self) -> int:
        return int(self.fault) if self.fault.isdecimal() else 0


def tones(text: str, rate: float = 1.0) -> tuple[NDArray[np.float32], tuple[Word, ...]]:
    """The sound of a text at 24 kHz, and its words on the 48 kHz clock."""
    try:
        spoken = ToneSpeech().speak(text, voice=f"tone-{detect(text)}", rate=rate)
    except InvalidInput:
        return np.zeros(0, np.float32), ()
    return np.frombuffer(spoken.pcm, np.float32)[::2], spoken.words


def broken(sound: NDArray[np.float32], fault: str) -> NDArray[np.float32]:
    if fault == "silence":
        return np.zeros(30 * RATE, np.float32)
    return sound


def mp3(sound: NDArray[np.float32], *, tag: bool = False) -> bytes:
    """48 kbit/s, without a tag that tells the delay, as the services stream it."""
    target = io.BytesIO()
    options = {"write_xing": "1" if tag else "0", "id3v2_version": "0"}
    with av.open(target, "w", format="mp3", options=options) as container:
        stream = container.add_stream("libmp3lame", rate=RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = 48_000
        resampler = av.AudioResampler(stream.format.name, "mono", RATE)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound).reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate = RATE
        for part in resampler.resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return target.getvalue()


def wav(sound: NDArray[np.float32]) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return target.getvalue()


def sent(data: bytes, fault: str) -> bytes:
    """The encoded sound, with what goes wrong with bytes."""
    if fault == "empty":
        return b""
    if fault == "truncated":
        return data[: len(data) // 2 + 7]
    return b"<html>no sound</html>" * 20 if fault == "garbage" else data
