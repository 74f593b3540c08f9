"""Embeddings that can be drawn side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lesionary.base.arrays import save_arrays
from lesionary.base.errors import ParamsError
from lesionary.subtyping.embedding import embedding_of


def test_slices_are_seen_with_the_eyes_of_the_first_fold(tmp_path: Path) -> None:
    folds = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    save_arrays(tmp_path / "dmrn.safetensors", {"embedding": folds})
    np.testing.assert_array_equal(embedding_of(tmp_path, "dmrn", 4), folds[0])


@pytest.mark.parametrize("arrays", [{"embedding": np.zeros((2, 3, 5))}, {"features": np.zeros((3, 2))}])
def test_a_row_that_sees_no_slices_is_named(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    save_arrays(tmp_path / "cnn3d.safetensors", arrays)
    with pytest.raises(ParamsError, match=r"figures.embedded: cnn3d: has no embedding of the 4 slices"):
        embedding_of(tmp_path, "cnn3d", 4)
