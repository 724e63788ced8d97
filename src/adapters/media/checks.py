"""What libav and the fonts can do here."""

from collections.abc import Iterator

import av

from ...domain.errors import MissingPart
from ...domain.health import Check
from ...domain.output import CODECS, FORMATS, Output
from .audio_coding import AUDIO_ENCODERS
from .encoders import HARDWARE_ENCODERS, SOFTWARE
from .fonts import TYPEFACES, font_file
from .hardware import REMEDY, fault, has_encoder


def media_checks() -> Iterator[Check]:
    for codec in sorted([one.name for one in SOFTWARE.values()] + [one.name for one in AUDIO_ENCODERS.values()]):
        if has_encoder(codec):
            yield Check(group="encoder", name=codec, present=True, detail=f"libav, PyAV {av.__version__}")
        else:
            yield Check(group="encoder", name=codec, present=False, remedy=REMEDY)
    for family in TYPEFACES:
        try:
            file = font_file(family)
        except MissingPart as error:
            yield Check(group="font", name=family, present=False, remedy=error.remedy)
        else:
            yield Check(group="font", name=family, present=True, detail=str(file.path.name))
    yield from _hardware_checks()


def _hardware_checks() -> Iterator[Check]:
    """What ``--hardware`` can choose here, tried out at 1080p."""
    for kind, encoders in HARDWARE_ENCODERS.items():
        faults = {codec: fault(kind, _full_hd(codec)) for codec in encoders}
        working = [CODECS[codec] for codec, problem in faults.items() if not problem]
        yield Check(
            group="hardware",
            name=kind,
            present=bool(working),
            required=False,
            detail=", ".join(working),
            remedy=next(iter(faults.values())),
        )


def _full_hd(codec: str) -> Output:
    form = next(form.name for form in FORMATS.values() if codec in form.codecs)
    return Output(width=1080, height=1920, fps=30, format=form, codec=codec)
