"""Pictures of the annotation track."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from lesionary.annotation.outcomes import Outcome, Verdict
from lesionary.evaluation.probabilities.calibration import reliability_of_labels
from lesionary.figures.annotated.lesions import Match, Shown, draw_retrieval, draw_samples
from lesionary.figures.annotated.ontology import draw_ontology, outermost_exclusives
from lesionary.figures.annotated.propagation import draw_propagation, readable
from lesionary.figures.reliability import draw_reliability
from lesionary.figures.subsets import draw_subsets
from lesionary.figures.windows import everything
from lesionary.ontology.ours import our_ontology

SHOWN = Shown("l1", np.arange(64, dtype=np.int16).reshape(8, 8), np.array([2.0, 2.0, 6.0, 5.0]), everything())
TOLD = [Outcome(Verdict.RIGHT, "left lung", 0.9, unsaid=True), Outcome(Verdict.MISSED, "nodule $5", 0.1, unsaid=False)]
MATCH = Match(SHOWN, ["left lung"], ["cyst"], "A cyst costs $5 or $6.")
CELLS = np.array([[True], [False]])


def subsets(path: Path) -> None:
    rows = [(9, 9, 1, 0.5), (2, 9, 1, 0.4), (2, 2, 3, 0.3)]
    path.write_bytes(draw_subsets(pl.DataFrame(rows, ["trained_above", "tested_above", "labels", "f1"], orient="row")))


def reliability(path: Path) -> None:
    draw_reliability({"text_mined": reliability_of_labels(np.array([[0.9], [0.2]]), CELLS, CELLS | True)}, path)


DRAWINGS: list[Callable[[Path], None]] = [
    lambda path: draw_ontology(our_ontology(), {"lung"}, path),
    lambda path: draw_propagation(np.array([[1.1, -0.1], [0.0, 1.0]]), ["a", "b"], path),
    reliability,
    subsets,
    lambda path: draw_samples([(SHOWN, TOLD)] * 3, path, columns=2),
    lambda path: draw_retrieval([(SHOWN, TOLD, [MATCH, MATCH])], path),
]


@pytest.mark.parametrize("draw", DRAWINGS)
def test_the_same_content_is_the_same_bytes(draw: Callable[[Path], None], tmp_path: Path) -> None:
    draw(tmp_path / "1")
    draw(tmp_path / "2")
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_the_sheet_of_samples_grows_by_rows(tmp_path: Path) -> None:
    sizes = []
    for count in (2, 4):
        draw_samples([(SHOWN, TOLD)] * count, tmp_path / "sheet.png", columns=2)
        with Image.open(tmp_path / "sheet.png") as sheet:
            sizes.append(sheet.size)
    assert sizes[0][0] == sizes[1][0]
    assert sizes[1][1] > 1.8 * sizes[0][1]


def test_without_a_lesion_the_sheets_are_empty(tmp_path: Path) -> None:
    draw_samples([], tmp_path / "samples.png")
    draw_retrieval([], tmp_path / "similar.png")
    assert (tmp_path / "similar.png").stat().st_size > 0


def test_an_exclusion_that_follows_from_another_is_not_drawn() -> None:
    lobes = our_ontology().only(["left lung", "right lung", "right lower lobe"])
    assert outermost_exclusives(lobes) == [("left lung", "right lung")]


def test_labels_of_the_papers_figure_come_before_more_frequent_ones() -> None:
    table = pl.DataFrame(
        {"label": ["lung", "liver", "cyst"], "class": ["bodypart", "bodypart", "type"], "train": [9, 8, 7]}
    )
    assert readable(table, 1) == ["liver"]
    assert readable(table, 3) == ["lung", "liver", "cyst"]
