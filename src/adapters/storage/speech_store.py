"""Narration on the disk, one sound and one table of word times a digest."""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from ...application.ports import Spoken
from ...domain.errors import OutputFailed
from ...domain.narration import Speech, Word


class DiskSpeechStore:
    """Files under ``folder``; the table is written last, so that a sound without one does not count.

    ``write_sound`` writes mono float32 PCM of 48 kHz to a path.
    """

    def __init__(self, folder: Path, write_sound: Callable[[Path, bytes], None]) -> None:
        self._folder, self._write_sound = folder, write_sound

    def get(self, digest: str) -> Speech | None:
        sound, table = self._paths(digest)
        try:
            kept = json.loads(table.read_text("utf-8"))
            words = tuple(
                Word(text=text, start=start, end=end, space=space) for text, start, end, space in kept["words"]
            )
            return Speech(audio=str(sound), samples=kept["samples"], words=words) if sound.is_file() else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, digest: str, spoken: Spoken) -> Speech:
        """Raises OutputFailed where the folder cannot be written."""
        sound, table = self._paths(digest)
        kept = {
            "samples": spoken.samples,
            "words": [[word.text, word.start, word.end, word.space] for word in spoken.words],
        }
        try:
            sound.parent.mkdir(parents=True, exist_ok=True)
            self._replace(sound, lambda path: self._write_sound(path, spoken.pcm))
            self._replace(table, lambda path: path.write_text(json.dumps(kept, ensure_ascii=False), "utf-8"))
        except OSError as error:
            raise OutputFailed(f"{sound.parent}: narration cannot be kept there ({error.strerror or error})") from error
        return Speech(audio=str(sound), samples=spoken.samples, words=spoken.words)

    def _paths(self, digest: str) -> tuple[Path, Path]:
        folder = self._folder / digest[:2]
        return folder / f"{digest}.wav", folder / f"{digest}.json"

    @staticmethod
    def _replace(to: Path, write: Callable[[Path], object]) -> None:
        handle, name = tempfile.mkstemp(dir=to.parent, suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            write(part)
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)
