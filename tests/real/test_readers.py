"""Every kind of real series reads here as it does in SimpleITK."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

READERS = runpy.run_path(str(Path(__file__).resolve().parents[2] / "real" / "readers.py"))
SOURCES = [
    ("dicom", "sts/dicom", 5, 0),
    ("nifti", "sts/nifti/STS_044", 1, 0),
    ("nifti", "sts/nifti/STS_001", 1, 0),
    ("dicom", "dicom/jpeg2000_ct", 1, 0),
    ("dicom", "dicom/seg_liver", 1, 167_316),
    ("deeplesion", "deeplesion", 3, 0),
]


@pytest.mark.parametrize(("kind", "folder", "count", "padding"), SOURCES)
def test_voxels_distances_and_places_agree(
    shared_data: Path, tmp_path: Path, kind: str, folder: str, count: int, padding: int
) -> None:
    cohort = READERS["bring"](shared_data / folder, kind, tmp_path / "cohort")
    found = list(READERS["compare"](cohort, READERS["find"](cohort)))
    assert len(found) == count
    for one in found:
        assert one.padding == padding
        assert (one.voxels_differ, one.most_hu) == (0, 0.0)
        if kind != "deeplesion":
            assert one.spacing_mm < 1e-6
            assert one.place_mm < 1e-6
