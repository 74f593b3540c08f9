from dataclasses import replace

import numpy as np
import pytest

from lesionary.params.phantom import PhantomParams
from lesionary.phantom.kinds import catalogue
from lesionary.phantom.patient import Patient, draw_patient
from lesionary.phantom.scanner import Scan, acquire
from lesionary.phantom.screening import draw_screened, slab_of
from lesionary.phantom.subtypes import Subtype
from lesionary.phantom.texture import Plane
from lesionary.phantom.tumours import describe_tumour
from lesionary.phantom.wording import wording

PARAMS = PhantomParams(
    seed=1,
    patients=3,
    screening_patients=3,
    text_studies=0,
    matrix=96,
    max_slices=12,
    noise_hu=0.0,
    overlap=1.0,
    imbalance=1.0,
    label_noise=1.0,
    typos=0.0,
)
KINDS = {kind.name: kind for kind in catalogue().kinds}


def rng(number: int = 0) -> np.random.Generator:
    return np.random.default_rng([3, number])


@pytest.fixture(scope="module")
def scanned() -> list[tuple[Patient, Scan]]:
    drawn = [draw_screened(number, PARAMS, rng(number)) for number in range(6)]
    return [(patient, acquire(patient, protocol, rng())) for patient, protocol in drawn]


def test_every_lesion_is_seen_and_lies_in_the_slab(scanned):
    for number, (patient, scan) in enumerate(scanned):
        assert set(np.unique(scan.marks)) - {0} == set(range(1, len(patient.lesions) + 1))
        slab = slab_of(draw_screened(number, PARAMS, rng(number))[1])
        for lesion in patient.lesions:
            assert slab.low_mm < lesion.mass.centre_mm[2] < slab.high_mm


def test_most_of_a_lesion_is_seen(scanned):
    for patient, scan in scanned:
        for mark, lesion in enumerate(patient.lesions, start=1):
            if lesion.bound is not None or len(lesion.mass.balls) > 1:
                continue  # they fill a part of their ellipsoid by nature
            volume = np.count_nonzero(scan.marks == mark) * np.prod(scan.geometry.spacing_mm)
            assert volume > 0.35 * 4 / 3 * np.pi * np.prod(lesion.mass.radii_mm), lesion.description.kind


def test_a_survey_has_few_slices_and_shows_one_to_four_lesions(scanned):
    for patient, scan in scanned:
        assert 7 <= scan.hu.shape[0] <= 8
        assert 1 <= len(patient.lesions) <= 4
        assert patient.tumour is None


def test_a_lesion_shows_the_density_it_is_labelled_with(scanned):
    compared = 0
    for patient, scan in scanned:
        bare = replace(patient, lesions=())
        for mark, lesion in enumerate(patient.lesions, start=1):
            if "hypoattenuation" not in lesion.description.labels or lesion.fixed:
                continue
            x, y, z = lesion.mass.centre_mm
            plane = Plane(np.array([x - 1, x, x + 1]), np.array([y - 1, y, y + 1]), z)
            organ = "liver" in lesion.description.parts or "spleen" in lesion.description.parts
            if organ:
                assert np.median(scan.hu[scan.marks == mark]) < np.median(bare.hu(plane))
                compared += 1
    assert compared


def test_every_label_can_be_said():
    known = {**wording().parts, **wording().types, **wording().attributes}
    for kind in KINDS.values():
        labels = {label for part in kind.parts for label in part.labels} | set(kind.maybe) | set(kind.absent)
        labels |= {label for group in (*kind.types, *kind.attributes) for label in group}
        assert labels <= set(known), kind.name
    assert {entry.coarse or entry.general for entry in known.values()} - {None} <= set(known)


@pytest.mark.parametrize("subtype", Subtype)
def test_a_tumour_is_described_by_its_side_and_size(subtype):
    tumour = draw_patient(1, subtype, PARAMS, rng()).tumour
    description = describe_tumour(tumour)
    assert description.parts == (f"{tumour.side} adrenal gland",)
    assert ("mass" in description.types) == (description.diameter_mm >= 30)
    assert ("adenoma" in description.types) == (subtype is Subtype.NAA)
