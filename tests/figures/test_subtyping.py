"""Pictures."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lesionary.base.sections import read_params
from lesionary.figures.subtyping import (
    draw_confusion,
    draw_confusions,
    draw_curves,
    draw_embedding,
    draw_embeddings,
)
from lesionary.params.subtyping import Encoder, SubtyperParams
from lesionary.site.published import read_published
from lesionary.subtyping.describing import ABLATIONS, BEYOND, describe, size
from lesionary.subtyping.learning.results import history

PARAMS = Path(__file__).parents[2] / "params.yaml"
HISTORY = pl.DataFrame({"epoch": [1, 2], "learning_rate": [0.1, 0.05], "loss": [2.0, 1.0], "fold_1": [2.0, 1.0]})


def draw(kind: str, path: Path) -> bytes:
    if kind == "confusion":
        draw_confusion(np.array([[3, 1], [0, 2]]), ["left <b>", "right"], "title", path)
    elif kind == "curves":
        draw_curves(HISTORY, "title", path)
    elif kind == "confusions":
        draw_confusions({f"row {n}": np.array([[3, n], [0, 2]]) for n in range(4)}, ["left <b>", "right"], path)
    elif kind == "embeddings":
        points = {f"row {n}": np.eye(4)[:, :2] + n for n in range(2)}
        draw_embeddings(points, np.array([0, 1, 0, 1]), ["a", "b"], path)
    else:
        draw_embedding(np.eye(4)[:, :2], np.array([0, 1, 0, 1]), ["a", "b"], "title", path)
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["confusion", "confusions", "curves", "embedding", "embeddings"])
def test_the_same_content_is_the_same_bytes(tmp_path: Path, kind: str) -> None:
    first, second = draw(kind, tmp_path / "a" / "1.svg"), draw(kind, tmp_path / "2.svg")
    assert first == second
    assert first.startswith(b"<?xml")


def test_panels_stand_three_beside_each_other(tmp_path: Path) -> None:
    sizes = []
    for count in (1, 3, 4):
        draw_confusions({f"row {n}": np.eye(2, dtype=int) for n in range(count)}, ["a", "b"], tmp_path / "1.svg")
        head = (tmp_path / "1.svg").read_text(encoding="utf-8")
        sizes.append(tuple(float(re.search(rf'{side}="([\d.]+)pt"', head)[1]) for side in ("width", "height")))  # type: ignore[index]
    (one, line), (three, same), (four, two) = sizes
    assert (three, four) == (pytest.approx(3 * one), three)
    assert (same, two) == (line, pytest.approx(2 * line))


def test_a_reduced_network_says_so() -> None:
    params = SubtyperParams.load_row("dmrn", PARAMS)
    reduced = params.model_copy(update={"width": 8, "side_px": 64, "epochs": 7, "weights": None})
    text = describe("dmrn", reduced)
    assert "reduced: width 8 (paper 64), 64 px (224), 7 epochs (200), from scratch (ImageNet)" in text
    full = params.model_copy(update={"width": 64, "side_px": 224, "epochs": 200, "weights": "IMAGENET1K_V1"})
    assert describe("dmrn", full) == "dmrn: ResNet-101, as in the paper"
    assert size(reduced) == {"depth": 101, "width": 8, "side_px": 64, "epochs": 7}


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("vgg19", "vgg19: VGG-19, reduced: width 8"),
        ("sdl", "sdl: two ResNet-50, reduced"),
        ("without_ms", "without_ms: ResNet-101, one scale, reduced"),
        ("cnn3d", "cnn3d: 3-D network of 9 layers, reduced: width 8 (paper 64), volumes of 32 px (not said)"),
        ("regnet", "regnet: RegNetY of 65 layers, reduced"),
        ("balanced_pairs", "balanced_pairs: ResNet-101, partners balanced over classes, reduced"),
        ("hard_pairs", "hard_pairs: ResNet-101, hardest pairs, reduced"),
        ("joint", "joint: ResNet-101, with cross-entropy, reduced"),
        ("hand_crafted", "hand_crafted: SVM on local binary patterns and oriented gradients"),
    ],
)
def test_every_row_says_what_it_is(row: str, text: str) -> None:
    params = SubtyperParams.load_row(row, Path(__file__).parents[2] / "params.yaml")
    assert describe(row, params).startswith(text)


def test_the_curves_of_a_row_that_trains_no_network_are_an_empty_picture(tmp_path: Path) -> None:
    history([]).write_csv(tmp_path / "history.csv")
    draw_curves(pl.read_csv(tmp_path / "history.csv"), "hand_crafted", tmp_path / "curves.svg")
    assert (tmp_path / "curves.svg").read_bytes().startswith(b"<?xml")


def test_every_row_of_params_is_described_and_ablations_each_in_their_own_words() -> None:
    rows = read_params(PARAMS)["subtypers"]
    told = {row: describe(row, SubtyperParams.load_row(row, PARAMS)).removeprefix(f"{row}: ") for row in rows}
    assert not [row for row, text in told.items() if text.startswith(row)]
    apart = [row for row in ABLATIONS if row != "without_ms_sfl_rs"]  # which differs by when pairs are drawn
    assert len({told[row] for row in apart}) == len(apart)


def test_dmrn_on_another_encoder_says_so() -> None:
    params = SubtyperParams.load_row("dmrn", PARAMS).model_copy(update={"encoder": Encoder.REGNET, "depth": 65})
    assert describe("mine", params).startswith("mine: RegNetY of 65 layers, reduced")


@pytest.mark.parametrize(
    ("row", "text"), [("clinical", "mean HU and size"), ("first_order", "first-order features of HU, and size")]
)
def test_a_row_without_a_network_has_no_size(row: str, text: str) -> None:
    params = SubtyperParams.load_row(row, PARAMS)
    assert describe(row, params) == f"{row}: logistic regression on {text}"
    assert size(params) == {}


def test_rows_beyond_the_paper_are_rows_and_published_nowhere() -> None:
    published = read_published()
    assert set(BEYOND) <= set(read_params(PARAMS)["subtypers"])
    assert not [(table, row) for table in published.tables for row in BEYOND if published.has(table, row)]
