"""DeepLesion becomes a cohort as it lies; released labels name lesions where row numbers do."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from exports import content, run, write
from guests import LESION, ROW, whole_table, write_deeplesion, write_slices
from own_cohort import params

from lesionary.base.errors import CohortError
from lesionary.checking.checking import check
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.importing.importing import plan_import
from lesionary.importing.request import Request


def asked(folder: Path, **changed: object) -> Request:
    return Request(**{"source": folder / "deep", "cohort": folder / "own", "memory": folder / "m.csv", **changed})


def hand_labelled(folder: Path, **changed: object) -> Path:
    """As released: of row 7 a label twice."""
    lesion = {"text": "cyst", "lesion_idx": 7, "expanded_terms": ["cyst", "liver", "cyst"], **changed}
    return write(folder / "hand.json", json.dumps([lesion]))


@pytest.mark.parametrize("copy", [False, True])
def test_the_folder_becomes_a_cohort_whose_lesions_are_the_tables(tmp_path: Path, copy: bool) -> None:
    write_deeplesion(tmp_path / "deep")
    run(asked(tmp_path, copy=copy))
    index = index_cohort(Cohort.open(tmp_path / "own"), max_gap_mm=0, tilt_deg=0.5)
    assert [row.lesion for row, _, _ in index.lesions] == [LESION]
    assert index.series["000001_01_01"].read(index.cohort.files, range(3))[:, 0, 0].tolist() == [103, 104, 105]
    assert not index.set_aside.problems


def test_a_second_import_changes_no_byte_and_slices_that_came_are_added(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep")
    run(asked(tmp_path))
    before = content(tmp_path / "own")
    assert run(asked(tmp_path)).refused == []
    assert content(tmp_path / "own") == before
    write_slices(tmp_path / "deep" / "Images_png" / "000001_01_01", (106,))
    plan = run(asked(tmp_path))
    assert plan.listing is not None
    assert (len(plan.listing.rows), len(plan.listing.added), plan.listing.hashed) == (4, 1, 1)


def test_a_table_that_is_there_with_other_rows_stays(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep")
    run(asked(tmp_path))
    before = (tmp_path / "own" / "DL_info.csv").read_bytes()
    write_deeplesion(tmp_path / "deep", [ROW, {**ROW, "Bounding_boxes": "1, 1, 3, 3"}])
    assert [one.reason for one in run(asked(tmp_path)).refused] == ["is there with other rows: left as it is"]
    assert (tmp_path / "own" / "DL_info.csv").read_bytes() == before


def test_released_labels_are_given_to_the_lesion_of_their_row(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep", whole_table(7))
    run(asked(tmp_path, sheets={"labels": hand_labelled(tmp_path)}))
    table = pl.read_csv(tmp_path / "own" / "labels.csv", infer_schema=False)
    assert table.rows() == [(LESION, "1_1", "cyst"), (LESION, "1_1", "liver")]
    before = content(tmp_path / "own")
    run(asked(tmp_path, sheets={"labels": hand_labelled(tmp_path)}))
    assert content(tmp_path / "own") == before


def test_row_numbers_of_a_table_with_missing_rows_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep", whole_table(7)[:-1])
    with pytest.raises(CohortError, match="has 32734 rows, the official table 32735: a row's number here is not the"):
        run(asked(tmp_path, sheets={"labels": hand_labelled(tmp_path)}))
    assert not (tmp_path / "own").exists()


def mined(folder: Path, **changed: object) -> Path:
    """As released: of row 7 in train, with labels twice, and of each other part a row without any."""
    lists = {f"{part}_{kind}_labels": [[]] for part in ("train", "val", "test") for kind in ("relevant", "uncertain")}
    said = {"train_relevant_labels": [[1, 0, 1]], "train_uncertain_labels": [[0]], "train_irrelevant_labels": [[1, 2]]}
    rows = {"train_lesion_idxs": [7], "val_lesion_idxs": [8], "test_lesion_idxs": [9]}
    content = {"term_list": ["lung", "cyst", "fat"], **lists, **said, **rows, **changed}
    return write(folder / "mined.json", json.dumps(content))


def test_released_mined_labels_are_given_to_the_lesion_of_their_row_with_the_released_split(tmp_path: Path) -> None:
    """Of what is said of one label the strongest; the split is not that of the table, which puts row 7 into val."""
    write_deeplesion(tmp_path / "deep", whole_table(7))
    plan = run(asked(tmp_path, sheets={"mined": mined(tmp_path)}))
    assert plan.refused == []
    table = pl.read_csv(tmp_path / "own" / "mined.csv", infer_schema=False)
    assert table.columns == ["lesion", "study", "label", "relation", "split"]
    assert table.rows() == [
        (LESION, "1_1", "lung", "relevant", "train"),
        (LESION, "1_1", "cyst", "relevant", "train"),
        (LESION, "1_1", "fat", "irrelevant", "train"),
    ]
    before = content(tmp_path / "own")
    run(asked(tmp_path, sheets={"mined": mined(tmp_path)}))
    assert content(tmp_path / "own") == before
    report, _ = check(tmp_path / "own", params(tmp_path))
    annotation = report.tracks[1]
    assert (annotation.possible, annotation.used["of these in train"]) == (False, 1)  # one lesion teaches nothing


def refused(folder: Path, table: list[dict[str, str]], mined_labels: Path, reason: str) -> None:
    write_deeplesion(folder / "deep", table)
    with pytest.raises(CohortError, match=reason):
        run(asked(folder, sheets={"mined": mined_labels}))
    assert not (folder / "own").exists()


def test_row_numbers_of_mined_labels_are_refused_on_a_table_with_missing_rows(tmp_path: Path) -> None:
    reason = "has 32734 rows, the official table 32735: a row's number here is not the"
    refused(tmp_path, whole_table(7)[:-1], mined(tmp_path), reason)


def test_lists_that_put_a_patient_into_two_parts_are_refused(tmp_path: Path) -> None:
    table = whole_table(7)
    table[9] = table[9] | {"Patient_index": "1"}
    refused(tmp_path, table, mined(tmp_path), r"mined.json, test: its lesion 9 is of a patient of train, too .take the")


@pytest.mark.parametrize("number", [-1, 32_735])
def test_a_number_beyond_the_table_is_refused(tmp_path: Path, number: int) -> None:
    lists = mined(tmp_path, val_lesion_idxs=[number])
    refused(tmp_path, whole_table(7), lists, f"mined.json, val: its lesion {number} is no row of 32735")


def test_labels_given_by_hand_are_no_mined_ones_and_the_other_way_round(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep", whole_table(7))
    for sheets, reason in (({"mined": hand_labelled(tmp_path)}, "give it as --labels"),
                           ({"labels": mined(tmp_path)}, "give it as --mined")):  # fmt: skip
        with pytest.raises(CohortError, match=reason):
            run(asked(tmp_path, sheets=sheets))


def test_mined_labels_by_name_need_no_whole_table_and_columns_are_mapped(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep")
    sheet = write(tmp_path / "mine.csv", f'L\xe4sion;study;label;Urteil\n"{LESION}";1_1;cyst;relevant\n', "latin-1")
    columns = {"mined": {"lesion": "L\xe4sion", "relation": "Urteil"}}
    run(asked(tmp_path, sheets={"mined": sheet}, columns=columns))
    assert pl.read_csv(tmp_path / "own" / "mined.csv").rows() == [(LESION, "1_1", "cyst", "relevant")]


def test_a_row_of_mined_labels_that_cannot_be_taken_is_named_by_its_row_and_column(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep")
    sheet = write(tmp_path / "mine.csv", f'lesion;study;label;relation\n"{LESION}";1_1;cyst;maybe\n')
    (refused,) = run(asked(tmp_path, sheets={"mined": sheet})).refused
    assert (refused.file, refused.line, refused.column, refused.value) == ("mine.csv", 2, "relation", "maybe")


def test_of_the_real_mined_labels_as_many_lesions_have_some_as_are_known(shared_data: Path, tmp_path: Path) -> None:
    """A whole table is made, in which every row is a patient of its own; the counts are those of the shared notes."""
    write_deeplesion(tmp_path / "deep", whole_table(7))
    released = shared_data / "lesanet" / "text_mined_labels_171_and_split.json"
    plan = run(asked(tmp_path, sheets={"mined": released}))
    assert plan.refused == []
    table = pl.read_csv(tmp_path / "own" / "mined.csv", infer_schema=False)
    learnt = {"train": ["relevant", "uncertain"], "val": ["relevant"], "test": ["relevant"]}
    counts = {part: table.filter(pl.col("split") == part, pl.col("relation").is_in(relations))["lesion"].n_unique()
              for part, relations in learnt.items()}  # fmt: skip
    assert counts == {"train": 19_221, "val": 1_852, "test": 1_761}
    assert table["label"].n_unique() == 171
    assert table.select("lesion", "label").is_unique().all()


def test_the_real_table_has_missing_rows_so_its_numbers_are_refused(shared_data: Path, tmp_path: Path) -> None:
    labels = shared_data / "lesanet" / "hand_labeled_test_set_first100.json"
    request = asked(tmp_path, source=shared_data / "deeplesion", sheets={"labels": labels})
    with pytest.raises(CohortError, match="has 1349 rows, the official table 32735"):
        run(request)
    released = shared_data / "lesanet" / "text_mined_labels_171_and_split.json"
    with pytest.raises(CohortError, match="has 1349 rows, the official table 32735"):
        run(asked(tmp_path, source=shared_data / "deeplesion", sheets={"mined": released}))
    run(asked(tmp_path, source=shared_data / "deeplesion"))
    report, _ = check(tmp_path / "own", params(tmp_path))
    assert (report.there["series of images"], report.usable["lesions"]) == (3, 4)
    assert not (tmp_path / "own" / "labels.csv").exists()


def test_labels_by_name_need_no_whole_table(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep")
    labels = write(tmp_path / "mine.csv", f'lesion;study;label\n"{LESION}";1_1;cyst\n')
    run(asked(tmp_path, sheets={"labels": labels}))
    assert pl.read_csv(tmp_path / "own" / "labels.csv").rows() == [(LESION, "1_1", "cyst")]


def test_a_folder_without_slices_of_the_table_is_refused(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep", [{**ROW, "File_name": "000009_01_01_104.png"}])
    with pytest.raises(CohortError, match=r"holds no slice of a series that DL_info.csv names .unpack Images_png"):
        plan_import(asked(tmp_path))


def test_a_check_names_lesions_by_their_rows_and_says_that_they_have_no_sub_type(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep")
    run(asked(tmp_path))
    report, _ = check(tmp_path / "own", params(tmp_path))
    assert report.there | {"bytes": 0} == {"files": 3, "bytes": 0, "patients": 1, "studies": 1, "series of images": 1}
    told = {one.reason: one for one in report.problems}
    assert told["has no sub-type"].place == f"lesion {LESION}"
    assert told["no lesion with a sub-type can be used"].cure.startswith("DeepLesion has no sub-types")


def test_files_that_are_no_slices_of_the_table_are_left_out_and_told(tmp_path: Path) -> None:
    write_deeplesion(tmp_path / "deep")
    write_slices(tmp_path / "deep" / "Images_png" / "000009_01_01", (1,))
    write(tmp_path / "deep" / "Images_png" / "000001_01_01" / "preview.png", "no slice")
    plan = run(asked(tmp_path))
    assert plan.listing is not None
    assert len(plan.listing.rows) == 3
    (told,) = (line for line in plan.said if line.startswith("left out"))
    assert told.startswith("left out, no slice of a series of DL_info.csv: 2 files, the first")
