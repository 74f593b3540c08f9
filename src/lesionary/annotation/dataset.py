"""Patches and targets of the lesions that annotation uses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.annotation.columns import EDGES, PLACE
from lesionary.annotation.labels import Matrix
from lesionary.base.arrays import load_arrays
from lesionary.base.errors import ParamsError
from lesionary.imaging.shards import read_shards


@dataclass(frozen=True)
class Labels:
    """The folder that `expand_labels` writes. Matrices are (lesions, labels)."""

    lesions: pl.DataFrame
    names: tuple[str, ...]
    table: pl.DataFrame
    """label, class, train, val, test."""
    matrices: dict[str, Matrix]
    closure: Matrix
    exclusions: Matrix

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the folder."""
        table = pl.read_csv(folder / "labels.csv", schema_overrides={"label": pl.String})
        arrays = {name: array.astype(bool) for name, array in load_arrays(folder / "targets.safetensors").items()}
        closure, exclusions = arrays.pop("closure"), arrays.pop("exclusions")
        lesions = pl.read_parquet(folder / "lesions.parquet")
        return cls(lesions, tuple(table["label"]), table, arrays, closure, exclusions)

    def of(self, split: str) -> NDArray[np.int64]:
        """Numbers of the lesions of a split."""
        return np.flatnonzero(self.lesions["split"].to_numpy() == split)

    def mined(self, split: str) -> NDArray[np.int64]:
        """Those of them that the reports, or mined.csv, give labels of: not those that are labelled by hand alone."""
        return np.flatnonzero((self.lesions["split"].to_numpy() == split) & self.lesions["mined"].to_numpy())

    def known(self, lesion: int) -> Matrix:
        """Labels of a lesion, with their parents: given by hand where it was labelled so, else mined."""
        by_hand = self.lesions["by_hand"][lesion]
        labels: Matrix = self.matrices["hand" if by_hand else "relevant_expanded"][lesion]
        return labels

    def more_frequent_than(self, count: int) -> Labels:
        """The same lesions with only those labels that occur more than `count` times in training (LesaNet, 5.4)."""
        kept = np.flatnonzero(self.table["train"].to_numpy() > count)
        if not len(kept):
            reason = f"no label occurs more than {count} times in training"
            raise ParamsError("rows.subsets", reason, f"go below {max(self.table['train'].to_list())}")
        matrices = {name: matrix[:, kept] for name, matrix in self.matrices.items()}
        among = np.ix_(kept, kept)
        names = tuple(self.names[column] for column in kept)
        return Labels(self.lesions, names, self.table[kept], matrices, self.closure[among], self.exclusions[among])


def load_patches(patches: Path, labels: Labels) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """Patches (lesions, 3, side, side) in HU and boxes (lesions, 4) in their pixels, in the order of the labels."""
    shards = np.concatenate(list(read_shards(patches)))
    return shards[labels.lesions["row"].to_numpy()], _columns(patches, labels, EDGES)


def load_places(patches: Path, labels: Labels) -> NDArray[np.float32]:
    """`PLACE` of every lesion in mm, (lesions, 4), in the order of the labels."""
    return _columns(patches, labels, PLACE)


def _columns(patches: Path, labels: Labels, names: tuple[str, ...]) -> NDArray[np.float32]:
    table = pl.read_parquet(patches / "patches.parquet").select(names).to_numpy()
    return np.asarray(table[labels.lesions["row"].to_numpy()], np.float32)
