"""Tables and computed paragraphs of the subtyping section."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from lesionary.evaluation.multiclass import NAMES
from lesionary.site.differences import read_differences
from lesionary.site.order import subtyping_orders
from lesionary.site.published import read_published
from lesionary.site.rows import Row
from lesionary.site.subtyping import Subtyping
from lesionary.site.subtyping_tables import SubtypingTables
from lesionary.site.tables import Whose
from lesionary.subtyping.comparing import SCHEMA

COUNTS = {unit: {"ACA": 3, "GN": 1, "total": 4} for unit in ("studies", "slices")}


def rows_of(folder: Path, accuracy: dict[str, float]) -> tuple[Row, ...]:
    """Rows that reach these in every metric of both levels."""
    rows = []
    for name, value in accuracy.items():
        values = dict.fromkeys(NAMES, value)
        scores = {"ece": value / 10, "brier": value / 5, "log_loss": value}
        numbers = {"study": values | scores, "slice": values, "study_recalibrated": {"ece": 0.01, "temperature": 2.0}}
        (folder / f"{name}.json").write_text(json.dumps(numbers), "utf-8")
        (folder / name).mkdir()
        intervals = pl.DataFrame({"unit": ["study"], "metric": ["accuracy"], "low": [0.1], "high": [0.9]})
        intervals.write_csv(folder / name / "intervals.csv")
        rows.append(Row(name, "", folder / f"{name}.json", folder / name))
    return tuple(rows)


def test_an_ablation_stands_in_table_6_from_little_to_all_and_not_in_table_2(tmp_path: Path) -> None:
    rows = rows_of(
        tmp_path, {"dmrn": 0.9, "without_ms": 0.8, "without_ms_sfl_rs": 0.5, "single_branch": 0.6, "sdl": 0.7}
    )
    tables = SubtypingTables(rows, COUNTS, read_published())
    built, others = tables.ablations.groups
    ours = [line.name for line in built.lines if line.whose is Whose.OURS]
    assert ours == ["single_branch", "without_ms_sfl_rs", "without_ms", "dmrn"]
    assert [line.name for line in others.lines] == ["DMRN w.o. MS, SFL"]
    second = [line.name for line in tables.overall("study").groups[0].lines if line.whose is Whose.OURS]
    assert second == ["dmrn", "sdl"]
    fourth = [line.name for line in tables.overall("slice").groups[0].lines if line.whose is Whose.OURS]
    assert fourth == [row.name for row in rows]


def test_rows_beyond_the_paper_are_a_block_of_their_own_and_may_be_the_best(tmp_path: Path) -> None:
    tables = SubtypingTables(rows_of(tmp_path, {"dmrn": 0.6, "joint": 0.9, "mine": 0.7}), COUNTS, read_published())
    first, others, beyond = tables.overall("study").groups
    assert [line.name for line in first.lines if line.whose is Whose.OURS] == ["dmrn", "mine"]
    assert (beyond.title, [line.name for line in beyond.lines]) == ("Beyond the paper", ["joint"])
    assert (beyond.lines[0].cells[0].best, any(line.cells[0].best for line in first.lines)) == (True, False)
    assert "SDL" in [line.name for line in others.lines]
    assert len(tables.ablations.groups) == 2


def test_calibration_stands_before_and_after(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, {"dmrn": 0.6, "joint": 0.9})
    table = SubtypingTables(rows, COUNTS, read_published()).calibration
    (dmrn,), (joint,) = (group.lines for group in table.groups)
    assert [cell.text for cell in dmrn.cells] == ["0.060", "0.120", "0.600", "0.010", "–", "–", "2.00"]
    assert len(table.head) == sum(width for _, width in table.spans) == len(joint.cells)


def test_what_beats_dmrn_is_said_with_its_interval(tmp_path: Path) -> None:
    lines = [("joint", "study", 0.05, 0.25, 0.1), ("regnet", "study", -0.3, -0.1, 0.1), ("sdl", "study", 0.1, 0.2, 0.1)]
    differences(tmp_path, [*lines, ("hard_pairs", "study", -0.1, 0.2, 0.1)])
    found = read_differences(["dmrn", "joint", "regnet", "sdl", "hard_pairs"], tmp_path, read_published())
    assert [(one.row, one.side, one.difference.text) for one in found.beyond("study")] == [
        ("joint", "better", "15.00"),
        ("hard_pairs", "not told apart", "5.00"),
        ("regnet", "worse", "-20.00"),
    ]
    assert found.beyond("slice") == []


def test_another_reading_of_a_row_has_no_published_line_of_its_own(tmp_path: Path) -> None:
    built = SubtypingTables(rows_of(tmp_path, {"single_branch": 0.6}), COUNTS, read_published()).ablations.groups[0]
    assert [line.whose for line in built.lines] == [Whose.OURS]


def test_rows_in_the_published_order_agree_with_tables_2_and_4(tmp_path: Path) -> None:
    same = {"resnet50": 0.1, "arl": 0.2, "sdl": 0.3, "dmrn": 0.4, "a_row_of_ours": 0.9}
    found = subtyping_orders(rows_of(tmp_path, same), read_published())
    assert [(one.test, one.metric) for one in found] == [
        (title, metric) for title in ("studies, Table 2", "slices, Table 4") for metric in ("accuracy", "f1")
    ]
    assert (found[0].correlation, found[0].other) == (pytest.approx(1.0), ())
    assert found[0].same == ("resnet50", "arl", "sdl")


def test_the_four_rows_of_table_6_are_an_order_by_themselves(tmp_path: Path) -> None:
    turned = {"without_ms_sfl_rs": 0.2, "without_ms_sfl": 0.1, "without_ms": 0.5, "dmrn": 0.4}
    accuracy, _ = subtyping_orders(rows_of(tmp_path, turned), read_published())
    assert accuracy.correlation == pytest.approx(1 - 6 * 4 / (4 * 15))
    assert accuracy.other == ("without_ms",)


def differences(folder: Path, rows: list[tuple[str, str, float, float, float]]) -> None:
    """Row, unit, low, high, p of the t-test over folds; everything else alike."""
    lines = [
        {"row": row, "unit": unit, "metric": name, "value": (low + high) / 2, "low": low, "high": high}
        | {"p_folds": p, "p_corrected": 0.5, "p_cases": None, "p_mcnemar": None}
        for row, unit, low, high, p in rows
        for name in NAMES
    ]
    (folder / "subtyping").mkdir()
    pl.DataFrame(lines, SCHEMA).write_csv(folder / "subtyping" / "differences.csv")


def test_rows_are_told_apart_by_the_interval_and_counted_by_each_test(tmp_path: Path) -> None:
    differences(
        tmp_path, [("a", "study", -0.3, -0.1, 0.01), ("b", "study", -0.2, 0.1, 0.04), ("c", "study", 0.1, 0.2, 0.2)]
    )
    (told,) = read_differences(["dmrn", "a", "b", "c"], tmp_path, read_published()).told
    assert (told.unit, told.rows, told.apart) == ("studies", 3, ("a", "c"))
    assert told.below == {"t, folds": 2, "t, folds, corrected": 0, "t, studies": 0, "McNemar": 0}


def test_of_one_row_alone_nothing_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "subtyping").mkdir()
    pl.DataFrame(schema=SCHEMA).write_csv(tmp_path / "subtyping" / "differences.csv")
    found = read_differences(["dmrn"], tmp_path, read_published())
    assert (found.told, found.of("study")) == ([], None)


def test_the_papers_p_stands_beside_ours_and_below_for_rows_that_are_not_built(tmp_path: Path) -> None:
    differences(tmp_path, [("sdl", "study", -0.3, -0.1, 0.0004), ("mine", "study", -0.3, -0.1, 0.5)])
    found = read_differences(["dmrn", "sdl", "mine"], tmp_path, read_published())
    table = found.of("study")
    assert table is not None
    sdl, mine = table.groups[0].lines
    assert (sdl.cells[5].text, sdl.cells[-1].text, sdl.cells[-1].key) == ("<0.001", "0.05", "study_p/sdl/below")
    assert (mine.cells[-1].text, sdl.cells[0].text, sdl.cells[0].interval) == ("–", "-20.00", "[-30.0, -10.0]")
    assert [line.name for line in table.groups[1].lines][:2] == ["HC", "3D-CNN"]
    assert len(table.groups[1].lines) == 7
    assert found.of("slice") is None


def test_what_was_tuned_is_said(run: dict[str, Path], write_page: Callable[[], str]) -> None:
    assert "was tuned" not in write_page()
    path = run["metrics"] / "subtyping" / "my_own.json"
    tuned = {"tuned": {"learning_rate": 0.01, "weight_decay": 0.001}}
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | tuned), "utf-8")
    page = " ".join(write_page().split())
    assert "<b>my_own</b> was tuned on held-out patients" in page
    assert "learning rate 0.01, weight decay 0.001." in page


def test_rows_that_draw_pairs_alike_are_told_in_one_paragraph(
    run: dict[str, Path], write_page: Callable[[], str]
) -> None:
    assert "Drawn likewise" not in write_page()
    path = run["metrics"] / "subtyping" / "my_own.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"pairs": {"same_class": 0.55}}), "utf-8")
    page = " ".join(write_page().split())
    assert "Drawn likewise: my_own, 55.0 %." in page
    assert page.count("Equal contributions would make that") == 1


def test_the_page_says_what_beats_dmrn_and_how_far_probabilities_can_be_believed(
    run: dict[str, Path], write_page: Callable[[], str]
) -> None:
    page = " ".join(write_page().split())
    assert 'id="subtyping-calibration"' in page
    assert "Share of studies that clinical is right about by how sure it is" in page
    beyond = page.split('id="beyond"')[1].split("</ul>")[0]
    assert "clinical" in beyond
    assert "my_own" not in beyond


def test_of_several_rows_what_was_not_drawn_is_not_promised(
    run: dict[str, Path], write_page: Callable[[], str]
) -> None:
    assert 'href="#ablations"' in write_page()
    (run["plots"] / "subtyping" / "figures" / "ablations.svg").unlink()
    page = write_page()
    assert 'href="#ablations"' not in page
    assert 'id="ablations"' not in page
    assert 'id="embeddings"' in page


def test_always_answering_with_one_class_is_scored_on_what_is_tested() -> None:
    counts = {"ACA": 6, "GN": 2, "total": 8}
    tested = {"ACA": 1, "GN": 3, "total": 4}
    whole = {"studies": counts, "slices": counts, "tested": {"studies": tested, "slices": tested}}
    line = SubtypingTables((), whole, read_published()).majority("study")
    assert (line.name, line.cells[0].text) == ("always GN", "75.00")


def test_parts_and_scanners_are_told_from_folds() -> None:
    rows = {"study": list("abcd"), "patient": list("abcd"), "subtype": ["ACA"] * 4}
    folds = [pl.DataFrame({**rows, "fold": fold}) for fold in ([0, 1, 0, 1], [-1, -1, -2, 0])]
    both = [Subtyping((), {}, read_published(), {}, table) for table in folds]
    assert [one.parts for one in both] == [None, {"teach": 2, "choose": 1, "test": 1}]
    scanned = Subtyping((), {}, read_published(), {}, folds[0].with_columns(scanner=pl.Series(["ge", "uih"] * 2)))
    assert (both[0].makers, scanned.makers) == ([], ["ge", "uih"])
