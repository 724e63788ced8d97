"""Meters that are not ours: libavfilter's ebur128, by way of PyAV."""

from dataclasses import dataclass
from pathlib import Path

import av
from av.filter import Graph

@dataclass(frozen=True)
class Reading:
    """``integrated`` in LUFS, ``true_peak`` in dBTP, as libavfilter sees them."""

    integrated: float
    true_peak: float


def ebur128(path: Path) -> Reading:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        graph = Graph()
        source = graph.add_abuffer(template=stream)
        meter = graph.add("ebur128", "peak=true:metadata=1")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        metadata: dict[str, str] = {}
        frames = [*container.decode(stream), None]
        for frame in frames:
            graph.push(frame)
            while True:
                try:
                    out = graph.pull()
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
                metadata = out.metadata or metadata
        peaks = [float(v) for k, v in metadata.items() if k.startswith("lavfi.r128.true_peaks_ch")]
        print(metadata)
        return Reading(float(metadata["lavfi.r128.I"]), max(peaks))
