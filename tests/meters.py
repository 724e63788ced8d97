"""Meters that are not ours: libavfilter's ebur128, by way of PyAV."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.filter import Graph
from av.frame import Frame


@dataclass(frozen=True)
class Reading:
    """``integrated`` in LUFS and ``true_peak`` in dBTP, as libavfilter sees them."""

    integrated: float
    true_peak: float


def ebur128(path: Path) -> Reading:
    """Measure the first audio stream of a file."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        graph = Graph()
        graph.link_nodes(
            graph.add_abuffer(template=stream), graph.add("ebur128", "peak=true:metadata=1"), graph.add("abuffersink")
        ).configure()
        metadata: dict[str, str] = {}
        for frame in container.decode(stream):
            graph.push(frame)
            for measured in _pulled(graph):
                metadata = measured.metadata or metadata
        graph.push(None)
        for measured in _pulled(graph):
            metadata = measured.metadata or metadata
    peaks = [float(value) for key, value in metadata.items() if key.startswith("lavfi.r128.true_peaks_ch")]
    return Reading(float(metadata["lavfi.r128.I"]), 20 * math.log10(max(*peaks, 1e-9)))


def _pulled(graph: Graph) -> Iterator[Frame]:
    while True:
        try:
            yield graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
