"""The encoders of libav: which one makes a codec, and what each quality means on its own scale."""

import os
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

import numpy as np
from av.codec.hwaccel import HWAccel
from av.container import OutputContainer
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from ...domain.output import Output, Quality
from .planes import PIXEL_FORMAT

Options = dict[str, str]

_X265 = "pools=none:frame-threads=1:open-gop=0:info=0:log-level=none"
_SVT = "lp=1"
_APPLE_HEVC = "hvc1"
"""Parameter sets in the file's header only: the one form of H.265 that Apple's players take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """An encoder by libav's name.

    ``container`` holds its segments: one whose time base is exact and whose packets the final file takes as they are.
    ``keeps_frames``: it refers to the pixels it was given after ``encode`` has returned. ``device`` is libav's type of
    the device that frames are uploaded to, empty where the encoder takes them from memory.
    """

    name: str
    qualities: dict[Quality, Options]
    options: Options = field(default_factory=dict)
    container: str = "mp4"
    pixel_format: str = PIXEL_FORMAT
    tag: str = ""
    keeps_frames: bool = False
    device: str = ""

    def settings(self, output: Output) -> Options:
        """libav's options for an output."""
        settings = self.options | self.qualities[output.quality]
        if self.name == "libx264" and _has_avx512():
            settings["x264-params"] = "asm=avx2"
        return settings


@cache
def _has_avx512() -> bool:
    """Whether x264 would use AVX-512, whose macroblock tree reads memory that it never wrote: bytes differ by chance.

    AVX2 is as fast there within 2 %.
    """
    found = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
    return any(name == "X86_V4" or name.startswith("AVX512") for name in found)


SOFTWARE = {
    "h264": Encoder(
        name="libx264",
        qualities={
            "draft": {"preset": "superfast", "crf": "28"},
            "standard": {"preset": "veryfast", "crf": "23"},
            "high": {"preset": "medium", "crf": "18"},
        },
    ),
    "h265": Encoder(
        name="libx265",
        tag=_APPLE_HEVC,
        options={"x265-params": _X265},
        qualities={
            "draft": {"preset": "superfast", "crf": "28"},
            "standard": {"preset": "veryfast", "crf": "25"},
            "high": {"preset": "medium", "crf": "20"},
        },
    ),
    "av1": Encoder(
        name="libsvtav1",
        options={"svtav1-params": _SVT},
        qualities={
            "draft": {"preset": "9", "crf": "40"},
            "standard": {"preset": "8", "crf": "30"},
            "high": {"preset": "6", "crf": "22"},
        },
    ),
    "vp9": Encoder(
        name="libvpx-vp9",
        options={"b": "0", "lag-in-frames": "25", "auto-alt-ref": "1"},
        qualities={
            "draft": {"deadline": "realtime", "cpu-used": "8", "crf": "36"},
            "standard": {"deadline": "good", "cpu-used": "5", "crf": "31"},
            "high": {"deadline": "good", "cpu-used": "2", "crf": "22"},
        },
    ),
    "mpeg4": Encoder(
        name="mpeg4",
        container="avi",
        tag="XVID",
        keeps_frames=True,
        options={"g": "300", "mbd": "rd"},
        qualities={
            "draft": {"qmin": "6", "qmax": "6"},
            "standard": {"qmin": "3", "qmax": "3"},
            "high": {"qmin": "2", "qmax": "2"},
        },
    ),
    "prores": Encoder(
        name="prores",
        container="mov",
        pixel_format="yuv422p10le",
        qualities={"draft": {"profile": "0"}, "standard": {"profile": "2"}, "high": {"profile": "3"}},
    ),
}
"""Codec -> the encoder that runs on the processor; one thread each, since x264's bytes depend on their number.

The standards of all but ProRes, which has bit rates of its own, look alike: SSIM 0.983 to 0.990 on drawn frames of
1080x1920. AV1 needs the higher end, or its blocks show in soft gradients.
"""


def _hardware(
    family: str, options: Options, scale: str, values: tuple[int, int, int], **more: str
) -> dict[str, Encoder]:
    """The encoders of one family. Quality is a number under ``scale``; without B-frames segments meet anywhere."""
    low, middle, top = ({scale: str(value)} for value in values)
    return {
        codec: Encoder(
            name=f"{stem}_{family}",
            tag=_APPLE_HEVC if codec == "h265" else "",
            keeps_frames=True,
            options={"bf": "0", **options},
            qualities={"draft": low, "standard": middle, "high": top},
            **more,
        )
        for codec, stem in (("h264", "h264"), ("h265", "hevc"), ("av1", "av1"))
    }


HARDWARE_ENCODERS: dict[str, dict[str, Encoder]] = {
    "nvenc": _hardware("nvenc", {"preset": "p4", "rc": "vbr", "b": "0"}, "cq", (33, 27, 21)),
    "qsv": _hardware("qsv", {"preset": "medium"}, "global_quality", (32, 26, 20), pixel_format="nv12"),
    "vaapi": _hardware("vaapi", {"rc_mode": "CQP"}, "qp", (32, 26, 20), pixel_format="nv12", device="vaapi"),
    "videotoolbox": _hardware("videotoolbox", {"flags": "+qscale"}, "global_quality", (5900, 7670, 8850)),
}
"""Kind of hardware -> codec -> its encoder, in the order in which "auto" tries them."""


def add_video_stream(container: OutputContainer, output: Output, encoder: Encoder) -> VideoStream:
    """A stream whose tags say what the planes mean: BT.709, limited range, square pixels, constant frame rate."""
    if encoder.name == "libsvtav1":
        os.environ.setdefault("SVT_LOG", "1")  # it tells its settings to standard error unless asked for errors only
    device = HWAccel(encoder.device, allow_software_fallback=False) if encoder.device else None
    stream = container.add_stream(encoder.name, rate=output.fps, options=encoder.settings(output), hwaccel=device)
    assert isinstance(stream, VideoStream)  # noqa: S101 - the tables name video codecs
    stream.width, stream.height, stream.pix_fmt = output.width, output.height, encoder.pixel_format
    stream.time_base = Fraction(1, output.fps)
    context = stream.codec_context
    context.time_base = Fraction(1, output.fps)
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    context.sample_aspect_ratio = Fraction(1, 1)
    context.thread_count = 1
    if encoder.tag:
        context.codec_tag = encoder.tag
    return stream
