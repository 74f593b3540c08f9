import shutil
import subprocess
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from lesionary.base.errors import FileError
from lesionary.cohorts.images.dicom import Header, read_header, read_hu
from lesionary.cohorts.images.hounsfield import AIR_HU
from lesionary.cohorts.indexing.stack import Stack, stack
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.archive import Uids, instance_numbers, write_series
from lesionary.phantom.body import Body
from lesionary.phantom.encoding import Encoding
from lesionary.phantom.headers import BodyPart, body_part
from lesionary.phantom.identity import Identity, Visit
from lesionary.phantom.models import MODELS
from lesionary.phantom.patient import Patient
from lesionary.phantom.scanner import Order, Protocol, Scan, draw_survey

PARAMS = PhantomParams(
    seed=1, patients=3, screening_patients=0, text_studies=0, matrix=64, max_slices=12, noise_hu=12.0,
    overlap=1.0, imbalance=1.0, label_noise=1.0, typos=0.0,
)  # fmt: skip
PATIENT = Patient(1, "F", 56, Body.draw(np.random.default_rng(0)), 0)
IDENTITY = Identity(
    "Szymański^Isolde", "MRN1230001", date(1960, 2, 3), "St Crispin Hospital", "Bülow^Isolde", "EXT-7654321",
    "12 Tannery Street", "+44 1632 961234",
)  # fmt: skip
VISIT = Visit(
    1, date(2016, 5, 6), "101112", "ACC161230001", "Ravensworth^Julius", "EX123456",
    ("Winterbottom^Agatha", "Castellano^Ottavia", "Lichtenberg^Edmund"), "CTROOM2ST", "SN12345678",
)  # fmt: skip
TURNED = (11.0, -7.5, 4.0)
ENCODINGS = pytest.mark.parametrize("encoding", Encoding, ids=lambda encoding: encoding.name)
EVERY_MODEL = pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.name} {model.kernel}")


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return replace(draw_survey(PARAMS, np.random.default_rng(1)), slices=2, turn_deg=(0.0, 0.0, 0.0))


def scan_of(protocol: Protocol) -> Scan:
    shape = (protocol.slices, 64, 64)
    hu = np.random.default_rng(0).integers(-1024, 3072, shape).astype(np.int16)
    return Scan(hu, protocol.geometry, np.zeros(shape, np.uint8))


def write(folder: Path, protocol: Protocol, patient: Patient = PATIENT) -> list[Path]:
    """Files of a series of random voxels, in the order of their names, which is none."""
    uids = Uids.of(1, patient, VISIT)
    write_series(folder, patient, IDENTITY, VISIT, protocol, scan_of(protocol), uids)
    return sorted(folder.iterdir())


def stacked(files: list[Path]) -> Stack:
    headers = [read_header(number, path) for number, path in enumerate(files)]
    return stack([h for h in headers if isinstance(h, Header)], "here", max_gap_mm=0.0, tilt_deg=0.5)


@ENCODINGS
@EVERY_MODEL
def test_the_cohorts_reader_gives_back_the_acquired_hu(tmp_path, protocol, model, encoding):
    protocol = replace(protocol, model=model, encoding=encoding)
    files = write(tmp_path / "s", protocol)
    read = np.stack([read_hu(files[n]) for n in stacked(files).files if n is not None])
    field = model.field(64)
    assert np.array_equal(read[:, field], scan_of(protocol).hu[:, field])
    assert (read[:, ~field] == AIR_HU).all()


@pytest.mark.parametrize("turn_deg", [(0.0, 0.0, 0.0), TURNED])
@pytest.mark.parametrize("order", Order)
def test_a_stack_in_any_order_and_turn_is_read_back_where_it_was_scanned(tmp_path, protocol, order, turn_deg):
    protocol = replace(protocol, order=order, turn_deg=turn_deg, slices=9, model=MODELS[4])
    files = write(tmp_path / "s", protocol)
    found, true = stacked(files), protocol.geometry
    read = np.stack([read_hu(files[n]) for n in found.files if n is not None])
    assert np.array_equal(read, scan_of(protocol).hu)
    assert found.geometry.size == true.size
    corners = np.array([[0.0, 0.0, 0.0], [64.0, 0.0, 9.0], [0.0, 64.0, 9.0], [64.0, 64.0, 0.0]])
    assert np.allclose(found.geometry.to_patient(corners), true.to_patient(corners), atol=2e-3)


def test_positions_of_a_turned_stack_run_along_its_normal(tmp_path, protocol):
    files = write(tmp_path / "s", replace(protocol, turn_deg=TURNED, slices=4, order=Order.FEET_FIRST))
    images = sorted((dcmread(path) for path in files), key=lambda image: image.InstanceNumber)
    row, column = np.reshape(images[0].ImageOrientationPatient, (2, 3)).astype(float)
    assert np.abs([row @ column, row @ row - 1, column @ column - 1]).max() < 2e-6
    steps = np.diff([[float(v) for v in image.ImagePositionPatient] for image in images], axis=0)
    assert np.allclose(steps, protocol.thickness_mm * np.cross(row, column), atol=3e-4)
    assert images[0].ImageType[0] == "DERIVED"


@pytest.mark.parametrize("order", Order)
def test_every_instance_number_occurs_once(order):
    for slices in (8, 9):
        assert sorted(instance_numbers(slices, order)) == list(range(1, slices + 1))


def test_interleaved_instance_numbers_disagree_with_position():
    numbers = instance_numbers(8, Order.INTERLEAVED)
    assert numbers not in (sorted(numbers), sorted(numbers, reverse=True))


@ENCODINGS
def test_equal_input_gives_equal_bytes(tmp_path, protocol, encoding):
    one, two = (write(tmp_path / name, replace(protocol, encoding=encoding, turn_deg=TURNED)) for name in "ab")
    assert [path.name for path in one] == [path.name for path in two]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


@ENCODINGS
def test_a_file_cut_short_is_named_for_every_transfer_syntax(tmp_path, protocol, encoding):
    path = write(tmp_path / "s", replace(protocol, encoding=encoding))[0]
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FileError, match="truncated"):
        read_header(0, path)


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


@ENCODINGS
def test_a_ct_image_has_every_attribute_that_the_standard_requires(tmp_path, protocol, encoding):
    image = dcmread(write(tmp_path / "s", replace(protocol, encoding=encoding))[0])
    assert [name for name in TYPE_1.split() if image.get(name) in (None, "")] == []
    assert [name for name in TYPE_2.split() if name not in image] == []
    assert image.file_meta.TransferSyntaxUID == encoding.value
    assert image.file_meta.MediaStorageSOPInstanceUID == image.SOPInstanceUID


@EVERY_MODEL
def test_dciodvfy_finds_no_error(tmp_path, protocol, model):
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy is not installed (Debian: apt install dicom3tools)")
    for number, (encoding, turn_deg) in enumerate(product(Encoding, ((0.0, 0.0, 0.0), TURNED))):
        order = list(Order)[number % 3]
        changed = replace(protocol, model=model, encoding=encoding, turn_deg=turn_deg, order=order, slices=1)
        (path,) = write(tmp_path / str(number), changed)
        said = subprocess.run([validator, path], capture_output=True, text=True, check=False)
        lines = (said.stdout + said.stderr).splitlines()
        assert "CTImage" in lines
        assert [line for line in lines if "Error" in line] == [], (encoding.name, turn_deg)
        assert said.returncode == 0


def test_the_dose_of_a_header_adds_up(tmp_path, protocol):
    image = dcmread(write(tmp_path / "s", replace(protocol, mas=200, model=MODELS[0]))[0])
    assert image.Exposure == 200
    assert image.XRayTubeCurrent == 333  # mA; 200 mAs in 0.6 s
    assert image.ExposureTime == 600
    assert float(image.ReconstructionDiameter) == pytest.approx(64 * protocol.pixel_mm, abs=1e-3)


@pytest.mark.parametrize(
    ("z_mm", "part"),
    [(320.0, BodyPart.CHEST), (66.0, BodyPart.CHEST), (0.0, BodyPart.ABDOMEN), (-380.0, BodyPart.PELVIS)],
)
def test_headers_name_what_was_scanned(tmp_path, z_mm, part):
    assert body_part(z_mm) is part
    protocol = replace(draw_survey(PARAMS, np.random.default_rng(0), z_mm), slices=1)
    image = dcmread(write(tmp_path / "s", replace(protocol, origin_mm=(*protocol.origin_mm[:2], z_mm)))[0])
    assert image.BodyPartExamined == part
    assert part.value.lower() in image.StudyDescription
    assert part.value.title() in image.SeriesDescription


@ENCODINGS
@EVERY_MODEL
def test_every_planted_string_stands_in_every_image(tmp_path, protocol, model, encoding):
    for path in write(tmp_path / "s", replace(protocol, model=model, encoding=encoding)):
        content = path.read_bytes()
        missing = [text for text in (*IDENTITY.planted(), *VISIT.planted()) if text.encode() not in content]
        assert missing == []


def test_a_vendors_private_block_names_the_patient(tmp_path, protocol):
    for number, model in enumerate(MODELS):
        image = dcmread(write(tmp_path / str(number), replace(protocol, model=model, encoding=Encoding.EXPLICIT))[0])
        own = {str(e.value) for e in image if e.tag.is_private and e.tag.group != 0x0033}
        assert own & {IDENTITY.name, IDENTITY.patient_id}
