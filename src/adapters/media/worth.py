"""How much there is to see in a picture."""

import numpy as np

from .planes import Plane

_SHADOW, _LIGHT = 45, 205
"""Mean luma outside of which a picture counts as dark or glaring."""


def worth(luma: Plane) -> float:
    """Contrast and detail of a luma plane, less where nearly all is dark or glaring."""
    values = luma.astype(np.float32)
    detail = float(np.abs(np.diff(values, axis=0)).mean() + np.abs(np.diff(values, axis=1)).mean())
    mean = float(values.mean())
    strain = max(0.0, _SHADOW - mean, mean - _LIGHT)
    return (float(values.std()) + 4 * detail) / (1 + strain / 10)
