"""Training rows on folds: the same whatever the workers, and whether or not it was interrupted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from lesionary.base.arrays import load_arrays
from lesionary.base.errors import CohortError
from lesionary.imaging.shards import ShardWriter
from lesionary.params.subtyping import Mining, Network, SubtyperParams
from lesionary.subtyping.learning import one_fold
from lesionary.subtyping.learning.crossvalidation import train_folds
from lesionary.subtyping.learning.images import as_cube, load_images
from lesionary.subtyping.learning.results import history, save_folds
from lesionary.subtyping.learning.tasks import FoldResult
from lesionary.subtyping.tables.cases import load_slices, load_studies
from lesionary.subtyping.tables.roles import CHOOSES, TEACHES

SETTINGS = SubtyperParams.load_row("dmrn", Path(__file__).parents[3] / "params.yaml").model_copy(
    update={"depth": 18, "width": 4, "side_px": 32, "epochs": 2, "batch": 4}
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Twelve studies of two classes, two slices each; one more study that is in no fold."""
    monkeypatch.setenv("LESIONARY_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    rng = np.random.default_rng(0)
    rows, slices, folds = [], tmp_path / "slices", tmp_path / "folds"
    with ShardWriter(slices, capacity=10) as shards:
        for n in range(13):
            shards.append((rng.normal(40 + 60 * (n % 2), 30, (2, 40, 40))).astype(np.int16))
            who = {"lesion": f"l{n}", "study": f"s{n}", "patient": f"p{n}", "subtype": "ab"[n % 2]}
            rows += [{**who, "z": z} for z in range(2)]
    table = pl.DataFrame(rows)
    table.write_parquet(slices / "slices.parquet")
    folds.mkdir()
    drawn = table.select("study", "patient", "subtype").unique("study", maintain_order=True).head(12)
    drawn.with_columns(fold=pl.arange(0, 12) // 2 % 2).write_csv(folds / "folds.csv")
    return slices, folds


def same(first: list[FoldResult], second: list[FoldResult]) -> bool:
    return all(
        np.array_equal(a.embedding, b.embedding)
        and a.epochs == b.epochs
        and all(np.array_equal(a.weights[name], b.weights[name]) for name in a.weights)
        for a, b in zip(first, second, strict=True)
    )


def test_images_are_those_of_the_studies_in_a_fold(data: tuple[Path, Path]) -> None:
    cases, images = load_slices(*data), load_images(*data, (-160.0, 240.0), 32)
    assert len(cases.label) == len(images) == 24
    assert images.shape[1:] == (32, 32)
    means = images.mean(axis=(1, 2))
    assert means[cases.label == 0].max() < means[cases.label == 1].min()


def test_one_worker_and_two_learn_the_same_bytes(data: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for workers in ("1", "2"):
        monkeypatch.setenv("LESIONARY_WORKERS", workers)
        results.append(train_folds("dmrn", SETTINGS, *data))
    assert same(*results)


def test_an_interrupted_row_goes_on_to_the_same_bytes(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LESIONARY_WORKERS", "1")
    whole = train_folds("dmrn", SETTINGS, *data)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(one_fold, "embed", stop)
        with pytest.raises(KeyboardInterrupt):
            train_folds("dmrn", SETTINGS, *data)
    assert list((tmp_path / "checkpoints").rglob("fold-0.pt"))
    assert same(whole, train_folds("dmrn", SETTINGS, *data))
    assert not list((tmp_path / "checkpoints").rglob("*.pt"))


def test_a_fold_is_seen_out_of_fold_alone(data: tuple[Path, Path], tmp_path: Path) -> None:
    row = SETTINGS.model_copy(update={"network": Network.RESNET})
    results, cases = train_folds("resnet18", row, *data), load_slices(*data)
    save_folds(results, cases.fold, tmp_path / "models", tmp_path / "features.safetensors")
    arrays = load_arrays(tmp_path / "features.safetensors")
    assert arrays["embedding"].shape == (2, 24, 32)
    for fold, result in enumerate(results):
        assert result.probability is not None
        np.testing.assert_array_equal(arrays["probability"][cases.fold == fold], result.probability)
    assert {path.name for path in (tmp_path / "models").iterdir()} == {"fold-0.safetensors", "fold-1.safetensors"}


def test_a_network_on_volumes_sees_studies_alone(data: tuple[Path, Path], tmp_path: Path) -> None:
    row = SETTINGS.model_copy(update={"network": Network.CNN3D, "depth": 9, "cube_px": 8})
    results, studies = train_folds("cnn3d", row, *data), load_studies(data[1])
    save_folds(results, studies.fold, tmp_path / "models", tmp_path / "features.safetensors", studies=True)
    arrays = load_arrays(tmp_path / "features.safetensors")
    assert set(arrays) == {"embedding", "study_probability"}
    assert arrays["study_probability"].shape == (12, 2)


@pytest.mark.parametrize("rates", [(0.05,), (0.05, 0.0001)])
def test_nothing_of_the_test_fold_changes_what_is_learnt(
    data: tuple[Path, Path], rates: tuple[float, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LESIONARY_WORKERS", "1")  # in this process, which is told below that the images are others
    row = SETTINGS.model_copy(update={"learning_rate": rates})
    first = train_folds("dmrn", row, *data)[0]
    shard = np.load(data[0] / "0000.npy")
    shard[:4] = 3000  # studies 0 and 1, of fold 0
    np.save(data[0] / "0000.npy", shard)
    load_images.cache_clear()
    second = train_folds("dmrn", row, *data)[0]
    for name, value in first.weights.items():
        assert torch.equal(value, second.weights[name]), name
    assert first.tried == second.tried or len(rates) == 1
    assert not np.array_equal(first.embedding, second.embedding)


def test_of_several_learning_rates_each_fold_takes_the_best_and_starts_anew(
    data: tuple[Path, Path], tmp_path: Path
) -> None:
    row = SETTINGS.model_copy(update={"network": Network.RESNET, "learning_rate": (1e-7, 0.05), "epochs": 4})
    tuned = train_folds("resnet18", row, *data)
    save_folds(tuned, load_slices(*data).fold, tmp_path / "models", tmp_path / "features.safetensors")
    arrays = load_arrays(tmp_path / "features.safetensors")
    assert arrays["tried"].tolist() == [[1e-7, 1e-4], [0.05, 1e-4]]
    assert arrays["tried_f1"].shape == (2, 2)
    for fold, result in enumerate(tuned):
        chosen = arrays["tried"][arrays["tried_f1"][fold].argmax()]
        np.testing.assert_array_equal(arrays["chosen"][fold], chosen)
        alone = row.model_copy(update={"learning_rate": (float(chosen[0]),)})
        np.testing.assert_array_equal(result.embedding, train_folds("resnet18", alone, *data)[fold].embedding)


def test_a_study_without_a_slice_is_named_before_anything_is_trained(data: tuple[Path, Path]) -> None:
    table = pl.read_csv(data[1] / "folds.csv")
    bare = pl.DataFrame({"study": "s99", "patient": "p99", "subtype": "a", "fold": 0}, schema=table.schema)
    pl.concat([table, bare]).write_csv(data[1] / "folds.csv")
    with pytest.raises(CohortError, match="1 studies have no slice"):
        train_folds("dmrn", SETTINGS, *data)


def test_a_class_of_one_fold_alone_is_named_before_anything_is_trained(data: tuple[Path, Path]) -> None:
    table = pl.read_csv(data[1] / "folds.csv")
    table.filter((pl.col("subtype") == "a") | (pl.col("fold") == 0)).write_csv(data[1] / "folds.csv")
    with pytest.raises(CohortError, match="without fold 0 no study is b"):
        train_folds("dmrn", SETTINGS, *data)


def test_a_stack_becomes_a_cube_without_losing_its_mean() -> None:
    ramp = np.broadcast_to(np.arange(4, dtype=np.float32)[:, None, None], (4, 8, 8))
    cube = as_cube(ramp)
    assert cube.shape == (8, 8, 8)
    assert cube.mean() == pytest.approx(1.5)
    assert (np.diff(cube[:, 3, 5]) >= 0).all()
    assert np.ptp(cube, axis=(1, 2)).max() == 0
    same = np.random.default_rng(0).random((8, 8, 8)).astype(np.float32)
    np.testing.assert_array_equal(as_cube(same), same)


def test_the_pairs_that_were_drawn_are_counted(data: tuple[Path, Path]) -> None:
    mix = train_folds("dmrn", SETTINGS, *data)[0].pair_mix
    assert mix is not None
    assert mix.sum() == 12 * 2  # slices of a fold's training part, epochs
    np.testing.assert_array_equal(mix.sum(axis=1), [12, 12])


def test_mined_pairs_are_not_those_that_were_drawn_and_are_not_counted(data: tuple[Path, Path]) -> None:
    mined = SETTINGS.model_copy(update={"mining": Mining.HARD, "epochs": 1})
    assert train_folds("hard_pairs", mined, *data)[0].pair_mix is None


def test_history_is_the_mean_of_the_folds(data: tuple[Path, Path]) -> None:
    results = train_folds("dmrn", SETTINGS, *data)
    table = history([result.epochs for result in results])
    assert table.columns == [
        "epoch",
        "learning_rate",
        "loss",
        "stage1",
        "stage2",
        "stage3",
        "stage4",
        "fold_1",
        "fold_2",
    ]
    first = table.row(0, named=True)
    assert first["loss"] == pytest.approx((first["fold_1"] + first["fold_2"]) / 2, abs=2e-5)
    assert first["loss"] == pytest.approx(sum(first[f"stage{k}"] for k in range(1, 5)), abs=1e-4)


@pytest.fixture
def parted(data: tuple[Path, Path]) -> tuple[Path, Path]:
    """The same with parts of its own: two studies of each class tested, two choose, two teach."""
    table = pl.read_csv(data[1] / "folds.csv")
    table.with_columns(fold=pl.Series([0] * 4 + [CHOOSES] * 4 + [TEACHES] * 4)).write_csv(data[1] / "folds.csv")
    return data


@pytest.mark.parametrize("rates", [(0.05,), (0.05, 0.0001)])
def test_parts_make_one_network_that_knows_nothing_of_the_test_part(
    parted: tuple[Path, Path], rates: tuple[float, ...]
) -> None:
    row = SETTINGS.model_copy(update={"learning_rate": rates})
    (first,) = train_folds("dmrn", row, *parted)
    shard = np.load(parted[0] / "0000.npy")
    shard[:8] = 3000  # the tested studies
    np.save(parted[0] / "0000.npy", shard)
    load_images.cache_clear()
    (second,) = train_folds("dmrn", row, *parted)
    assert all(torch.equal(value, second.weights[name]) for name, value in first.weights.items())
    assert first.tried == second.tried or len(rates) == 1
    assert first.pair_mix is not None
    assert first.pair_mix.sum() == 8 * 2  # slices that teach, epochs


def test_what_chooses_teaches_nothing_but_has_its_say(parted: tuple[Path, Path]) -> None:
    row = SETTINGS.model_copy(update={"learning_rate": (0.05, 0.0001)})
    (first,) = train_folds("dmrn", row, *parted)
    alone = train_folds("dmrn", row.model_copy(update={"learning_rate": first.tried.chosen[:1]}), *parted)[0]
    shard = np.load(parted[0] / "0000.npy")
    shard[8:] = 3000  # of the first ten slices the two that choose
    np.save(parted[0] / "0000.npy", shard)
    load_images.cache_clear()
    fixed = row.model_copy(update={"learning_rate": first.tried.chosen[:1]})
    (second,) = train_folds("dmrn", fixed, *parted)
    for name, value in alone.weights.items():
        assert torch.equal(value, second.weights[name]), name


def test_probabilities_of_what_is_in_no_test_are_no_numbers(parted: tuple[Path, Path], tmp_path: Path) -> None:
    row = SETTINGS.model_copy(update={"network": Network.RESNET})
    fold = load_slices(*parted).fold
    save_folds(train_folds("resnet18", row, *parted), fold, tmp_path / "models", tmp_path / "features.safetensors")
    found = load_arrays(tmp_path / "features.safetensors")["probability"]
    np.testing.assert_array_equal(np.isnan(found).any(axis=1), fold < 0)


def test_a_patient_in_two_parts_is_refused_before_anything_is_trained(parted: tuple[Path, Path]) -> None:
    table = pl.read_csv(parted[1] / "folds.csv")
    table.with_columns(patient=pl.col("patient").replace({"p4": "p0"})).write_csv(parted[1] / "folds.csv")
    with pytest.raises(CohortError, match="1 patients stand in two of train, val and test"):
        train_folds("dmrn", SETTINGS, *parted)
