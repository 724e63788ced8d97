"""Chinese words in the letters that people give file names: pinyin without tones."""

from ...domain.terms import runs
from .mandarin import Mandarin


class Pinyin:
    """Loads the dictionaries on the first Chinese word."""

    def __init__(self) -> None:
        self._mandarin = Mandarin()

    def __call__(self, text: str) -> tuple[str, ...]:
        """Each word of two characters or more, once: "yueliang" for 月亮, ``v`` for ü.

        A word of one character is left out, since its few letters are in many names by chance. Raises MissingPart.
        """
        spelt = [
            self._mandarin.spelt(word)
            for run in runs(text, silent=frozenset())
            for word in self._mandarin.words(run)
            if len(word) > 1
        ]
        return tuple(dict.fromkeys(spelt))
