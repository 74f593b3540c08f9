from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from lesionary.params import PhantomParams
from lesionary.phantom.archive import Uids, instance_numbers, write_series
from lesionary.phantom.identity import Identity, Visit
from lesionary.phantom.patient import Patient, draw_patient
from lesionary.phantom.scanner import MODELS, Encoding, Order, Scan, acquire, draw_protocol
from lesionary.phantom.subtypes import Subtype

PARAMS = PhantomParams(
    seed=1,
    patients=3,
    screening_patients=0,
    text_studies=0,
    matrix=64,
    max_slices=12,
    noise_hu=12.0,
    overlap=1.0,
    imbalance=1.0,
    label_noise=1.0,
    typos=0.0,
)
IDENTITY = Identity("Szymański^Isolde", "MRN1230001", date(1960, 2, 3), "St Crispin Hospital")
VISIT = Visit(1, date(2016, 5, 6), "101112", "ACC1", "Ravensworth^Julius")


def patient(subtype: Subtype = Subtype.NAA, number: int = 1) -> Patient:
    return draw_patient(number, subtype, PARAMS, np.random.default_rng([2, number]))


@pytest.fixture(scope="module")
def subject() -> Patient:
    return patient()


@pytest.fixture
def protocol(subject):
    return draw_protocol(subject, PARAMS, np.random.default_rng(1))


def read_hu(path: Path) -> np.ndarray:
    image = dcmread(path)
    return image.pixel_array * float(image.RescaleSlope) + float(image.RescaleIntercept)


def stack(folder: Path) -> list[Path]:
    return sorted(folder.iterdir(), key=lambda path: dcmread(path, stop_before_pixels=True).ImagePositionPatient[2])


@pytest.mark.parametrize("encoding", Encoding)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.name} {model.intercept}")
def test_stored_pixels_rescale_to_the_acquired_hu(tmp_path, subject, protocol, model, encoding):
    protocol = replace(protocol, model=model, encoding=encoding, slices=2)
    hu = np.random.default_rng(0).integers(-1024, 3072, (2, 64, 64)).astype(np.int16)
    scan = Scan(hu, protocol.geometry, np.zeros(hu.shape, np.uint8))
    write_series(tmp_path / "s", subject, IDENTITY, VISIT, protocol, scan, Uids.of(1, subject, VISIT))
    read = np.stack([read_hu(path) for path in stack(tmp_path / "s")])
    field = protocol.field()
    assert np.array_equal(read[:, field], hu[:, field])
    if model.padding is not None:
        assert set(read[:, ~field].ravel()) == {model.padding + model.intercept}


def test_noise_has_the_asked_deviation_and_falls_with_thickness(subject, protocol):
    for thickness, expected in ((2.5, 10.0), (5.0, 10.0 / np.sqrt(2))):
        fixed = replace(protocol, thickness_mm=thickness, noise_hu=10.0, slices=3)
        one, two = (acquire(subject, fixed, np.random.default_rng(n)).hu.astype(float) for n in (1, 2))
        assert np.std(one - two) / np.sqrt(2) == pytest.approx(expected, rel=0.05)


def test_without_noise_two_acquisitions_are_one(subject, protocol):
    still = replace(protocol, noise_hu=0.0, slices=2)
    one, two = (acquire(subject, still, np.random.default_rng(n)).hu for n in (1, 2))
    assert np.array_equal(one, two)


@pytest.mark.parametrize("subtype", Subtype)
def test_the_stack_holds_the_whole_mass(subtype):
    for number in (1, 2):
        subject = patient(subtype, number)
        rng = np.random.default_rng(number)
        protocol = draw_protocol(subject, PARAMS, rng)
        mass = acquire(subject, protocol, rng).marks
        assert protocol.slices <= PARAMS.max_slices
        assert mass.any()
        assert not mass[[0, -1]].any()
        assert not mass[:, ~replace(protocol, model=MODELS[0]).field()].any()


@pytest.mark.parametrize("subtype", Subtype)
def test_protocols_of_the_default_cohort_lie_in_the_papers_range(subtype):
    roomy = PARAMS.model_copy(update={"matrix": 256, "max_slices": 30})
    for number in range(8):
        protocol = draw_protocol(patient(subtype, number), roomy, np.random.default_rng(number))
        assert 0.5625 <= protocol.pixel_mm <= 0.9766
        assert 1.25 <= protocol.thickness_mm <= 5.0
        assert protocol.slices <= 30


@pytest.mark.parametrize("order", Order)
def test_every_instance_number_occurs_once(order):
    for slices in (8, 9):
        assert sorted(instance_numbers(slices, order)) == list(range(1, slices + 1))


def test_interleaved_instance_numbers_disagree_with_position():
    numbers = instance_numbers(8, Order.INTERLEAVED)
    assert numbers not in (sorted(numbers), sorted(numbers, reverse=True))


def test_positions_in_the_headers_are_those_of_the_geometry(tmp_path, subject, protocol):
    scan = acquire(subject, replace(protocol, slices=4), np.random.default_rng(0))
    write_series(
        tmp_path / "s", subject, IDENTITY, VISIT, replace(protocol, slices=4), scan, Uids.of(1, subject, VISIT)
    )
    for index, path in enumerate(stack(tmp_path / "s")):
        image = dcmread(path)
        assert np.allclose(
            image.ImagePositionPatient, scan.geometry.to_patient(np.array([[0.5, 0.5, index + 0.5]]))[0], atol=1e-4
        )
        assert np.allclose(image.PixelSpacing, scan.geometry.spacing_mm[:2])


TYPE_1 = """
    StudyInstanceUID SeriesInstanceUID FrameOfReferenceUID SOPClassUID SOPInstanceUID Modality ImageType
    PixelSpacing ImageOrientationPatient ImagePositionPatient SamplesPerPixel PhotometricInterpretation Rows Columns
    BitsAllocated BitsStored HighBit PixelRepresentation PixelData RescaleIntercept RescaleSlope
"""
TYPE_2 = """
    PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID
    AccessionNumber SeriesNumber Manufacturer PositionReferenceIndicator InstanceNumber SliceThickness KVP
    AcquisitionNumber PatientPosition
"""


@pytest.mark.parametrize("encoding", Encoding)
def test_a_ct_image_has_every_attribute_that_the_standard_requires(tmp_path, subject, protocol, encoding):
    protocol = replace(protocol, slices=1, encoding=encoding)
    scan = Scan(np.zeros((1, 64, 64), np.int16), protocol.geometry, np.zeros((1, 64, 64), np.uint8))
    write_series(tmp_path / "s", subject, IDENTITY, VISIT, protocol, scan, Uids.of(1, subject, VISIT))
    image = dcmread(next((tmp_path / "s").iterdir()))
    assert [name for name in TYPE_1.split() if image.get(name) in (None, "")] == []
    assert [name for name in TYPE_2.split() if name not in image] == []
    assert image.file_meta.TransferSyntaxUID == encoding.value
    assert image.file_meta.MediaStorageSOPInstanceUID == image.SOPInstanceUID
