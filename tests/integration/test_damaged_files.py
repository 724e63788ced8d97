"""Files with random damage are shown or refused, never anything else."""

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from reelwright.domain.errors import UnusableAsset
from tests.material import HEIGHT, WIDTH, draw, heic, image, probed, ramp


def animated(path: Path) -> None:
    frames = [Image.new("RGB", (WIDTH, HEIGHT), (40 * number, 30, 20)) for number in range(5)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)


WHOLE: dict[str, Callable[[Path], object]] = {
    **{f"photo.{form}": lambda path: image().save(path) for form in "jpg png webp avif tif bmp".split()},
    **{f"animation.{form}": animated for form in "gif webp png".split()},
    "tiles.heic": lambda path: heic(path, tiles=(2, 2), turn=1),
    "clip.mp4": lambda path: ramp(path, codec="libx264", options={"bf": "2"}),
    "clip.mkv": lambda path: ramp(path, codec="libx264"),
    "clip.ts": lambda path: ramp(path, codec="mpeg2video"),
    "clip.avi": lambda path: ramp(path, codec="mpeg4"),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_is_shown_or_refused(name: str, tmp_path: Path) -> None:
    WHOLE[name](tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    chance = random.Random(name)
    for _ in range(20):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 3, 10))):
            place = chance.randrange(min(len(whole), chance.choice((64, 512, len(whole)))))
            damaged[place] = chance.choice((0, 255, chance.randrange(256)))
        if chance.random() < 0.3:
            damaged = damaged[: chance.randrange(len(damaged))]
        (tmp_path / name).write_bytes(damaged)
        with suppress(UnusableAsset):
            asset = probed(tmp_path / name)
            if asset.kind != "sound":
                for frame in (0, 5, 40):
                    assert draw(asset, frame=frame, frames=50).shape == (HEIGHT, WIDTH, 3)
