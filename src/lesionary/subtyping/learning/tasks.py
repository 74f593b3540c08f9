"""A fold of a row, what it is trained on, and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from lesionary.params.subtyping import Network, SubtyperParams
from lesionary.subtyping.learning.candidates import Tried
from lesionary.subtyping.learning.images import load_images, load_volumes
from lesionary.subtyping.tables.cases import Cases, load_slices, load_studies
from lesionary.training.loop import Epoch


@dataclass(frozen=True)
class Task:
    """One fold of one row."""

    row: str
    params: SubtyperParams
    slices: Path
    folds: Path
    fold: int
    checkpoints: Path


@dataclass(frozen=True)
class FoldResult:
    """What one fold's training leaves: weights, history, and what the network makes of every slice, or study."""

    fold: int
    weights: dict[str, Tensor]
    epochs: list[Epoch]
    embedding: NDArray[np.float32]
    """(slices, features), training and test slices alike; studies of a 3-D network."""
    probability: NDArray[np.float32] | None
    """(slices of this fold, classes) of a network that ends in its own classifier; studies of a 3-D one."""
    pair_mix: NDArray[np.int64] | None
    """(classes, classes): how often each pair of classes was drawn, over all epochs; DMRN without mining only."""
    tried: Tried


def load_items(params: SubtyperParams, slices: Path, folds: Path) -> tuple[Cases, NDArray[np.float32]]:
    """What the row is trained on: slices, or studies and their volumes."""
    if params.network is Network.CNN3D:
        return load_studies(folds), load_volumes(slices, folds, params.window_hu, params.cube_px)
    return load_slices(slices, folds), load_images(slices, folds, params.window_hu, params.side_px)
