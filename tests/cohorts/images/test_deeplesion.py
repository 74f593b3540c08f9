"""DeepLesion's table and slices."""

from __future__ import annotations

import zlib
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


FORMS = {
    "a file": ("File_name", "../../evil.png"),
    "no file": ("File_name", ""),
    "a slice": ("Key_slice_index", "first"),
    "no distances": ("Spacing_mm_px_", "0.7, 0.8"),
    "a word": ("Spacing_mm_px_", "0.7, 0.8, nan"),
}


@pytest.mark.parametrize(("column", "value"), FORMS.values(), ids=FORMS)
def test_a_row_that_names_no_series_or_gives_it_no_geometry_stops_with_its_line(
    tmp_path: Path, column: str, value: str
) -> None:
    pl.DataFrame([ROW, {**ROW, column: value}]).write_csv(tmp_path / "t.csv")
    with pytest.raises(CohortError, match=f"line 3, '{value}': column {column} is not as in the official table"):
        read_table(tmp_path / "t.csv")


def test_a_table_that_is_none_stops(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"File_name,Patient_index\n\xe4\xff,1,2,3\n")
    with pytest.raises(CohortError, match="is no CSV table in UTF-8"):
        read_table(tmp_path / "t.csv")


def test_a_box_of_words_is_set_aside_alone(tmp_path: Path) -> None:
    index = make(tmp_path, [ROW, {**ROW, "Bounding_boxes": "left, 4, 8, 9"}])
    assert [p.reason for p in index.set_aside.problems] == ["Bounding_boxes are no numbers"]
    assert len(index.lesions) == 1


def series_beside(folder: Path, name: str, content: bytes) -> list[str]:
    """Why a second series, of one file, is set aside; the first is used."""
    other = folder / "images" / "Images_png" / "000002_01_01"
    other.mkdir(parents=True, exist_ok=True)
    (other / name).write_bytes(content)
    index = make(folder, [ROW, {**ROW, "File_name": "000002_01_01_001.png", "Patient_index": "2"}])
    assert list(index.series) == ["000001_01_01"]
    return [p.reason for p in index.set_aside.problems if p.kind == "series"]


def png(side: int) -> bytes:
    """A header that promises a square, and nothing behind it."""
    header = b"IHDR" + side.to_bytes(4, "big") * 2 + b"\x10\0\0\0\0"
    start = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big")
    return start + header + zlib.crc32(header).to_bytes(4, "big") + (0).to_bytes(4, "big") + b"IDAT" + bytes(4)


def test_a_series_whose_first_slice_is_no_image_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    assert series_beside(tmp_path, "001.png", b"broken") == ["is no image (UnidentifiedImageError)"]


def test_a_header_that_promises_too_much_is_set_aside(tmp_path: Path) -> None:
    assert series_beside(tmp_path / "a", "001.png", png(65_535)) == ["is no image (DecompressionBombError)"]
    assert series_beside(tmp_path / "b", "001.png", png(5_000)) == ["promises 5000 columns, CT has 1 to 4096"]


def test_a_number_that_promises_a_million_slices_is_set_aside(tmp_path: Path) -> None:
    Image.fromarray(np.full((12, 10), 40_000, np.uint16)).save(tmp_path / "slice.png")
    content = (tmp_path / "slice.png").read_bytes()
    (tmp_path / "images" / "Images_png" / "000002_01_01").mkdir(parents=True)
    (tmp_path / "images" / "Images_png" / "000002_01_01" / "001.png").write_bytes(content)
    (reason,) = series_beside(tmp_path, f"{10**9}.png", content)
    assert reason == "promises 1000000000 slices, CT has 1 to 10000"
