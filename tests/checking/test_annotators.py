"""How long annotators would train."""

from __future__ import annotations

from pathlib import Path

import pytest

from lesionary.checking.annotators import STEPS, annotator_steps, seconds_a_step, steps_of
from lesionary.checking.labelling import Learnable
from lesionary.params.annotation import AnnotatorParams

PARAMS = Path(__file__).parents[2] / "params.yaml"
LEARNT = Learnable(labels=6, measurable=5, train=40, val=9, test=9)


def test_steps_are_those_of_every_epoch_and_network_without_incomplete_batches() -> None:
    row = AnnotatorParams.load_row("lesanet", PARAMS).model_copy(update={"epochs": 3, "batch": 16, "seeds": 2})
    assert steps_of(row, 40) == 2 * 3 * 2  # of 40 lesions by 16 the last eight wait for the next epoch
    assert steps_of(row, 10) == 2 * 3 * 1  # one incomplete batch is all there is


@pytest.mark.parametrize("row", ["lesanet", "multiscale_cnn", "warp", "lesion_embedding"])
def test_a_step_is_timed_whatever_a_row_is_trained_for(row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    small = {"width": 1, "features": 4, "batch": 4}
    params = AnnotatorParams.load_row(row, PARAMS).model_copy(update=small)
    assert seconds_a_step(params, LEARNT, side_px=40) > 0


def test_a_row_takes_as_long_as_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lesionary.checking.annotators.seconds_a_step", lambda *_: 0.5)
    row = AnnotatorParams.load_row("lesanet", PARAMS).model_copy(update={"epochs": 3, "batch": 10})
    (step,) = annotator_steps({"lesanet": row}, LEARNT, side_px=120)
    assert (step.stage, step.seconds) == ("train_annotator lesanet", 6.0)  # 12 steps
    assert step.how == f"12 steps, {STEPS} of which were timed on noise"


def test_a_large_batch_is_timed_in_part_on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    seen = []

    def noise(learnt: int, *_: int) -> None:
        seen.append(learnt)
        raise InterruptedError

    monkeypatch.setattr("lesionary.checking.annotators._noise", noise)
    params = AnnotatorParams.load_row("lesanet", PARAMS).model_copy(update={"batch": 128})
    with pytest.raises(InterruptedError):
        seconds_a_step(params, LEARNT, side_px=120)
    assert seen == [STEPS * 16]
