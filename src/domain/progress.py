"""How far the work is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["write", "voice", "arrange", "render", "join"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """``done`` of ``total`` scenes (voice) or frames (render).

    ``speed`` is in frames a second; ``left`` in seconds, None until it is known.
    """

    stage: Stage
    done: int = 0
    total: int = 0
    speed: float = 0.0
    left: float | None = None

    @property
    def fraction(self) -> float:
        """0 to 1 of the stage."""
        return self.done / self.total if self.total else 0.0


Listener = Callable[[Progress], None]


def nobody(progress: Progress) -> None:
    """A listener that does not listen."""
