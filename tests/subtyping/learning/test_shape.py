"""The row on shape alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lesionary.base.arrays import load_arrays
from lesionary.base.errors import CohortError
from lesionary.imaging.shards import ShardWriter
from lesionary.params.subtyping import ShapeClassifier, ShapeFeatures, SubtyperParams
from lesionary.subtyping.learning.shape import as_shape, features_of, shapes, train_shape
from lesionary.subtyping.learning.shapes import MEASURES, THICKNESS
from lesionary.subtyping.tables.roles import CHOOSES, TEACHES

PARAMS = Path(__file__).parents[3] / "params.yaml"
STUDIES = 40


@pytest.fixture
def data(tmp_path: Path) -> tuple[Path, Path]:
    """Rods; every second one has a nodule. Pixels of half a mm, slices of 2 mm, some across the edge of a shard."""
    rng, slices, folds = np.random.default_rng(0), tmp_path / "slices", tmp_path / "folds"
    crops, lesions = [], []
    with ShardWriter(slices, capacity=7) as shards:
        for n in range(STUDIES):
            images = np.zeros((4 + n % 3, 20, 20), np.int16)
            images[:, 8 : 10 + int(rng.integers(3)), 5:15] = 255
            if n % 2:
                images[1:3, 5:15, 5:15] = 255
            shards.append(images)
            who = {"lesion": f"l{n}", "study": f"s{n}", "patient": f"p{n}", "subtype": "ab"[n % 2]}
            crops += [{**who, "z": z} for z in range(len(images))]
            lesions.append({**who, "size_x_mm": 10.0, "size_y_mm": 10.0, "size_z_mm": 2.0 * len(images)})
    pl.DataFrame(crops).write_parquet(slices / "slices.parquet")
    table = pl.DataFrame(lesions)
    table.write_parquet(slices / "lesions.parquet")
    folds.mkdir()
    fold = pl.Series("fold", [n // 2 % 4 for n in range(STUDIES)])
    table.select("study", "patient", "subtype").with_columns(fold).write_csv(folds / "folds.csv")
    return slices, folds


def row(**changed: object) -> SubtyperParams:
    return SubtyperParams.load_row("shape", PARAMS).model_copy(update=changed)


def test_shapes_have_their_own_size_whatever_shards_they_lie_in(data: tuple[Path, Path]) -> None:
    found = list(shapes(*data))
    assert [len(inside) for inside, _ in found] == [4 + n % 3 for n in range(STUDIES)]
    assert {spacing for _, spacing in found} == {(0.5, 0.5, 2.0)}
    volumes = features_of(*data, ShapeFeatures.MEASURES)[:, MEASURES.index("volume_mm3")]
    np.testing.assert_allclose(volumes, [inside.sum() * 0.5 for inside, _ in found])
    assert features_of(*data, ShapeFeatures.THICKNESS).shape == (STUDIES, len(MEASURES + THICKNESS))


@pytest.mark.parametrize("classifier", list(ShapeClassifier))
def test_nodules_are_told_out_of_fold(data: tuple[Path, Path], tmp_path: Path, classifier: ShapeClassifier) -> None:
    train_shape(row(shape_classifier=classifier), *data, tmp_path / "models", tmp_path / "features.safetensors")
    probability = load_arrays(tmp_path / "features.safetensors")["study_probability"]
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    assert (probability.argmax(axis=1) == np.arange(STUDIES) % 2).mean() > 0.9


@pytest.mark.parametrize("classifier", list(ShapeClassifier))
def test_nothing_of_the_test_part_changes_what_is_said_of_the_rest_of_it(
    data: tuple[Path, Path], tmp_path: Path, classifier: ShapeClassifier
) -> None:
    parts = [0, TEACHES, TEACHES, CHOOSES]
    found = []
    for spoilt in (False, True):
        table = pl.read_csv(data[1] / "folds.csv")
        label = [1 - n % 2 if spoilt and parts[n // 2 % 4] == 0 and n > 8 else n % 2 for n in range(STUDIES)]
        fold = pl.Series("fold", [parts[n // 2 % 4] for n in range(STUDIES)])
        table.with_columns(fold, pl.Series("subtype", ["ab"[one] for one in label])).write_csv(data[1] / "folds.csv")
        train_shape(row(shape_classifier=classifier), *data, tmp_path / "models", tmp_path / "features.safetensors")
        found.append(load_arrays(tmp_path / "features.safetensors")["study_probability"])
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(np.isnan(found[0]).any(axis=1), np.array(parts)[np.arange(STUDIES) // 2 % 4] < 0)


@pytest.mark.parametrize(
    ("values", "told"),
    [([0, 40, 255], "have 3 values, 0 the lowest"), ([-30, 40], "-30 the lowest"), ([0], "have 1 values"), ([7], "7")],
)
def test_what_is_no_shape_is_refused(values: list[int], told: str) -> None:
    images = np.resize(np.array(values, np.int16), (2, 6, 6))
    with pytest.raises(CohortError, match=f"study s: its images.*{told}"):
        as_shape(images, "s")
