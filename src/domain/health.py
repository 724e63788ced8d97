"""Whether a part of the installation is there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A part by its group and name; ``detail`` says what was found, ``remedy`` how to get what is missing.

    Without a part that is not ``required`` everything works all the same; then ``remedy`` says why it is absent.
    """

    group: str
    name: str
    present: bool
    detail: str = ""
    remedy: str = ""
    required: bool = True
