"""The same video by others: one ffmpeg command line, and MoviePy in one pass or shaped as three encodes.

Both take captions and title as pictures drawn beforehand, photos scaled and pre-cropped alike, and sound without
loudness levelling: whatever is left out is in their favour. ``python rivals.py JOB one|three`` runs a MoviePy shape
and needs nothing but MoviePy, so that it can live in an environment of its own.
"""

import json
import sys
from pathlib import Path
from typing import Any

SETTINGS = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23"]
SOUND = ["-c:a", "aac", "-b:a", "192k", "-ar", "48000"]
TAGS = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
XFADES = {"crossfade": "fade", "slide": "slideleft", "wipe": "smoothleft", "zoom": "zoomin", "circle": "circleopen"}
PLANES = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
"""Clips are what they are in ours: said, so that the graph converts nothing."""
SOURCE = 1.2
"""Photos are scaled to so many frame sizes before they are zoomed, as ours are."""


def make_job(reference: Any, folder: Path) -> dict[str, Any]:
    """The reference as plain data with pictures of its lettering in ``folder``."""
    from reelwright.adapters.media.lettering import Lettering

    timeline = reference.timeline
    output = timeline.output
    lettering = Lettering(timeline.style, output.width, output.height, timeline.language)
    title = timeline.scenes[0].title
    states = []
    for cue in timeline.cues():
        for place, word in enumerate(cue.words):
            end = cue.words[place + 1].start if place + 1 < len(cue.words) else cue.end
            poses = cue.poses(word.start, output.fps, timeline.style.captions.animation)
            states.append(([sprite for sprite, _ in lettering.caption(cue, poses)], word.start, end))
    box = _around([sprite for sprites, _, _ in states for sprite in sprites])
    captions = []
    for number, (sprites, start, end) in enumerate(states):
        file = folder / f"caption{number:04d}.png"
        _picture(sprites, box).save(file, compress_level=1)
        captions.append({"file": str(file), "start": start / output.fps, "end": end / output.fps})
    drawn = (lettering.title(title),)
    title_box = _around(drawn)
    _picture(drawn, title_box).save(folder / "title.png")
    return {
        "width": output.width,
        "height": output.height,
        "fps": output.fps,
        "seconds": timeline.frames / output.fps,
        "scenes": [_scene(timeline, scene) for scene in timeline.scenes],
        "starts": [start / output.fps for start in timeline.starts],
        "captions": captions,
        "place": box[:2],
        "title": {"file": str(folder / "title.png"), "place": title_box[:2], "start": title.start / output.fps,
                  "end": title.end / output.fps},
        "voice": str(reference.folder / "narration.wav"),
        "music": str(reference.folder / "music.wav"),
        "folder": str(folder),
    }  # fmt: skip


def _scene(timeline: Any, scene: Any) -> dict[str, Any]:
    plain = {"frames": scene.frames, "kind": None, "overlap": 0.0}
    if scene.transition is not None:
        plain |= {"kind": scene.transition.kind, "overlap": scene.transition.frames / timeline.output.fps}
    if scene.clip is not None:
        return plain | {"clip": timeline.assets[scene.clip.asset].path}
    start, end = scene.photo.motion.start, scene.photo.motion.end
    return plain | {
        "photo": timeline.assets[scene.photo.asset].path,
        "zoom": [start.zoom, end.zoom],
        "x": [start.x, end.x],
        "y": [start.y, end.y],
    }


def _around(sprites: Any) -> tuple[int, int, int, int]:
    bounds = [sprite.bounds for sprite in sprites]
    return (
        min(bound[0] for bound in bounds),
        min(bound[1] for bound in bounds),
        max(bound[2] for bound in bounds),
        max(bound[3] for bound in bounds),
    )


def _picture(sprites: Any, box: tuple[int, int, int, int]) -> Any:
    """The sprites as one RGBA picture of the box: limited-range BT.709 undone."""
    import numpy as np
    from PIL import Image

    left, top, right, bottom = box
    rgba = np.zeros((bottom - top, right - left, 4), np.uint8)
    for sprite in sprites:
        planes = []
        for plane, part in zip(sprite.planes, (1, 2, 2), strict=True):
            alpha = 1 - plane.inverse / 256
            value = (plane.colour - 128.0) / 256 / np.maximum(alpha, 1e-3)
            planes.append(np.kron(value, np.ones((part, part))))
        y, u, v = (planes[0] - 16) * 255 / 219, (planes[1] - 128) * 255 / 224, (planes[2] - 128) * 255 / 224
        red, blue = y + 1.5748 * v, y + 1.8556 * u
        green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
        alpha = (1 - sprite.planes[0].inverse / 256) * 255
        pixels = np.clip(np.rint(np.stack([red, green, blue, alpha], axis=-1)), 0, 255).astype(np.uint8)
        x0, y0, x1, y1 = sprite.bounds
        rgba[y0 - top : y1 - top, x0 - left : x1 - left] = pixels
    return Image.fromarray(rgba)


def ffmpeg_command(job: dict[str, Any], to: Path) -> list[str]:
    """One graph: zoompan, xfade, overlay of a concat of pictures, side-chained music."""
    from imageio_ffmpeg import get_ffmpeg_exe

    fps = job["fps"]
    inputs: list[str] = []
    for scene in job["scenes"]:
        inputs += ["-i", scene.get("photo") or scene["clip"]]
    count = len(job["scenes"])
    listing = Path(job["folder"]) / "captions.ffconcat"
    listing.write_text(_listing(job))
    title, (left, top) = job["title"], job["title"]["place"]
    shown = title["end"] - title["start"]
    inputs += ["-f", "concat", "-safe", "0", "-i", str(listing)]
    inputs += ["-loop", "1", "-framerate", str(fps), "-t", str(shown), "-i", title["file"]]
    inputs += ["-stream_loop", "-1", "-i", job["voice"], "-stream_loop", "-1", "-i", job["music"]]
    chain = [_source(job, number, scene) for number, scene in enumerate(job["scenes"])]
    last = "s0"
    for number, scene in list(enumerate(job["scenes"]))[1:]:
        chain.append(
            f"[{last}][s{number}]xfade=transition={XFADES[scene['kind']]}:duration={scene['overlap']}"
            f":offset={job['starts'][number]:.6f}[x{number}]"
        )
        last = f"x{number}"
    chain += [
        f"[{count}:v]fps={fps},format=yuva420p[words]",
        f"[{count + 1}:v]format=yuva420p,{_fades(shown)},setpts=PTS+{title['start']}/TB[title]",
        f"[{last}][title]overlay={left}:{top}:format=yuv420:eof_action=pass[titled]",
        f"[titled][words]overlay={job['place'][0]}:{job['place'][1]}:format=yuv420:eof_action=pass,format=yuv420p[v]",
        f"[{count + 2}:a]aresample=48000,pan=stereo|c0=c0|c1=c0,asplit[voice][key]",
        f"[{count + 3}:a]volume=-9dB[music]",
        "[music][key]sidechaincompress=threshold=0.03:ratio=4:attack=50:release=400[low]",
        "[voice][low]amix=inputs=2:normalize=0,alimiter=limit=0.89[a]",
    ]
    return [
        get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *inputs,
        "-filter_complex", ";".join(chain), "-map", "[v]", "-map", "[a]", "-t", str(job["seconds"]),
        *SETTINGS, *TAGS, *SOUND, "-movflags", "+faststart", str(to),
    ]  # fmt: skip


def _fades(shown: float) -> str:
    return f"fade=in:st=0:d=0.5:alpha=1,fade=out:st={shown - 0.35}:d=0.35:alpha=1"


def _listing(job: dict[str, Any]) -> str:
    lines = ["ffconcat version 1.0"]
    for caption in job["captions"]:
        lines += [f"file '{caption['file']}'", f"duration {caption['end'] - caption['start']:.6f}"]
    lines.append(f"file '{job['captions'][-1]['file']}'")
    return "\n".join(lines) + "\n"


def _source(job: dict[str, Any], number: int, scene: dict[str, Any]) -> str:
    width, height, fps, frames = job["width"], job["height"], job["fps"], scene["frames"]
    end = f"settb=1/{fps},setsar=1,format=yuv420p[s{number}]"
    if "clip" in scene:
        return (
            f"[{number}:v]{PLANES},fps={fps},trim=end_frame={frames},setpts=PTS-STARTPTS,crop=ih*{width}/{height}:ih,"
            f"scale={width}:{height}:flags=bicubic,{end}"
        )
    across, down = round(width * SOURCE / 2) * 2, round(height * SOURCE / 2) * 2
    way = f"on/{frames - 1}"
    (z0, z1), (x0, x1), (y0, y1) = scene["zoom"], scene["x"], scene["y"]
    return (
        f"[{number}:v]scale={across}:{down}:force_original_aspect_ratio=increase:flags=bicubic"
        f":out_color_matrix=bt709:out_range=tv,crop={across}:{down},format=yuv420p,"
        f"zoompan=z='{z0}*pow({z1 / z0},{way})':x='(iw-iw/zoom)*({x0}+({x1 - x0})*{way})'"
        f":y='(ih-ih/zoom)*({y0}+({y1 - y0})*{way})':d={frames}:s={width}x{height}:fps={fps},{end}"
    )


def by_moviepy(job: dict[str, Any], to: Path, *, three: bool) -> None:
    """All in one composite; or in ``three`` encodes, as generators of short videos often are built.

    Those are: each scene into a file, the files with their transitions into another, captions and sound into the last.
    """
    from moviepy import (  # type: ignore[import-untyped, import-not-found, unused-ignore]
        AudioFileClip,
        CompositeAudioClip,
        CompositeVideoClip,
        ImageClip,
        VideoFileClip,
        afx,
        vfx,
    )

    folder, fps, size = to.parent, job["fps"], (job["width"], job["height"])

    def write(clip: Any, file: Path) -> None:
        clip.write_videofile(
            str(file), fps=fps, codec="libx264", preset="veryfast", audio_codec="aac", audio_bitrate="192k",
            ffmpeg_params=["-crf", "23"], threads=2, temp_audiofile_path=str(folder), logger=None,
        )  # fmt: skip

    parts = []
    for number, scene in enumerate(job["scenes"]):
        length = scene["frames"] / fps
        if "clip" in scene:
            clip = VideoFileClip(scene["clip"], audio=False).subclipped(0, length)
            across = round(clip.h * size[0] / size[1] / 2) * 2
            clip = clip.cropped(x_center=clip.w / 2, width=across).resized(size)
        else:
            clip = _moving_photo(ImageClip, CompositeVideoClip, scene, length, size)
        if three:
            part = folder / f"scene{number}.mp4"
            write(clip, part)
            clip.close()
            clip = VideoFileClip(str(part), audio=False)
        parts.append(clip)
    joined = []
    for part_clip, start, scene in zip(parts, job["starts"], job["scenes"], strict=True):
        effects = []
        if scene["kind"] == "slide":
            effects = [vfx.SlideIn(scene["overlap"], "right")]
        elif scene["kind"]:
            effects = [vfx.CrossFadeIn(scene["overlap"])]
        joined.append(part_clip.with_effects(effects).with_start(start))
    base = CompositeVideoClip(joined, size=size).with_duration(job["seconds"])
    if three:
        whole = folder / "joined.mp4"
        write(base, whole)
        base = VideoFileClip(str(whole), audio=False)
    place, title = tuple(job["place"]), job["title"]
    shown = title["end"] - title["start"]
    layers = [base]
    layers.append(
        ImageClip(title["file"]).with_start(title["start"]).with_duration(shown).with_position(tuple(title["place"]))
        .with_effects([vfx.CrossFadeIn(0.5), vfx.CrossFadeOut(0.35)])
    )  # fmt: skip
    for state in job["captions"]:
        picture = ImageClip(state["file"]).with_start(state["start"]).with_duration(state["end"] - state["start"])
        layers.append(picture.with_position(place))
    looped = [afx.AudioLoop(duration=job["seconds"])]
    voice = AudioFileClip(job["voice"]).with_effects(looped)
    music = AudioFileClip(job["music"]).with_effects([*looped, afx.MultiplyVolume(0.2)])
    final = CompositeVideoClip(layers, size=size).with_duration(job["seconds"])
    write(final.with_audio(CompositeAudioClip([voice, music]).with_duration(job["seconds"])), to)


def _moving_photo(image_clip: Any, composite: Any, scene: dict[str, Any], length: float, size: tuple[int, int]) -> Any:
    import numpy as np
    from PIL import Image, ImageOps

    picture = ImageOps.fit(Image.open(scene["photo"]).convert("RGB"), size, Image.Resampling.BICUBIC)
    (z0, z1), (x0, x1), (y0, y1) = scene["zoom"], scene["x"], scene["y"]

    def zoom(time: float) -> float:
        return float(z0 * (z1 / z0) ** (time / length))

    def place(time: float) -> tuple[float, float]:
        way, more = time / length, zoom(time) - 1
        return -more * size[0] * (x0 + (x1 - x0) * way), -more * size[1] * (y0 + (y1 - y0) * way)

    clip = image_clip(np.asarray(picture)).with_duration(length).resized(zoom).with_position(place)
    return composite([clip], size=size).with_duration(length)


if __name__ == "__main__":
    plan = json.loads(Path(sys.argv[1]).read_text())
    by_moviepy(plan, Path(plan["folder"]) / f"moviepy-{sys.argv[2]}.mp4", three=sys.argv[2] == "three")
