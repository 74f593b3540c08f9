import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from lesionary.base.errors import CohortError
from lesionary.imaging.geometry import Box
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.archive import Uids, write_series
from lesionary.phantom.casting import Role, Split, cast_of
from lesionary.phantom.cohort import make_cohort, make_patient
from lesionary.phantom.encoding import Encoding
from lesionary.phantom.identity import draw_identity, draw_visit
from lesionary.phantom.patient import draw_patient
from lesionary.phantom.radiologist import read
from lesionary.phantom.scanner import acquire, draw_protocol
from lesionary.phantom.subtypes import Subtype, class_numbers

PARAMS = PhantomParams(
    seed=4,
    patients=3,
    screening_patients=4,
    text_studies=90,
    matrix=64,
    max_slices=10,
    noise_hu=12.0,
    overlap=1.0,
    imbalance=1.0,
    label_noise=1.0,
    typos=0.0,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("phantom")
    make_cohort(place / "cohort", place / "images", place / "truth.csv", PARAMS)
    return place


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_one_worker_and_two_write_the_same_bytes(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("LESIONARY_WORKERS", "2")
    make_cohort(tmp_path / "cohort", tmp_path / "images", tmp_path / "truth.csv", PARAMS)
    assert bytes_of(tmp_path) == bytes_of(folder)


def test_another_seed_is_another_cohort(folder, tmp_path):
    make_cohort(
        tmp_path / "cohort",
        tmp_path / "images",
        tmp_path / "truth.csv",
        PARAMS.model_copy(update={"seed": 5, "patients": 1, "screening_patients": 1}),
    )
    images = {path.name for path in (folder / "images").rglob("*.dcm")}
    assert not images & {path.name for path in (tmp_path / "images").rglob("*.dcm")}


def test_a_lesion_names_a_series_that_is_there(folder):
    headers = [dcmread(path, stop_before_pixels=True) for path in (folder / "images").rglob("*.dcm")]
    there = {(h.PatientID, h.StudyInstanceUID, h.SeriesInstanceUID) for h in headers}
    rows = table(folder / "cohort" / "lesions.csv")
    assert {(row["patient"], row["study"], row["series"]) for row in rows} == there
    assert {row["split"] for row in rows} <= set(Split)
    assert sum(row["subtype"] != "" for row in rows) == PARAMS.patients  # none of them returns
    assert len({row["lesion"] for row in rows}) == len(rows)
    assert len({h.SOPInstanceUID for h in headers}) == len(headers)


def test_planted_identities_stand_in_headers_and_paths(folder):
    for path in (folder / "images").rglob("*.dcm"):
        header = dcmread(path, stop_before_pixels=True)
        who = f"{header.PatientID}_{header.PatientName.family_name}_{header.AccessionNumber}"
        assert path.name.startswith(f"{who}_")
        for name in ("PatientName", "PatientBirthDate", "ReferringPhysicianName", "InstitutionName"):
            assert header[name].value


def test_the_truth_names_no_patient(folder):
    text = (folder / "truth.csv").read_text(encoding="utf-8")
    rows = table(folder / "cohort" / "lesions.csv")
    assert [row["lesion"] for row in rows] == [row["lesion"] for row in table(folder / "truth.csv")]
    assert not any(row[key] in text for row in rows for key in ("patient", "study", "series"))


def test_slices_sorted_by_position_give_the_volume_that_the_box_was_drawn_on(tmp_path):
    rng = np.random.default_rng(9)
    patient = draw_patient(1, Subtype.PCC, PARAMS, rng)
    identity = draw_identity(patient, rng)
    visit = draw_visit(1, identity, None, rng)
    protocol = draw_protocol(patient, PARAMS, rng)
    protocol = replace(protocol, encoding=Encoding.EXPLICIT, turn_deg=(0.0, 0.0, 0.0))
    scan = acquire(patient, protocol, rng)
    write_series(tmp_path / "s", patient, identity, visit, protocol, scan, Uids.of(1, patient, visit))
    images = [dcmread(path) for path in (tmp_path / "s").iterdir()]
    images.sort(key=lambda image: image.ImagePositionPatient[2])
    assert np.array_equal(np.stack([image.pixel_array for image in images]), protocol.model.store(scan.hu))

    (finding,) = read(patient, visit, scan, rng)
    truth = Box.of_mask(scan.marks == 1)
    outer, inner = finding.box.grown((0.5, 0.5, 0)), finding.box.grown((-1.5, -1.5, 0))
    assert outer.x_min <= truth.x_min <= inner.x_min
    assert outer.y_max >= truth.y_max >= inner.y_max
    assert (finding.box.z_min, finding.box.z_max) == (truth.z_min, truth.z_max)
    assert finding.box.inside(scan.geometry.size, tolerance=0)
    assert scan.marks[finding.key_slice].sum() == scan.marks.sum(axis=(1, 2)).max()


def test_a_follow_up_is_another_study_of_the_same_patient(tmp_path):
    first, second = make_patient(tmp_path, PARAMS, Role(1, Split.VAL, Subtype.NAA, scans=2)).lines["lesions"]
    assert first[1] == second[1]
    assert not {first[0], *first[2:4]} & {second[0], *second[2:4]}
    assert first[-1] == second[-1] == "val"
    names = [path.name.split("_") for path in tmp_path.rglob("*.dcm")]
    assert len({(number, family) for number, family, *_ in names}) == 1
    assert len({accession for _, _, accession, _ in names}) == 2


def test_the_cast_has_every_class_in_its_number_and_in_mixed_order():
    everyone = cast_of(PARAMS.model_copy(update={"patients": 60}))
    cast = everyone[:60]
    subtypes = [role.subtype for role in cast]
    assert [role.number for role in everyone] == list(range(1, 60 + 4 + 45 + 1))
    assert sum(role.scans == 2 for role in everyone) == 3  # 5 % of 60
    assert {role.subtype for role in everyone[60:]} == {None}
    assert sum(role.texts for role in everyone) == 90
    assert Counter(role.split for role in cast) == {"train": 36, "val": 12, "test": 12}
    assert {subtype: subtypes.count(subtype) for subtype in Subtype} == class_numbers(60)
    assert subtypes != sorted(subtypes, key=list(Subtype).index)


def test_a_cohort_is_never_mixed_into_another(folder):
    with pytest.raises(CohortError, match="not empty"):
        make_cohort(folder / "cohort", folder / "images", folder / "truth.csv", PARAMS)
