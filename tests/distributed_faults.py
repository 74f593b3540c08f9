"""Faults of cohorts as others distribute them: whole cohorts in which something is wrong, for a check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from faults import Fault
from glands import arrays, header, write_glands
from guests import ROW, write_slices
from PIL import Image

GLANDS = "images/glands.npz"
MANY = 2**20 + 1


def npz(**changed: np.ndarray | bytes | None) -> Callable[[Path], Any]:
    """An npz with other arrays."""
    return lambda cohort: write_glands(cohort, changed)


def damaged(cohort: Path) -> None:
    """Its images are not those of which the archive's directory has the checksum (APPNOTE.TXT, 4.3.12)."""
    noise = np.random.default_rng(0).integers(0, 256, (3, 24, 24, 24), np.uint8)
    path = write_glands(cohort, {"train_images": noise}) / GLANDS
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"train_images.npy") - 46
    data[entry + 16 : entry + 20] = bytes(4)
    path.write_bytes(data)


def no_archive(cohort: Path) -> None:
    (write_glands(cohort) / GLANDS).write_bytes(b"PK")


def two_files(cohort: Path) -> None:
    path = write_glands(cohort) / GLANDS
    path.with_name("more.npz").write_bytes(path.read_bytes())


def empty_volume() -> np.ndarray:
    images = arrays()["train_images"].copy()
    images[1] = 0
    return images


def write_deeplesion(cohort: Path, rows: Sequence[Mapping[str, str]], slices: Sequence[int] = (103, 104, 105)) -> Path:
    """A cohort of one series with a table of `rows`."""
    write_slices(cohort / "images" / "Images_png" / "000001_01_01", slices)
    (cohort / "cohort.yaml").write_text("name: d\nabout: d\nimages: [deeplesion]\n", "utf-8")
    (cohort / "pseudonym.key").write_text("k\n", "utf-8")
    pl.DataFrame(list(rows)).write_csv(cohort / "DL_info.csv")
    return cohort


def deeplesion(**changed: str) -> Callable[[Path], Any]:
    """A second row with other values."""
    return lambda cohort: write_deeplesion(cohort, [ROW, ROW | changed])


def without(column: str) -> Callable[[Path], Any]:
    """The table without a column."""
    return lambda cohort: write_deeplesion(cohort, [{name: value for name, value in ROW.items() if name != column}])


def no_table(cohort: Path) -> None:
    (write_deeplesion(cohort, [ROW]) / "DL_info.csv").unlink()


def no_image(cohort: Path) -> None:
    first = write_deeplesion(cohort, [ROW]) / "images" / "Images_png" / "000001_01_01" / "103.png"
    first.write_bytes(b"none")


def in_latin_1(cohort: Path) -> None:
    table = write_deeplesion(cohort, [ROW]) / "DL_info.csv"
    table.write_bytes(table.read_bytes().replace(b"104.png", b"104.p\xf1g"))


def with_reports(make: Callable[[Path], Any]) -> Callable[[Path], Any]:
    """A report beside it: DeepLesion has no sub-types, so the annotation track alone decodes its slices."""

    def made(cohort: Path) -> None:
        folder = write_deeplesion(cohort, [ROW], slices=(103, 104, 105, 106))
        pl.DataFrame([{"report": "r", "study": "1_1", "text": "Cyst, 12 mm."}]).write_csv(folder / "reports.csv")
        make(folder / "images" / "Images_png" / "000001_01_01" / "104.png")

    return made


def picture(rows: int, value: int, kind: Any) -> Callable[[Path], None]:
    """The key slice with so many rows, and of another kind."""
    return lambda path: Image.fromarray(np.full((rows, 10), value, kind)).save(path)


DISTRIBUTED = {
    "npz without an array": Fault(npz(val_labels=None), "lacks val_labels", "glands.npz"),
    "npz of a lie": Fault(npz(train_images=header("(65535, 65535, 65535)")), "promises 2814", "train_images"),
    "npz of planes": Fault(npz(train_images=np.zeros((3, 8, 7), np.uint8)), "has the shape", "train_images"),
    "npz of fractions": Fault(npz(train_images=np.zeros((3, 8, 7, 6))), "is float64", "train_images"),
    "npz of labels": Fault(npz(test_labels=np.zeros((3, 1), np.uint8)), "has the shape", "test_labels"),
    "npz of millions": Fault(
        npz(train_images=np.zeros((MANY, 1, 1, 1), np.uint8), train_labels=np.zeros((MANY, 1), np.uint8)),
        "holds 1048577 volumes, more than 1048576",
        "train_images",
    ),
    "npz of text": Fault(npz(val_images=b"no array"), "has no header of an array", "val_images"),
    "npz damaged": Fault(damaged, r"cannot be read \(", "train_images"),
    "npz of nothing": Fault(no_archive, "is no npz", "glands.npz"),
    "two npz": Fault(two_files, "holds 2 npz files", ""),
    "npz with an empty volume": Fault(npz(train_images=empty_volume()), "is empty", "volume glands/train/1"),
    "npz with an unknown label": Fault(
        npz(val_labels=np.array([[0], [7]], np.uint8)), "its label is 7, and npz.classes names 2", "volume glands/val/1"
    ),
    "a noisy row": Fault(deeplesion(Possibly_noisy="1"), "is flagged as possibly noisy", "lesion"),
    "a row without images": Fault(deeplesion(File_name="000002_01_01_001.png"), "1 of 2 rows name series", "1 rows"),
    "no box": Fault(deeplesion(Bounding_boxes="3, 4, 8"), "Bounding_boxes are no box", "lesion"),
    "words for a box": Fault(deeplesion(Bounding_boxes="a, b, c, d"), "are no numbers", "lesion"),
    "words for a spacing": Fault(
        deeplesion(Spacing_mm_px_="wide"), "column Spacing_mm_px_ is not as in the official table", "line 3"
    ),
    "no image": Fault(no_image, "is no image", "series"),
    "no table": Fault(no_table, "is missing", "DL_info.csv"),
    "a table without a column": Fault(without("Series_ID"), r"lacks the columns \['Series_ID'\]", "DL_info.csv"),
    "a table in Latin-1": Fault(in_latin_1, "is no CSV table in UTF-8", "DL_info.csv"),
    "a slice of 8 bits": Fault(with_reports(picture(12, 99, np.uint8)), "is no 16-bit grey image", "lesion"),
    "a slice of another size": Fault(with_reports(picture(9, 40_000, np.uint16)), "decodes to", "lesion"),
}
