"""What the network of one fold makes of slices, so that rows can be drawn side by side (DMRN, Fig. 5)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lesionary.base.arrays import load_arrays
from lesionary.base.errors import ParamsError


def embedding_of(features: Path, row: str, slices: int) -> NDArray[np.floating]:
    """Of every slice by the first fold's network of `row`, shape (slices, features).

    `ParamsError` where the row has none, because it sees whole masses or is no network.
    """
    found = load_arrays(features / f"{row}.safetensors").get("embedding")
    if found is None or found.shape[1] != slices:
        cure = "name rows whose network is given slices"
        raise ParamsError(f"figures.embedded: {row}", f"has no embedding of the {slices} slices", cure)
    return np.asarray(found[0])
