"""What those who watch a video are sent: the same as its status."""

from collections import OrderedDict

import msgspec

from ...domain.job import Snapshot
from .video_bodies import standing

_KEPT = 256
"""Texts that are kept: each is sent to everybody who watches its video."""


class StandingTexts:
    """The standing as JSON, written once for all who are sent the same snapshot."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str, str], tuple[Snapshot, str]] = OrderedDict()

    def __call__(self, snapshot: Snapshot, language: str, root: str) -> str:
        key = id(snapshot), language, root
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = snapshot, msgspec.json.encode(standing(snapshot, language, root)).decode()
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return kept[1]
