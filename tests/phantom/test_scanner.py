from dataclasses import replace

import numpy as np
import pytest

from lesionary.params.phantom import PhantomParams
from lesionary.phantom.encoding import Encoding
from lesionary.phantom.models import MODELS
from lesionary.phantom.noise import draw_noise
from lesionary.phantom.patient import Patient, draw_patient
from lesionary.phantom.scanner import Order, acquire, draw_protocol, draw_survey, rotation
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


def patient(subtype: Subtype = Subtype.NAA, number: int = 1) -> Patient:
    return draw_patient(number, subtype, PARAMS, np.random.default_rng([2, number]))


@pytest.fixture(scope="module")
def subject() -> Patient:
    return patient()


@pytest.fixture
def protocol(subject):
    return draw_protocol(subject, PARAMS, np.random.default_rng(1))


def test_noise_has_the_asked_deviation_and_falls_with_thickness(subject, protocol):
    for thickness, expected in ((2.5, 10.0), (5.0, 10.0 / np.sqrt(2))):
        fixed = replace(protocol, thickness_mm=thickness, noise_hu=10.0, slices=3)
        one, two = (acquire(subject, fixed, np.random.default_rng(n)).hu.astype(float) for n in (1, 2))
        assert np.std(one - two) / np.sqrt(2) == pytest.approx(expected, rel=0.05)


def test_without_noise_two_acquisitions_are_one(subject, protocol):
    still = replace(protocol, noise_hu=0.0, slices=2)
    one, two = (acquire(subject, still, np.random.default_rng(n)).hu for n in (1, 2))
    assert np.array_equal(one, two)


def test_a_sharper_kernel_leaves_finer_noise():
    rng = np.random.default_rng(0)
    alike = []
    for blur_px in sorted({model.blur_px for model in MODELS}):
        noise = draw_noise((200, 200), blur_px, rng)
        alike.append(np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1])  # neighbours in a row
    assert np.diff(alike).min() > 0.01


def test_every_vendor_has_its_own_grain_of_noise():
    for maker in ("GE MEDICAL SYSTEMS", "Philips", "SIEMENS"):
        own = [model for model in MODELS if model.maker == maker]
        assert len({(model.blur_px, model.noise) for model in own}) >= 2
        soft, sharp = (pick(own, key=lambda model: model.blur_px) for pick in (max, min))
        assert soft.noise < sharp.noise


def test_noise_falls_with_the_root_of_the_tube_current():
    drawn = [draw_survey(PARAMS, np.random.default_rng(n)) for n in range(60)]
    for one in drawn:
        assert one.noise_hu == pytest.approx(12.0 * one.model.noise * np.sqrt(180 / one.mas))
    change = [one.noise_hu / (12.0 * one.model.noise) for one in drawn]
    assert 0.75 <= min(change) < 0.85  # 320 mAs at most
    assert 1.15 < max(change) <= 1.2511  # 115 mAs at least


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
        assert not mass[:, ~MODELS[0].field(PARAMS.matrix)].any()


@pytest.mark.parametrize("subtype", Subtype)
def test_protocols_of_the_default_cohort_lie_in_the_papers_range(subtype):
    roomy = PARAMS.model_copy(update={"matrix": 256, "max_slices": 30})
    for number in range(8):
        protocol = draw_protocol(patient(subtype, number), roomy, np.random.default_rng(number))
        assert 0.5625 <= protocol.pixel_mm <= 0.9766
        assert 1.25 <= protocol.thickness_mm <= 5.0
        assert protocol.slices <= 30


def test_a_survey_of_512_pixels_has_the_papers_spacing():
    fine = PARAMS.model_copy(update={"matrix": 512})
    drawn = [draw_survey(fine, np.random.default_rng(n)).pixel_mm for n in range(20)]
    assert 0.5625 <= min(drawn) <= max(drawn) <= 0.9766


@pytest.mark.parametrize("height", [-380.0, 0.0, 320.0])
def test_a_survey_lies_about_the_height_that_was_asked_for(height):
    protocol = draw_survey(PARAMS, np.random.default_rng(3), height)
    z = protocol.axes()[2]
    assert (z[0] + z[-1]) / 2 == pytest.approx(height, abs=1e-3)
    assert protocol.middle_mm == pytest.approx(height, abs=1e-3)


def test_turns_are_about_x_then_y_then_z():
    x, y, z = np.eye(3)
    assert np.allclose(rotation((90, 0, 0)) @ y, z)
    assert np.allclose(rotation((0, 90, 0)) @ z, x)
    assert np.allclose(rotation((0, 0, 90)) @ x, y)
    assert np.allclose(rotation((90, 0, 90)) @ z, x)  # z to -y, then -y to x


def test_turning_the_body_moves_the_stack_and_changes_no_voxel(subject, protocol):
    straight, turned = replace(protocol, slices=2), replace(protocol, slices=2, turn_deg=(10.0, -6.0, 3.0))
    one, two = (acquire(subject, p, np.random.default_rng(0)) for p in (straight, turned))
    assert np.array_equal(one.hu, two.hu)
    assert np.array_equal(one.marks, two.marks)
    corners = np.array([[0.5, 0.5, 0.5], [63.5, 0.5, 0.5], [0.5, 63.5, 1.5]])
    moved = one.geometry.to_patient(corners) @ rotation(turned.turn_deg).T
    assert np.allclose(two.geometry.to_patient(corners), moved)
    assert not np.allclose(two.geometry.normal, (0, 0, 1), atol=0.05)


def test_a_share_of_stacks_is_oblique_and_turned_by_no_more_than_a_bed_allows():
    drawn = [draw_survey(PARAMS, np.random.default_rng(n)) for n in range(200)]
    oblique = [one for one in drawn if one.oblique]
    assert 10 <= len(oblique) <= 40  # 24 expected, deviation 4.6
    assert (np.abs([one.turn_deg for one in oblique]) <= (12.0, 8.0, 6.0)).all()


def test_every_model_order_and_transfer_syntax_is_drawn():
    drawn = [draw_survey(PARAMS, np.random.default_rng(n)) for n in range(200)]
    assert {one.encoding for one in drawn} == set(Encoding)
    assert {one.order for one in drawn} == set(Order)
    assert all(model in [one.model for one in drawn] for model in MODELS)
