"""An English token among its sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

Words = list[str]
_GROUP = re.compile(r"\+?\d{1,4}")


@dataclass(frozen=True, slots=True)
class Place:
    """A token among its sentence: all cores, the marks after each, and the index of this one."""

    cores: Sequence[str]
    afters: Sequence[str]
    index: int
    shouted: bool = False

    @property
    def left(self) -> str:
        """The core before, lower case, unless a mark stands between."""
        return "" if self.index == 0 or self.afters[self.index - 1].strip(".") else self.cores[self.index - 1].lower()

    @property
    def left_written(self) -> str:
        return self.cores[self.index - 1] if self.left else ""

    @property
    def in_long_number(self) -> bool:
        """Whether the token is one of three or more groups of digits that make a number of nine or more."""
        first = last = self.index
        while first > 0 and _GROUP.fullmatch(self.cores[first - 1]):
            first -= 1
        while last + 1 < len(self.cores) and _GROUP.fullmatch(self.cores[last + 1]):
            last += 1
        return last - first >= 2 and sum(len(core.lstrip("+")) for core in self.cores[first : last + 1]) >= 9

    @property
    def right(self) -> str:
        """The core after, as written, unless a mark stands between."""
        following = self.index + 1
        return "" if following >= len(self.cores) or self.afters[self.index].strip(".") else self.cores[following]

    @property
    def mark(self) -> str:
        return self.afters[self.index]
