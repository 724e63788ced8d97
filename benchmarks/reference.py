"""The reference job: six scenes of five seconds, four moving photos and two clips, with captions, title and music.

Everything is made here, from seeds: pictures with the spectrum of natural ones, clips that move, a voice-like sound.
"""

import wave
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from reelwright.adapters.media.planes import Plane, new_frame, planes_of, rgb_to_planes
from reelwright.adapters.media.probe import FileProbe
from reelwright.adapters.media.scaling import MARGIN, padded, view
from reelwright.bootstrap import Container
from reelwright.domain.asset import Asset
from reelwright.domain.cue import Cue, CueWord
from reelwright.domain.motion import Motion, Pose
from reelwright.domain.narration import SAMPLE_RATE
from reelwright.domain.output import Output, frame_size
from reelwright.domain.pictures import Clip, Photo
from reelwright.domain.style import Style, safe_area
from reelwright.domain.timeline import Music, Scene, SpeechClip, Timeline, Title
from reelwright.domain.transitions import Transition

VERSION = "1"
FPS = 30
SCENE = 5
"""Seconds of a scene."""
OVERLAP = 15
"""Frames of a transition; it lies in the last half second of the scene before."""
KINDS = ("crossfade", "slide", "wipe", "zoom", "circle")
TITLE = "Reference Job"
WORDS = """every great short video starts with one clear idea and a strong first line so keep your words simple and let
the picture carry the weight show the problem then show the answer and never waste a single second of attention because
people scroll away quickly use bright captions that follow the voice word by word add gentle music under the speech and
finish with one thing to remember today""".split()
A_SCENE = 12
"""Words of a scene, in cues of four."""
PICTURES = ("photo0.jpg", "clip0.mp4", "photo1.jpg", "photo2.jpg", "clip1.mp4", "photo3.jpg")
PANS = {
    "photo0.jpg": ((0.5, 0.5), (0.3, 0.4)),
    "photo1.jpg": ((0.5, 0.5), (0.7, 0.6)),
    "photo2.jpg": ((0.4, 0.5), (0.6, 0.4)),
    "photo3.jpg": ((0.5, 0.3), (0.5, 0.7)),
}
ZOOM = (1.0, 1.15)
NARRATION = "narration.wav"
"""All six scenes' narration on end, for the programs that take one sound."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reference:
    """The folder of the inputs and the timeline made of them."""

    folder: Path
    timeline: Timeline


def reference(folder: Path, *, seconds: int = 30, resolution: str = "1080p") -> Reference:
    """The job; its inputs are made in ``folder`` where they are not there yet. Scenes repeat to fill ``seconds``."""
    folder = folder / f"inputs-{VERSION}"
    _make_inputs(folder)
    probe = FileProbe()
    names = (*PICTURES, "music.wav", *(f"voice{number}.wav" for number in range(len(PICTURES))))
    assets = {name: probe.asset(folder / name) for name in names}
    return Reference(folder, _timeline(assets, max(1, round(seconds / SCENE)), resolution))


def _timeline(assets: dict[str, Asset], scenes: int, resolution: str) -> Timeline:
    width, height = frame_size("9:16", resolution)
    tide = Container().templates().get("tide")
    return Timeline(
        title=TITLE,
        language="en",
        template=tide.name,
        output=Output(width=width, height=height, fps=FPS),
        style=Style(captions=tide.captions, titles=tide.titles, safe_area=safe_area(width, height)),
        assets=assets,
        scenes=tuple(_scene(number) for number in range(scenes)),
        music=Music(asset="music.wav"),
    )


def _scene(number: int) -> Scene:
    name = PICTURES[number % len(PICTURES)]
    into = OVERLAP if number else 0
    (x0, y0), (x1, y1) = PANS.get(name, ((0.5, 0.5), (0.5, 0.5)))
    motion = Motion(start=Pose(zoom=ZOOM[0], x=x0, y=y0), end=Pose(zoom=ZOOM[1], x=x1, y=y1))
    return Scene(
        frames=SCENE * FPS + into,
        photo=Photo(asset=name, motion=motion) if name in PANS else None,
        clip=None if name in PANS else Clip(asset=name),
        transition=Transition(kind=KINDS[(number - 1) % len(KINDS)], frames=OVERLAP) if number else None,
        title=None if number else Title(text=TITLE, start=FPS // 2, end=FPS * 9 // 2),
        speech=SpeechClip(asset=f"voice{number % len(PICTURES)}.wav", start=into * SAMPLE_RATE // FPS),
        cues=tuple(_cue(number, first, into) for first in range(0, A_SCENE, 4)),
    )


def _cue(number: int, first: int, into: int) -> Cue:
    edges = [into + SCENE * FPS * place // A_SCENE for place in range(first, first + 5)]
    words = tuple(
        CueWord(text=WORDS[(number * A_SCENE + first + place) % len(WORDS)], start=edges[place], end=edges[place + 1])
        for place in range(4)
    )
    return Cue(start=edges[0], end=edges[-1], words=words)


def _make_inputs(folder: Path) -> None:
    done = folder / "done"
    if done.is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(4):
        image = Image.fromarray(_landscape(3000, 4000, seed=number))
        image.save(folder / f"photo{number}.jpg", quality=90)
    for number in range(2):
        _make_clip(folder / f"clip{number}.mp4", seed=10 + number)
    voices = [_voice(seed=20 + number) for number in range(len(PICTURES))]
    for number, voice in enumerate(voices):
        _write_sound(folder / f"voice{number}.wav", voice[None])
    _write_sound(folder / NARRATION, np.concatenate(voices)[None])
    _write_sound(folder / "music.wav", _music())
    done.touch()


def _clouds(width: int, height: int, random: np.random.Generator, coarsest: int = 4) -> Floats:
    """Noise whose amplitude falls as the frequency rises, as in natural pictures; zero mean, deviation 1."""
    out = np.zeros((height, width), np.float32)
    cells = coarsest
    while cells <= max(width, height) / 2:
        size = max(2, cells * width // max(width, height)), max(2, cells * height // max(width, height))
        grid = Image.fromarray(random.standard_normal(size[::-1], np.float32))
        out += np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC)) * np.float32(coarsest / cells)
        cells *= 2
    deviation: Floats = (out - out.mean()) / out.std()
    return deviation


def _landscape(width: int, height: int, seed: int) -> NDArray[np.uint8]:
    """Sky, hills with texture and edges, shapes with hard rims, and the grain of a sensor."""
    random = np.random.default_rng(seed)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    picture = np.empty((height, width, 3), np.float32)
    sky, ground = random.uniform(90, 220, 3), random.uniform(40, 150, 3)
    light = _clouds(width, height, random)
    for channel in range(3):
        picture[..., channel] = sky[channel] + (ground[channel] - sky[channel]) * down + 26 * light
    across = np.arange(width, dtype=np.float32)[None]
    for level in range(4):
        ridge = height * (0.35 + 0.15 * level) + 90 * sum(
            np.sin(across * (0.001 * 2**wave) + random.uniform(0, 6)) / 1.7**wave for wave in range(6)
        )
        inside = np.arange(height, dtype=np.float32)[:, None] > ridge
        tint = random.uniform(30, 160, 3).astype(np.float32)
        texture = 22 * _clouds(width, height, random, coarsest=16)
        for channel in range(3):
            picture[..., channel] = np.where(inside, tint[channel] + texture, picture[..., channel])
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    _draw_shapes(ImageDraw.Draw(image), image.size, random)
    grain = random.standard_normal((height, width, 1), np.float32) * 2.5
    return np.clip(np.asarray(image, np.float32) + grain, 0, 255).astype(np.uint8)


def _draw_shapes(draw: ImageDraw.ImageDraw, size: tuple[int, int], random: np.random.Generator) -> None:
    for _ in range(60):
        x, y = (int(random.uniform(0, side)) for side in size)
        reach = int(random.uniform(0.01, 0.06) * size[0])
        colour = (int(random.uniform(0, 255)), int(random.uniform(0, 255)), int(random.uniform(0, 255)))
        box = (x - reach, y - reach, x + reach, y + reach // 2)
        if random.uniform() < 0.5:
            draw.ellipse(box, fill=colour)
        else:
            draw.rectangle(box, fill=colour)


def _make_clip(to: Path, seed: int, seconds: int = 8, width: int = 1920, height: int = 1080) -> None:
    """A camera that pans and breathes over a landscape while discs cross it; grain in every frame."""
    random = np.random.default_rng(seed)
    ground = rgb_to_planes(_landscape(2880, 1620, seed))
    sources = (padded(ground[0], MARGIN), padded(ground[1], MARGIN), padded(ground[2], MARGIN))
    grains = [np.rint(random.standard_normal((height, width), np.float32) * 2).astype(np.int16) for _ in range(5)]
    with av.open(str(to), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "medium", "crf": "21", "g": "250"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, FPS)
        for number in range(seconds * FPS):
            frame = new_frame(width, height, FPS)
            y, u, v = planes_of(frame)
            turn = number / (seconds * FPS)
            step = 1.2 + 0.15 * np.sin(6.3 * turn)
            view(
                sources,
                (2880 - width * step) * turn,
                (1620 - height * step) * (0.5 + 0.4 * np.sin(9 * turn)),
                step,
                (y, u, v),
            )
            for disc in range(5):
                _disc((y, u, v), turn * (1 + disc / 3) + disc / 5, disc)
            y[...] = np.clip(y + grains[number % 5], 16, 235).astype(np.uint8)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _disc(planes: tuple[Plane, Plane, Plane], turn: float, number: int) -> None:
    height, width = planes[0].shape
    radius = 60 + 25 * number
    x, y = int(width * (turn % 1)), int(height * (0.5 + 0.35 * np.sin(7 * turn + number)))
    colours = (60 + 35 * number, 90 + 20 * number, 170 - 20 * number)
    for plane, colour, part in zip(planes, colours, (1, 2, 2), strict=True):
        top, left = max(0, (y - radius) // part), max(0, (x - radius) // part)
        region = plane[top : (y + radius) // part, left : (x + radius) // part]
        rows, columns = np.ogrid[: region.shape[0], : region.shape[1]]
        inside = (rows + top - y / part) ** 2 + (columns + left - x / part) ** 2 < (radius / part) ** 2
        region[inside] = colour


def _voice(seed: int) -> Floats:
    """Five seconds like speech: a buzz and breath through syllables, two a word."""
    random = np.random.default_rng(seed)
    time = np.arange(SCENE * SAMPLE_RATE, dtype=np.float32) / SAMPLE_RATE
    pitch = 120 + 15 * np.sin(2 * np.pi * 0.4 * time) + 8 * np.sin(2 * np.pi * 2.1 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    buzz = sum(np.sin(phase * number) / number**1.3 for number in range(1, 20))
    breath = random.standard_normal(time.size).astype(np.float32)
    word = (time * A_SCENE / SCENE) % 1
    syllables = np.clip(np.sin(np.pi * word * 2.2) ** 2, 0, 1) * (word < 0.9)
    voice: Floats = ((buzz * 0.12 + breath * 0.03 * (word < 0.15)) * syllables).astype(np.float32)
    return voice


def _music(seconds: int = 40) -> Floats:
    """Stereo: four slow chords and a soft beat."""
    random = np.random.default_rng(30)
    time = np.arange(seconds * SAMPLE_RATE, dtype=np.float32) / SAMPLE_RATE
    chords = np.array([[220, 262, 330], [175, 220, 262], [196, 247, 294], [165, 208, 247]], np.float32)
    chord = chords[(time / 2.5).astype(int) % 4]
    left, right = (
        sum(np.sin(2 * np.pi * time * chord[:, voice] * (1 + detune)) for voice in range(3)) * 0.08
        for detune in (0.0, 0.002)
    )
    beat = random.standard_normal(time.size) * np.exp(-((time * 2) % 1) * 18) * 0.08
    return np.stack([left + beat, right + beat]).astype(np.float32)


def _write_sound(to: Path, sound: Floats) -> None:
    with wave.open(str(to), "wb") as file:
        file.setnchannels(sound.shape[0])
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.rint(np.clip(sound.T, -1, 1) * 32767).astype("<i2").tobytes())
