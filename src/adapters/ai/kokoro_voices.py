"""The voices that ship with the package: who they are, and their style tables.

A style table is 510 x 256: row ``n - 1`` is the style vector for a phrase of ``n`` symbols.
"""

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ...domain.errors import MissingPart, UnknownName
from ...domain.narration import Voice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CATALOGUE = (
    ("af_heart", "en", "female", "warm American, the best of them"),
    ("af_bella", "en", "female", "lively American"),
    ("af_nicole", "en", "female", "whispering American"),
    ("af_sarah", "en", "female", "calm American"),
    ("am_michael", "en", "male", "even American"),
    ("am_fenrir", "en", "male", "firm American"),
    ("am_puck", "en", "male", "bright American"),
    ("bf_emma", "en", "female", "clear British"),
    ("bm_george", "en", "male", "measured British"),
    ("zf_xiaobei", "zh", "female", "calm Mandarin"),
    ("zf_xiaoxiao", "zh", "female", "bright Mandarin"),
    ("zf_xiaoyi", "zh", "female", "lively Mandarin"),
    ("zm_yunjian", "zh", "male", "firm Mandarin"),
    ("zm_yunxi", "zh", "male", "young Mandarin"),
)

VOICES: dict[str, Voice] = {
    name: Voice(name=name, language=language, gender=gender, style=style, engine="kokoro")
    for name, language, gender, style in _CATALOGUE
}


@lru_cache(maxsize=4)
def style_table(name: str) -> "NDArray[np.float32]":
    """The 510 x 256 styles of a voice. Raises UnknownName, or MissingPart where its file is absent."""
    import numpy as np

    if name not in VOICES:
        raise UnknownName("voice", name, VOICES)
    file = files(__package__) / "voices" / f"{name}.npz"
    if not file.is_file():
        raise MissingPart(f"the voice {name}", "reinstall it: pip install --force-reinstall reelwright")
    with file.open("rb") as stream, np.load(stream) as archive:
        return np.asarray(archive["style"], dtype=np.float32)
