"""High dynamic range and wide gamut land on the colours that BT.2408 and BT.2390 ask for."""

from pathlib import Path

import av
import numpy as np
import pytest

from reelwright.adapters.media import tonemap
from tests.material import HEIGHT, WIDTH, corners, draw, off, picture, probed, video

PATCHES = [(0, 0, 0), (20, 20, 20), (100, 100, 100), (203, 203, 203), (1000, 1000, 1000), (100, 20, 20)]
"""Light of the patches, cd/m² of red, green and blue of BT.2020."""


def hdr(transfer: int) -> av.VideoFrame:
    """Patches side by side, 32 pixels each, coded after BT.2100."""
    light = np.array(PATCHES, float)
    if transfer == tonemap.PQ:
        power = (light / 10_000) ** 0.1593017578125
        coded = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    else:
        display = light / 1000
        luminance = display @ [0.2627, 0.6780, 0.0593]
        scene = display * np.maximum(luminance, 1e-9)[:, None] ** (-0.2 / 1.2)
        coded = np.where(
            scene <= 1 / 12,
            np.sqrt(3 * scene),
            0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073,
        )
    luma = coded @ [0.2627, 0.6780, 0.0593]
    values = (64 + 876 * luma, 512 + 896 * (coded[:, 2] - luma) / 1.8814, 512 + 896 * (coded[:, 0] - luma) / 1.4746)
    frame = av.VideoFrame(32 * len(PATCHES), 32, "yuv420p10le")
    for plane, codes, part in zip(frame.planes, values, (1, 2, 2), strict=True):
        row = np.zeros(plane.line_size // 2, np.uint16)
        row[: 32 * len(PATCHES) // part] = np.repeat(np.rint(codes), 32 // part)
        plane.update(np.tile(row, (32 // part, 1)).tobytes())
    frame.colorspace, frame.color_range, frame.color_trc, frame.color_primaries = 9, 1, transfer, 9
    return frame


@pytest.mark.parametrize("transfer", [tonemap.PQ, tonemap.HLG])
def test_high_dynamic_range_lands_on_the_expected_colours(transfer: int, tmp_path: Path) -> None:
    path = video(
        tmp_path / "a.mkv",
        [hdr(transfer)] * 3,  # of fewer libx265 tells wild times
        codec="libx265",
        pixel_format="yuv420p10le",
        options={"crf": "4", "x265-params": "log-level=none"},
    )
    asset = probed(path)
    shown = draw(asset, size=(asset.width, asset.height))
    seen = [shown[12:20, 32 * number + 12 : 32 * number + 20].reshape(-1, 3).mean(0) for number in range(len(PATCHES))]
    for level, expected in zip(seen, (0, 89, 184, 228, 255), strict=False):
        assert np.abs(level - expected).max() <= 5
    assert np.abs(seen[5] - (223, 65, 86)).max() <= 6


def test_wide_primaries_of_standard_range_are_brought_into_bt709(tmp_path: Path) -> None:
    made = picture(np.full((HEIGHT, WIDTH, 3), (128, 128, 128), np.uint8), "yuv420p10le", 9)
    made.color_primaries, made.color_trc = 9, 1
    grey = draw(probed(video(tmp_path / "g.mkv", [made] * 2, pixel_format="yuv420p10le")))
    assert off(grey, [(128, 128, 128)] * 4) <= 2
    made = picture(np.full((HEIGHT, WIDTH, 3), (150, 120, 120), np.uint8), "yuv420p10le", 9)
    made.color_primaries, made.color_trc = 9, 1
    red = corners(draw(probed(video(tmp_path / "r.mkv", [made] * 2, pixel_format="yuv420p10le"))))[0]
    assert red[0] > 158
    assert red[1] < 122
