"""What libav and the fonts can do here."""

from collections.abc import Iterator

import av

from ...domain.errors import MissingPart
from ...domain.health import Check
from ...domain.output import FORMATS
from .fonts import TYPEFACES, font_file


def media_checks() -> Iterator[Check]:
    codecs = {codec for form in FORMATS.values() for codec in (form.video_codec, form.audio_codec)}
    for codec in sorted(codecs):
        try:
            av.codec.Codec(codec, "w")
        except ValueError:
            yield Check(
                group="encoder", name=codec, present=False, remedy="reinstall av: pip install --force-reinstall av"
            )
        else:
            yield Check(group="encoder", name=codec, present=True, detail=f"libav, PyAV {av.__version__}")
    for family in TYPEFACES:
        try:
            file = font_file(family)
        except MissingPart as error:
            yield Check(group="font", name=family, present=False, remedy=error.remedy)
        else:
            yield Check(group="font", name=family, present=True, detail=str(file.path.name))
