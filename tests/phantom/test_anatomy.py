import numpy as np
import pytest

from lesionary.phantom.body import Body, Side, densities
from lesionary.phantom.canvas import Canvas, Ellipsoid, Tube, union
from lesionary.phantom.lofts import Blade, Loft, Vessel
from lesionary.phantom.patient import Patient
from lesionary.phantom.texture import Plane

STEPS = np.arange(-200.0, 200.0, 4.0)
X, Y = np.meshgrid(STEPS.astype(np.float32), STEPS.astype(np.float32))


def at(z: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return X, Y, np.full((1, 1), z, np.float32)


def person(sex: str, seed: int = 8) -> Patient:
    return Patient(1, sex, 50, Body.draw(np.random.default_rng(seed)), seed)


def painted(patient: Patient, z: float, portal: float = 1.0) -> np.ndarray:
    return patient.hu(Plane(STEPS, STEPS, z), portal)


def test_a_loft_of_equal_circles_is_a_cylinder():
    loft = Loft(((-50, 10, 20, 30, 30), (50, 10, 20, 30, 30)))
    radius = np.hypot(X - 10, Y - 20)
    off_axis = radius > 5  # on the axis the gradient vanishes
    assert loft(*at(0.0))[off_axis] == pytest.approx((radius - 30)[off_axis], abs=2e-3)


def test_a_loft_passes_straight_from_station_to_station():
    loft = Loft(((0, 0, 0, 10, 10), (100, 40, 0, 30, 30)))  # at z = 25: centre 10, radius 15
    inside = loft(*at(25.0)) < 0
    assert np.array_equal(inside, np.hypot(X - 10, Y) < 15)


def test_a_vessel_that_does_not_taper_is_a_tube():
    points = ((0.0, 0.0, -60.0), (30.0, -10.0, 0.0), (40.0, 50.0, 30.0))
    tube, same = Tube(points, 8.0), Vessel(tuple((*point, 8.0) for point in points))
    near = tube(*at(-5.0)) < 20  # further away a vessel gives a lower bound alone
    assert same(*at(-5.0))[near] == pytest.approx(tube(*at(-5.0))[near], abs=1e-3)


def test_a_blade_is_as_thick_as_it_says():
    blade = Blade(((-10, -50, 0, 50, 0, 6), (10, -50, 0, 50, 0, 6)))
    column = blade(*at(0.0))[:, 50]  # x = 0
    assert column == pytest.approx(np.abs(STEPS) - 6)


@pytest.mark.parametrize("z", [-30.0, 0.0, 12.0, 55.0])
def test_a_union_leaves_out_only_what_cannot_be_seen(z):
    parts = [Ellipsoid((x, 0.0, x), (20.0, 15.0, 18.0)) for x in (-60.0, 0.0, 60.0)]
    whole = np.minimum.reduce([part(*at(z)) for part in parts])
    assert np.array_equal(union(*parts)(*at(z)) < 0, whole < 0)


def test_what_is_painted_on_a_window_is_painted_on_the_canvas():
    canvas = Canvas(np.zeros_like(X), np.ones((1, *X.shape), np.float32), *at(0.0))
    box = canvas.box(60.0, (-40.0, 80.0))
    assert box is not None
    canvas.cropped(box).blend(np.full(canvas.x[box].shape, -9.0, np.float32), 50.0)
    inside = (np.abs(X) < 60) & (Y > -40) & (Y < 80)
    assert np.array_equal(canvas.hu, np.where(inside, 50.0, 0.0))
    assert np.array_equal(canvas.lesions[0], np.where(inside, 0.0, 1.0))


def test_nothing_is_in_a_box_that_a_plane_does_not_reach():
    canvas = Canvas(np.zeros_like(X), np.zeros((0, *X.shape), np.float32), *at(0.0))
    assert canvas.box(10.0, (300.0, 400.0)) is None


def test_the_right_dome_of_the_diaphragm_is_usually_the_higher_one():
    tops = []
    for seed in range(12):
        right, left, _ = person("M", seed).painter().anatomy.lungs.diaphragm.domes
        tops.append(right.z_mm[1] - left.z_mm[1])
    assert np.mean(tops) == pytest.approx(12, abs=6)


def test_lungs_fill_much_of_the_chest_and_nothing_of_the_belly():
    patient = person("F")
    shares = {z: float(np.mean((painted(patient, z) < -700) & (painted(patient, z) > -960))) for z in (160.0, -130.0)}
    assert shares[160.0] * X.size * 16 > 15_000  # mm²
    assert shares[-130.0] < 0.01  # gas in the bowel


def test_hips_are_wider_than_the_waist_and_women_have_breasts():
    for sex in ("F", "M"):
        skin = person(sex).painter().anatomy.frame_shapes.skin
        widths = {z: float(np.ptp(X[skin(*at(z)) < 0])) for z in (-300.0, -120.0)}
        assert widths[-300.0] > widths[-120.0]
    deep = {sex: float(np.ptp(Y[person(sex).painter().anatomy.frame_shapes.skin(*at(160.0)) < 0])) for sex in "FM"}
    assert deep["F"] > deep["M"]


def test_thighs_are_apart():
    skin = person("M").painter().anatomy.frame_shapes.skin
    row = skin(*at(-398.0))[60] < 0  # y = 40 mm, behind
    assert np.count_nonzero(np.diff(row.astype(int)) == 1) == 2


def test_arteries_lose_and_the_liver_gains_contrast_from_one_phase_to_the_next():
    early, late = densities(0.0), densities(1.0)
    assert early["aorta"] > late["aorta"]
    assert early["liver"] < late["liver"]
    assert set(early) == set(late)


def test_only_a_woman_has_ovaries_and_only_a_man_a_prostate():
    woman, man = (person(sex).painter().anatomy.pelvis for sex in ("F", "M"))
    assert set(woman.ovaries) == set(Side)
    assert woman.prostate is None
    assert man.prostate is not None
    assert not man.ovaries
