"""The pictures of a timeline's scenes, opened when they are first shown and let go when they are done."""

import threading
from collections import OrderedDict
from pathlib import Path
from typing import Protocol

from ...domain.pictures import Backdrop, Clip, Photo
from ...domain.timeline import Timeline
from .backdrops.picture import BackdropPicture
from .clip import ClipPicture
from .photo import PhotoPicture
from .planes import Planes


class Picture(Protocol):
    """What fills the frame in a scene."""

    def draw(self, frame: int, out: Planes) -> None:
        """Fill ``out`` with the picture at ``frame`` of the scene."""

    def signature(self, frame: int) -> object:
        """Equal for frames of the scene that look the same."""

    def close(self) -> None: ...


class PhotoShelf:
    """Photos decoded once for all renderers; the ``room`` last used ones are kept."""

    def __init__(self, timeline: Timeline, room: int = 6) -> None:
        self._timeline, self._room = timeline, room
        self._photos: OrderedDict[int, PhotoPicture] = OrderedDict()
        self._lock = threading.Lock()
        self._loading: dict[int, threading.Lock] = {}

    def get(self, scene: int, photo: Photo) -> PhotoPicture:
        with self._lock:
            loading = self._loading.setdefault(scene, threading.Lock())
        with loading:
            with self._lock:
                if scene in self._photos:
                    self._photos.move_to_end(scene)
                    return self._photos[scene]
            output = self._timeline.output
            path = Path(self._timeline.assets[photo.asset].path)
            picture = PhotoPicture(photo, path, self._timeline.scenes[scene].frames, output.width, output.height)
            with self._lock:
                self._photos[scene] = picture
                while len(self._photos) > self._room:
                    self._photos.popitem(last=False)
            return picture


class Pictures:
    """The pictures that one renderer has open."""

    def __init__(self, timeline: Timeline, shelf: PhotoShelf) -> None:
        self._timeline, self._shelf = timeline, shelf
        self._open: dict[int, Picture] = {}

    def get(self, scene: int) -> Picture:
        """The picture of a scene; those of scenes more than one away are closed."""
        if scene not in self._open:
            for old in [index for index in self._open if abs(index - scene) > 1]:
                self._open.pop(old).close()
            self._open[scene] = self._load(scene)
        return self._open[scene]

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def _load(self, scene: int) -> Picture:
        output = self._timeline.output
        match self._timeline.scenes[scene].picture:
            case Photo() as photo:
                return self._shelf.get(scene, photo)
            case Clip() as clip:
                asset = self._timeline.assets[clip.asset]
                return ClipPicture(clip, Path(asset.path), asset.samples, output.fps, output.width, output.height)
            case Backdrop() as backdrop:
                return BackdropPicture(backdrop, output.width, output.height, output.fps)
