"""Whether a part of the installation is there."""

from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A group of parts as a whole: how many are there, and by name those that are ``missing`` but required.

    ``remedy`` is how to get the first of them.
    """

    present: int
    missing: tuple[str, ...] = ()
    remedy: str = ""

    @property
    def working(self) -> bool:
        return not self.missing


def components(checks: Iterable[Check]) -> dict[str, Component]:
    """The checks by their group. What was found where stays behind: it is not for everybody's eyes."""
    groups: dict[str, list[Check]] = {}
    for check in checks:
        groups.setdefault(check.group, []).append(check)
    return {name: _component(group) for name, group in groups.items()}


def _component(group: list[Check]) -> Component:
    missing = [check for check in group if check.required and not check.present]
    return Component(
        present=sum(check.present for check in group),
        missing=tuple(check.name for check in missing),
        remedy=missing[0].remedy if missing else "",
    )
