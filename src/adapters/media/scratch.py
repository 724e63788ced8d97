"""Working arrays that a thread uses again and again instead of allocating them for every block."""

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_local = threading.local()


def scratch(key: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """An array of ``shape``, its content undefined, valid until this thread asks for ``key`` again."""
    arrays: dict[str, NDArray[Any]] = _local.__dict__.setdefault("arrays", {})
    size = math.prod(shape)
    flat = arrays.get(key)
    if flat is None or flat.size < size or flat.dtype != dtype:
        flat = arrays[key] = np.empty(size, dtype)
    return flat[:size].reshape(shape)
