"""Named arrays in one file: safetensors, whose bytes depend on the arrays alone and which runs no code when read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file


def save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write `arrays`; parent folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)


def load_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Back from `save_arrays`."""
    return dict(load_file(path))
