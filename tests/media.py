"""Media that tests make for themselves, and what is decoded of results."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image


def photo(path: Path, colour: tuple[int, int, int] = (200, 40, 40), size: tuple[int, int] = (640, 480)) -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def clip(path: Path, frames: int = 30, size: tuple[int, int] = (320, 240), fps: int = 30) -> Path:
    """A clip whose luma is 40 + 4 times the frame's number, over a chroma of nothing."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "4", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.colorspace = 1
        for number in range(frames):
            planes = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
            planes[: size[1]] = min(235, 40 + 4 * number)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def with_sound(picture: Path, path: Path, sound: NDArray[np.float32], *, codec: str, late: int = 0) -> Path:
    """The pictures of a clip with a sound of shape (2, n) at 48 kHz, which begins ``late`` samples after them."""
    with av.open(str(picture)) as source, av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream_from_template(source.streams.video[0])
        audio = container.add_stream(codec, rate=48_000, layout="stereo")
        assert isinstance(audio, av.AudioStream)
        packets = [packet for packet in source.demux(source.streams.video[0]) if packet.dts is not None]
        for packet in packets:
            packet.stream = video
            container.mux(packet)
        resampler = av.AudioResampler(audio.format.name, "stereo", 48_000)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout="stereo")
        frame.sample_rate, frame.time_base, frame.pts = 48_000, Fraction(1, 48_000), late
        for converted in resampler.resample(frame):
            container.mux(audio.encode(converted))
        container.mux(audio.encode(None))
    return path


def luma(path: Path) -> list[NDArray[np.uint8]]:
    """The luma plane of every yuv420p picture of a video, in its limited range."""
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray()[: frame.height], np.uint8) for frame in container.decode(video=0)]


def pictures(path: Path) -> list[NDArray[np.uint8]]:
    """Every picture of a video as RGB of shape (height, width, 3)."""
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]
