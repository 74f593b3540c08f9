"""DeepLesion's table and slices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from lesionary.base.errors import CohortError, FileError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.images.deeplesion import official_numbers, read_table
from lesionary.cohorts.indexing.index import Index, index_cohort

ROW = {
    "File_name": "000001_01_01_104.png", "Patient_index": "1", "Study_index": "1", "Series_ID": "1",
    "Key_slice_index": "104", "Bounding_boxes": "3.5, 4, 8.5, 9", "Possibly_noisy": "0",
    "Spacing_mm_px_": "0.7, 0.8, 5", "Train_Val_Test": "2",
}  # fmt: skip


def make(folder: Path, rows: list[dict[str, str]], slices: tuple[int, ...] = (103, 104, 106)) -> Index:
    images = folder / "images" / "Images_png" / "000001_01_01"
    images.mkdir(parents=True)
    for z in slices:
        Image.fromarray(np.full((12, 10), 32768 + z, np.uint16)).save(images / f"{z:03d}.png")
    (folder / "cohort.yaml").write_text("name: d\nabout: d\nimages: [deeplesion]\n")
    (folder / "pseudonym.key").write_text("k\n")
    pl.DataFrame(rows).write_csv(folder / "DL_info.csv")
    return index_cohort(Cohort.open(folder), max_gap_mm=0, tilt_deg=0.5)


def test_a_row_becomes_a_lesion_in_voxels(tmp_path: Path) -> None:
    index = make(tmp_path, [ROW])
    ((row, box, key_slice),) = index.lesions
    assert (box.x_min, box.y_min, box.x_max, box.y_max) == (3.0, 3.5, 8.0, 8.5)
    assert (box.z_min, box.z_max, key_slice) == (1, 2, 1)
    assert (row.split, row.patient, row.lesion) == ("val", "1", "000001_01_01_104 [3.5, 4, 8.5, 9]")


def test_pixels_less_their_offset_are_hu_and_a_missing_slice_is_interpolated(tmp_path: Path) -> None:
    index = make(tmp_path, [ROW])
    hu = index.series["000001_01_01"].read(index.cohort.files, range(4))
    assert hu[:, 0, 0].tolist() == [103, 104, 105, 106]
    assert [change.what for _, _, change in index.adjusted.changes] == [
        "missing slices that are interpolated: 1, between 3 that are there"
    ]


def test_a_noisy_row_is_left_out_with_its_reason(tmp_path: Path) -> None:
    index = make(tmp_path, [ROW, {**ROW, "Possibly_noisy": "1", "Bounding_boxes": "1, 1, 4, 4"}])
    assert [p.reason for p in index.set_aside.problems] == ["is flagged as possibly noisy by the table itself"]


def test_rows_without_images_are_counted_once(tmp_path: Path) -> None:
    index = make(tmp_path, [ROW, *({**ROW, "File_name": f"000002_01_0{n}_001.png"} for n in (1, 2, 3))])
    assert [p.reason for p in index.set_aside.problems] == ["3 of 4 rows name series without usable images"]


def test_a_row_without_a_box_is_set_aside_alone(tmp_path: Path) -> None:
    index = make(tmp_path, [ROW, {**ROW, "Bounding_boxes": "3, 4, 8"}])
    assert [p.reason for p in index.set_aside.problems] == ["Bounding_boxes are no box: [3.0, 4.0, 8.0]"]
    assert len(index.lesions) == 1


def test_a_table_that_is_missing_or_lacks_columns_stops(tmp_path: Path) -> None:
    with pytest.raises(CohortError, match="is missing"):
        read_table(tmp_path / "DL_info.csv")
    pl.DataFrame([{name: value for name, value in ROW.items() if name != "Series_ID"}]).write_csv(tmp_path / "t.csv")
    with pytest.raises(CohortError, match=r"lacks the columns \['Series_ID'\]"):
        read_table(tmp_path / "t.csv")


def test_slices_that_are_no_slices_are_told_when_they_are_read(tmp_path: Path) -> None:
    index = make(tmp_path, [ROW], slices=(103, 104, 105, 106))
    images = tmp_path / "images" / "Images_png" / "000001_01_01"
    Image.fromarray(np.full((12, 10), 99, np.uint8)).save(images / "103.png")
    (images / "104.png").write_bytes((images / "104.png").read_bytes()[:45])
    Image.fromarray(np.full((9, 10), 40_000, np.uint16)).save(images / "105.png")
    reasons = []
    for z in range(3):
        with pytest.raises(FileError) as raised:
            index.series["000001_01_01"].read(index.cohort.files, range(z, z + 1))
        reasons.append(raised.value.reason.partition(" (")[0])
    assert reasons[:2] == ["is no 16-bit grey image", "its pixels cannot be decoded"]
    assert raised.value.reason == "decodes to (9, 10), not to the size in its header"


def test_row_numbers_of_a_table_with_missing_rows_are_refused(shared_data: Path) -> None:
    table = read_table(shared_data / "deeplesion" / "DL_info.csv")
    with pytest.raises(CohortError, match="has 1349 rows, the official table 32735: a row's number here is not"):
        official_numbers(table, "DL_info.csv")


def test_the_whole_table_numbers_its_rows() -> None:
    assert official_numbers(pl.DataFrame({"line": range(32_735)}), "DL_info.csv") == range(32_735)
