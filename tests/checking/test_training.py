"""How long rows would train."""

from __future__ import annotations

from pathlib import Path

import pytest

from lesionary.checking.tracks import Track
from lesionary.checking.training import STEPS, seconds_a_step, steps_of, training_steps
from lesionary.params.subtyping import SubtyperParams

PARAMS = Path(__file__).parents[2] / "params.yaml"


def test_steps_are_those_of_every_fold_epoch_and_candidate() -> None:
    row = SubtyperParams.load_row("dmrn", PARAMS).model_copy(update={"epochs": 4, "batch": 10})
    assert steps_of(row, 100, 5) == 5 * 4 * 8  # 80 slices a fold
    several = row.model_copy(update={"learning_rate": (0.1, 0.05), "weight_decay": (0.0, 0.1)})
    assert steps_of(several, 100, 5) == 5 * (4 + 1) * 4 * 8  # each candidate, and the best anew
    assert steps_of(row, 100, 1) == 4 * 7


@pytest.mark.parametrize("row", ["cnn3d", "dmrn"])
def test_a_step_is_timed_of_images_and_of_volumes(row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    small = {"depth": 18, "width": 4, "side_px": 32, "cube_px": 8, "batch": 2}
    params = SubtyperParams.load_row(row, PARAMS)
    small |= {"depth": params.depth} if row == "cnn3d" else {}
    assert seconds_a_step(params.model_copy(update=small)) > 0


def test_a_network_on_volumes_sees_studies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    monkeypatch.setattr("lesionary.checking.training.seconds_a_step", lambda settings: 2.0)
    monkeypatch.setenv("LESIONARY_WORKERS", "2")
    own = tmp_path / "params.yaml"
    text = PARAMS.read_text("utf-8")
    own.write_text(text.replace("subtyping: [dmrn, resnet101, clinical]", "subtyping: [cnn3d, clinical]"), "utf-8")
    (step,) = training_steps([Track("subtyping", True, {"slices": 10_000, "studies": 20})], own)
    row = SubtyperParams.load_row("cnn3d", PARAMS)
    steps = 5 * row.epochs * 4  # 16 studies a fold, four a step
    assert (step.stage, step.seconds) == ("train_subtyper cnn3d", steps)
    assert step.how == f"{steps} steps, {STEPS} of which were timed on noise"
