import numpy as np
import pytest

from lesionary.params.phantom import PhantomParams
from lesionary.phantom.body import adrenal_mm
from lesionary.phantom.mass import MassPainter
from lesionary.phantom.patient import Patient, draw_patient
from lesionary.phantom.subtypes import Subtype, class_numbers, looks
from lesionary.phantom.texture import Field, Plane


def params(overlap: float) -> PhantomParams:
    sizes = {"patients": 3, "screening_patients": 0, "text_studies": 0, "matrix": 64, "max_slices": 10}
    return PhantomParams(seed=1, **sizes, noise_hu=12.0, overlap=overlap, imbalance=1.0, label_noise=1.0, typos=0.0)


def patient(subtype: Subtype, number: int = 1, overlap: float = 0.0) -> Patient:
    return draw_patient(number, subtype, params(overlap), np.random.default_rng([1, number]))


def through(mass_centre: tuple[float, float, float], half_mm: float) -> Plane:
    x, y, z = mass_centre
    steps = np.linspace(-half_mm, half_mm, 80)
    return Plane(x + steps, y + steps, z)


def deep_inside(subject: Patient) -> np.ndarray:
    """HU of the mass alone, more than 2 mm from its surface, in the plane of its centre."""
    painter = MassPainter(subject.tumour.mass, np.random.default_rng(0))
    plane = through(subject.tumour.mass.centre_mm, 1.3 * max(subject.tumour.mass.radii_mm))
    return painter.paint(plane, 1.0)[0][painter.depth(plane) > 2]


def test_sixty_patients_divide_as_in_table_1():
    # Quotas of 60: 14.15, 9.17, 15.20, 8.65, 12.84; floors leave two, which go to AM (.65) and PCC (.84).
    expected = {Subtype.ACA: 14, Subtype.NAA: 9, Subtype.GN: 15, Subtype.AM: 9, Subtype.PCC: 13}
    assert class_numbers(60) == expected


@pytest.mark.parametrize("patients", range(1, 40))
def test_no_patient_is_lost_to_rounding(patients):
    assert sum(class_numbers(patients).values()) == patients


@pytest.mark.parametrize("subtype", Subtype)
def test_a_text_book_mass_holds_fat_only_if_it_is_a_myelolipoma(subtype):
    fat = [np.mean(deep_inside(patient(subtype, number)) < -30) for number in range(1, 7)]
    assert min(fat) > 0.1 if subtype is Subtype.AM else max(fat) == 0


def test_unusual_pictures_come_with_overlap_only():
    unusual = [[patient(Subtype.AM, n, overlap).tumour.unusual for n in range(200)] for overlap in (0.0, 1.0)]
    assert sum(unusual[0]) == 0
    assert 15 <= sum(unusual[1]) <= 45  # 15 % of 200, give or take three standard deviations


def test_overlap_widens_every_trait_that_varies():
    for look in looks().values():
        book, clinic = (
            [look.usual.draw(overlap, np.random.default_rng(n)) for n in range(300)] for overlap in (0.0, 1.0)
        )
        for trait in ("hu", "diameter_mm", "texture_hu"):
            assert np.std([t[trait] for t in book]) < np.std([t[trait] for t in clinic])


def test_necrosis_fills_its_share_of_the_mass():
    subject = patient(Subtype.ACA, 3)
    painter = MassPainter(subject.tumour.mass, np.random.default_rng(0))
    low, high = (np.array(corner) for corner in painter.bounds_mm)
    x, y, z = (np.linspace(a, b, 40) for a, b in zip(low, high, strict=True))
    necrosis = subject.tumour.mass.inclusions[0]
    hits = []
    for height in z:
        plane = Plane(x, y, float(height))
        depth = painter.depth(plane)
        score = painter._score(necrosis, painter.islands[0][1], plane, depth)
        hits.append((score > painter.limits[0])[depth > 0])
    assert np.concatenate(hits).mean() == pytest.approx(necrosis.share, abs=0.03)


def test_the_same_patient_looks_the_same_twice():
    plane = through((0.0, 0.0, 0.0), 60)
    assert np.array_equal(patient(Subtype.GN).hu(plane), patient(Subtype.GN).hu(plane))


def test_a_follow_up_changes_nothing_but_the_radii_of_the_mass():
    before = patient(Subtype.PCC)
    after = before.later(1.5)
    assert np.allclose(after.tumour.mass.radii_mm, np.multiply(before.tumour.mass.radii_mm, 1.5))
    assert after.later(1 / 1.5).seed == before.seed
    assert after.tumour.mass.centre_mm == before.tumour.mass.centre_mm


def test_tissues_have_their_density_where_they_lie():
    subject = patient(Subtype.NAA)
    sx, sy = subject.body.scale
    half = subject.body.half_width_mm

    def hu(x: float, y: float, z: float) -> float:
        return float(np.median(subject.hu(Plane(x + np.linspace(-2, 2, 9), y + np.linspace(-2, 2, 9), z))))

    assert hu(-95 * sx, -20 * sy, 20) == pytest.approx(110, abs=15)  # liver
    assert hu(7, 13 * sy, 0) == pytest.approx(152, abs=15)  # aorta, portal venous phase
    assert hu(half + 10, 0, 0) == pytest.approx(-1000, abs=1)  # air
    assert hu(half - subject.body.fat_mm / 2, 0, 0) == pytest.approx(-102, abs=15)  # subcutaneous fat


def test_a_mass_grows_from_the_adrenal():
    for subtype in Subtype:
        subject = patient(subtype)
        offset = np.subtract(subject.tumour.mass.centre_mm, adrenal_mm(subject.tumour.side, subject.body))
        assert np.linalg.norm(offset) < max(subject.tumour.mass.radii_mm) * 1.2
        assert np.sign(subject.tumour.mass.centre_mm[0]) == (1 if subject.tumour.side == "left" else -1)


def test_a_field_is_standardised():
    field = Field(np.random.default_rng(0), 5.0, 32)
    steps = np.arange(0, 160, 1.7)
    values = np.stack([field.on(Plane(steps, steps, z)) for z in np.arange(0, 160, 7.3)])
    assert values.mean() == pytest.approx(0, abs=0.05)
    assert values.std() == pytest.approx(1, abs=0.05)


def test_a_field_equals_its_slow_definition():
    field = Field(np.random.default_rng(0), 4.0, 8)
    x, y, z = 3.3, -7.1, 50.2

    def bump(t: float) -> float:  # the cubic B-spline about 0
        t = abs(t)
        return 2 / 3 - t * t + t**3 / 2 if t < 1 else max(0.0, 2 - t) ** 3 / 6

    slow = sum(
        field.nodes[k % 8, j % 8, i % 8] * bump(x / 4 - i) * bump(y / 4 - j) * bump(z / 4 - k)
        for i in range(-4, 5)
        for j in range(-6, 4)
        for k in range(8, 18)
    )
    assert field.on(Plane(np.array([x]), np.array([y]), z))[0, 0] == pytest.approx(slow, abs=1e-5)
