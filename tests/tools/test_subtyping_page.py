from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import subtyping_page

NAMES = ("accuracy", "sensitivity", "specificity", "precision", "f1")
VALUES = {"dmrn": 0.8, "sdl": 0.9, "resnet50": 0.6, "arl": 0.7, "without_ms": 0.75, "mine": 0.5, "joint": 0.85}
TRAINING = {"seed": 4, "width": 8, "side_px": 64, "epochs": 7, "weights": None}
PARAMS = {
    "subtyping": {"training": TRAINING},
    "folds": {"count": 5, "by": "patient", "seed": 1},
    "evaluation": {"level": 0.95, "seed": 3},
}
CLASSES = {"ACA": 3, "GN": 1}


@pytest.fixture
def page(tmp_path: Path) -> str:
    """The page of seven rows: SDL and not DMRN is best, one row is not in the paper, and one goes beyond it."""
    counts = {**CLASSES, "total": 4}
    write(tmp_path / "metrics/cohort.json", {"patients": 4, "studies": counts, "slices": counts})
    for row, value in VALUES.items():
        means = {name: value for name in NAMES} | {f"{name}_sd": 0.1 for name in NAMES}
        scores = {"ece": 0.25, "brier": 0.5, "log_loss": 1.0}
        calibration = {"study": means | scores, "study_recalibrated": scores | {"temperature": 0.5}}
        write(tmp_path / f"metrics/subtyping/{row}.json", {"slice": means, **calibration})
        plots = tmp_path / f"plots/subtyping/{row}"
        plots.mkdir(parents=True)
        units = ("study", "slice")
        intervals = [(unit, name, value, value - 0.1, value + 0.05) for unit in units for name in NAMES]
        columns = ["unit", "metric", "value", "low", "high"]
        pl.DataFrame(intervals, columns, orient="row").write_csv(plots / "intervals.csv")
        classes = [(unit, name, n, 0.5, 0.25, 0.75, value) for unit in units for name, n in CLASSES.items()]
        columns = ["unit", "class", "cases", *NAMES[1:]]
        pl.DataFrame(classes, columns, orient="row").write_csv(plots / "per_class.csv")
    tests = ["p_folds", "p_corrected", "p_cases", "p_mcnemar"]
    differences = [
        (row, "study", name, value - 0.8, value - 0.8 - width, value - 0.8 + width, 0.0001, 0.2, 0.03, 0.06)
        for (row, value), width in zip(list(VALUES.items())[1:], (0.05, 0.05, 0.15, 0.1, 0.01, 0.02), strict=True)
        for name in NAMES
    ]
    columns = ["row", "unit", "metric", "value", "low", "high", *tests]
    pl.DataFrame(differences, columns, orient="row").write_csv(tmp_path / "plots/subtyping/differences.csv")
    figures = tmp_path / "plots/subtyping/figures"
    figures.mkdir()
    (figures / "ablations.svg").write_text("<svg/>", "utf-8")
    write(tmp_path / "subtyping.json", {row: {} for row in VALUES})
    write(tmp_path / "subtyping.made.json", {"commit": "0123456789abcdef", "params": PARAMS})
    subtyping_page.main(tmp_path / "subtyping.json", tmp_path / "page.md", tmp_path)
    return (tmp_path / "page.md").read_text("utf-8")


def write(path: Path, values: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values), "utf-8")


def test_a_row_stands_above_the_papers_with_spread_and_interval(page: str) -> None:
    lines = page.splitlines()
    ours = lines.index("| sdl |" + " **90.00 ± 10.00 [80.0, 95.0]** |" * 5)
    assert (
        lines[ours + 1]
        == "| *SDL* | *84.72 ± 5.08* | *86.03 ± 4.62* | *96.15 ± 1.27* | *85.18 ± 5.07* | *85.38 ± 4.87* |"
    )


def test_a_row_of_our_own_has_no_published_line(page: str) -> None:
    lines = page.splitlines()
    assert not lines[next(n for n, line in enumerate(lines) if line.startswith("| mine |")) + 1].startswith("| *SDL")


def test_all_six_tables_are_there_and_ablations_only_in_the_sixth(page: str) -> None:
    parts = page.split("\n## ")
    for number in range(1, 7):
        assert any(part.splitlines()[0].endswith(f"(Table {number})") for part in parts)
    second, sixth = (next(part for part in parts if f"(Table {n})" in part) for n in (2, 6))
    assert "| without_ms |" in sixth
    assert "without_ms" not in second
    assert "| *DMRN w.o. MS* | *87.77*" in sixth
    assert "| *DMRN w.o. RS, MS, SFL* | *79.04*" in sixth.split("**Published, and not built here**")[1]


def test_what_is_told_apart_follows_from_the_intervals(page: str) -> None:
    line = next(line for line in page.splitlines() if line.startswith("The paper calls"))
    assert line.startswith("The paper calls 3 of these rows worse than DMRN")
    assert "over studies, worse than dmrn here: resnet50; better: sdl; not told apart: arl." in line
    assert "Of all 6 rows, p lies below 0.05 by t, folds: 6; t, folds, corrected: 0; t, studies: 6; McNemar: 0." in line


def test_ranks_and_sides_are_those_of_the_numbers(page: str) -> None:
    assert "- studies, Table 2: by accuracy dmrn is 1 of 4 in the paper, 2 here." in page
    assert "- studies, Table 6: by accuracy dmrn is 1 of 2 in the paper, 1 here." in page
    line = next(line for line in page.splitlines() if line.startswith("- studies, Table 2, accuracy: Spearman"))
    assert "correlation 0.80. On the same side of dmrn as in the paper: resnet50, arl; not: sdl." in line


def test_a_row_beyond_the_paper_has_its_block_and_its_difference_is_said(page: str) -> None:
    second = next(part for part in page.split("\n## ") if "(Table 2)" in part)
    assert "| joint |" in second.split("| **Beyond the paper** |")[1]
    assert "- studies, accuracy less that of dmrn, better: joint 5.00 [3.0, 7.0]." in page


def test_calibration_is_a_table_of_every_row(page: str) -> None:
    part = next(part for part in page.split("\n## ") if part.startswith("Can study probabilities be believed?"))
    for row in VALUES:
        assert f"| {row} | 0.250 | 0.500 | 1.000 | 0.250 | 0.500 | 1.000 | 0.50 |" in part
    assert "Lower is better." in part


def test_a_table_of_too_few_rows_has_no_order(page: str) -> None:
    assert "- studies, Table 6, accuracy" not in page


def test_what_was_run_is_said(page: str) -> None:
    assert "from commit 0123456789, seed 4" in page
    assert "width 8 (paper: 64), 64 px (224), 7 epochs (200), from scratch (ImageNet)" in page
    assert "5 folds by patient, seed 1" in page


def test_figures_that_were_drawn_stand_beside_the_page(page: str, tmp_path: Path) -> None:
    assert "](page_ablations.svg)" in page
    assert (tmp_path / "page_ablations.svg").read_text("utf-8") == "<svg/>"
    assert "Figure 5" not in page


def test_scanners_stand_beside_the_folds_by_patient(tmp_path: Path) -> None:
    assert subtyping_page.scanners(tmp_path / "subtyping.json") == []
    makers = {"ge": {"cases": 24, "accuracy": 0.5}, "siemens": {"cases": 10, "accuracy": 0.25}}
    apart = {
        "dmrn": {"study": {"accuracy": 0.4}, "scanner": makers},
        "mine": {"study": {"accuracy": 0.3}, "scanner": makers},
    }
    write(tmp_path / "subtyping_scanners.json", apart)
    write(tmp_path / "subtyping.json", {"dmrn": {"study": {"accuracy": 0.8}}})
    _, _, table = subtyping_page.scanners(tmp_path / "subtyping.json")
    assert table.splitlines() == [
        "| row | ge (24 studies) | siemens (10 studies) | all, pooled | all, folds by patient |",
        "|---|---|---|---|---|",
        "| dmrn | 50.0 | 25.0 | 40.0 | 80.0 |",
        "| mine | 50.0 | 25.0 | 30.0 | – |",
    ]
