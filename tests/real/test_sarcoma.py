"""Five sarcoma patients exist as DICOM with RTSTRUCT and as NIfTI with a mask: both must say the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from ct import write_lesions

from lesionary.cohorts.contract.layout import Cohort, ImageKind
from lesionary.cohorts.indexing.index import Index, index_cohort

BOTH = ("STS_002", "STS_008", "STS_019", "STS_025", "STS_042")


def index(folder: Path, source: Path, kind: str, patients: tuple[str, ...]) -> Index:
    for patient in patients:
        shutil.copytree(source / kind / patient, folder / "images" / kind / patient, copy_function=shutil.copyfile)
    (folder / "cohort.yaml").write_text("name: s\nabout: s\nimages: [dicom, nifti]\n")
    (folder / "pseudonym.key").write_text("k\n")
    empty = index_of(folder, [{"lesion": "1", "patient": "x", "study": "x", "series": "x"}])
    patient_of = {name: one.patient or name.split("/")[1] for name, one in empty.series.items()}
    rows = [{"lesion": "1", "patient": p, "study": name, "series": name} for name, p in patient_of.items()]
    return index_of(folder, rows)


def index_of(folder: Path, rows: list[dict[str, object]]) -> Index:
    write_lesions(folder, rows)
    return index_cohort(Cohort.open(folder), max_gap_mm=0, tilt_deg=0.5)


@pytest.fixture(scope="module")
def both(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Index]:
    kinds = ("dicom", "nifti")
    return {kind: index(tmp_path_factory.mktemp(kind), shared_data / "sts", kind, BOTH) for kind in kinds}


def test_hu_are_equal(both: dict[str, Index]) -> None:
    for (dicom_row, _, _), (nifti_row, _, _) in zip(both["dicom"].lesions, both["nifti"].lesions, strict=True):
        assert dicom_row.patient == nifti_row.patient
        dicom, nifti = both["dicom"].series[dicom_row.series], both["nifti"].series[nifti_row.series]
        assert dicom.geometry.size == nifti.geometry.size
        depth = range(dicom.geometry.size[2])
        first = dicom.read(both["dicom"].cohort.files, depth)
        second = nifti.read(both["nifti"].cohort.files, depth)
        np.testing.assert_array_equal(first, second)


def test_boxes_of_contours_and_masks_agree_within_a_voxel(both: dict[str, Index]) -> None:
    assert [row.patient for row, _, _ in both["dicom"].lesions] == list(BOTH)
    for (_, dicom, _), (_, nifti, _) in zip(both["dicom"].lesions, both["nifti"].lesions, strict=True):
        np.testing.assert_allclose(list(vars(dicom).values()), list(vars(nifti).values()), atol=1.0)


def test_geometries_agree(both: dict[str, Index]) -> None:
    for (dicom_row, _, _), (nifti_row, _, _) in zip(both["dicom"].lesions, both["nifti"].lesions, strict=True):
        dicom = both["dicom"].series[dicom_row.series].geometry
        nifti = both["nifti"].series[nifti_row.series].geometry
        corner = np.array([[0.0, 0.0, 0.0], [*dicom.size]])
        np.testing.assert_allclose(dicom.to_patient(corner), nifti.to_patient(corner), atol=0.01)


def test_a_patient_in_both_forms_is_refused_the_second_time(shared_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cohort"
    index(folder, shared_data / "sts", "nifti", BOTH[:1])
    found = index(folder, shared_data / "sts", "dicom", BOTH[:1])
    (problem,) = found.set_aside.problems
    assert "shows the same voxels as series" in problem.reason
    assert [one.kind for one in found.series.values()] == [ImageKind.DICOM]
