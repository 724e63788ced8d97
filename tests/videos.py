"""Videos as values."""

from reelwright.domain.video import VideoMetadata

METADATA = VideoMetadata(
    media_type="video/mp4",
    suffix=".mp4",
    width=1080,
    height=1920,
    fps=30,
    frames=200,
    seconds=6.667,
    loudness=-14.01,
    true_peak=-1.5,
    segments=15,
    reused=14,
    warnings=("left out a.svg: drawings are no photos",),
)
