"""Finished segments and sounds on the disk by their digests, so that what did not change is not rendered again."""

import json
import os
from collections.abc import Collection
from pathlib import Path

from ...application.ports import Loudness


class SegmentCache:
    """Files under ``folder``; one is complete or absent, whenever the process or the machine dies.

    Several renders may share a folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, digest: str, suffix: str) -> Path | None:
        """The file, which counts as just used."""
        file = self._file(digest, suffix)
        try:
            os.utime(file)
        except OSError:
            return None
        return file

    def keep(self, file: Path, digest: str, suffix: str) -> Path:
        """Move ``file``, from a folder on the same disk, to its place."""
        to = self._file(digest, suffix)
        to.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb+") as written:
            os.fsync(written.fileno())
        return file.replace(to)

    def find_sound(self, digest: str, suffix: str) -> tuple[Path, Loudness] | None:
        """An encoded sound and how loud it is."""
        sound, said = self.find(digest, suffix), self.find(digest, ".json")
        if sound is None or said is None:
            return None
        try:
            return sound, Loudness(**json.loads(said.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def keep_sound(self, file: Path, loudness: Loudness, digest: str, suffix: str) -> Path:
        said = file.with_name(file.name + ".json")
        said.write_text(json.dumps({"integrated": loudness.integrated, "true_peak": loudness.true_peak}), "utf-8")
        kept = self.keep(file, digest, suffix)
        self.keep(said, digest, ".json")
        return kept

    def prune(self, limit: int, used: Collection[Path]) -> None:
        """Remove what was used longest ago until at most ``limit`` bytes are left; never what belongs to ``used``."""
        digests = {file.stem for file in used}
        files = [(file.stat(), file) for file in self.folder.glob("??/*") if file.is_file()]
        total = sum(stat.st_size for stat, _ in files)
        for stat, file in sorted(files, key=lambda entry: entry[0].st_mtime):
            if total <= limit:
                return
            if file.stem not in digests:
                file.unlink(missing_ok=True)
                total -= stat.st_size

    def _file(self, digest: str, suffix: str) -> Path:
        return self.folder / digest[:2] / f"{digest}{suffix}"
