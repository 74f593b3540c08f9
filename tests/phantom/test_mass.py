"""What an attribute does to the picture: lesions painted on a constant ground, without noise."""

from dataclasses import replace

import numpy as np
import pytest

from lesionary.phantom.catalogue import Kind, catalogue
from lesionary.phantom.kinds import describe
from lesionary.phantom.lesion import shape
from lesionary.phantom.mass import Mass, MassPainter
from lesionary.phantom.outline import merged
from lesionary.phantom.texture import Plane

KINDS = {kind.name: kind for kind in catalogue().kinds}
LUNG_HU = -860.0
STEP_MM = 0.5


def rng(number: int = 0) -> np.random.Generator:
    return np.random.default_rng([8, number])


def mass_of(kind: Kind, attributes: tuple[str, ...], seed: int, diameter_mm: float) -> Mass:
    """A lesion of `kind` with exactly these attributes and this diameter, at the origin."""
    description, _ = describe(kind, rng(seed))
    described = replace(description, types=(), attributes=attributes, diameter_mm=diameter_mm)
    return shape(kind, described, 999.0, rng(seed)).at((0.0, 0.0, 0.0), rng(seed))


def painted(mass: Mass, seed: int, under: float | np.ndarray = LUNG_HU) -> tuple[np.ndarray, np.ndarray]:
    """HU through the centre of a mass, and how much of each point it fills."""
    half = 2.2 * max(mass.radii_mm)
    steps = np.arange(-half, half, STEP_MM)
    plane = Plane(steps, steps, 0.0)
    hu = np.full((len(steps), len(steps)), 0, np.float32) + np.float32(under)
    cover = MassPainter(mass, rng(seed)).lay(hu, plane, portal=1.0)
    return hu, cover


def shown(name: str, *attributes: str, seed: int = 0, diameter_mm: float = 30.0, under: float = LUNG_HU):
    return painted(mass_of(KINDS[name], attributes, seed, diameter_mm), seed, under)


def inside(name: str, *attributes: str, seed: int, diameter_mm: float = 30.0, under: float = LUNG_HU) -> np.ndarray:
    hu, cover = shown(name, *attributes, seed=seed, diameter_mm=diameter_mm, under=under)
    return hu[cover > 0.99]


SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cavity_holds_gas_in_a_wall_of_tissue(seed):
    hu, cover = shown("lung mass", "cavitary", seed=seed, diameter_mm=40.0)
    middle = len(hu) // 2
    assert hu[middle - 3 : middle + 4, middle - 3 : middle + 4].max() < -850
    assert 0.1 < np.mean(hu[cover > 0.5] < -500) < 0.7
    assert np.median(hu[(cover > 0.99) & (hu > -300)]) > 0
    assert inside("lung mass", seed=seed).min() > -100


@pytest.mark.parametrize("name", ["lung mass", "calcified lung nodule", "enlarged lymph node", "pleural thickening"])
def test_only_what_is_calcified_is_denser_than_200_hu(name):
    for seed in SEEDS:
        assert (inside(name, "calcified", seed=seed, diameter_mm=12.0) > 200).any()
        assert (inside(name, seed=seed, diameter_mm=12.0) < 200).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_ground_glass_lies_between_air_and_tissue_and_leaves_vessels_visible(seed):
    mass = mass_of(KINDS["ground-glass lesion"], (), seed, 25.0)
    hu, cover = painted(mass, seed)
    assert -750 < hu[cover > 0.99].mean() < -250
    vessel = np.full(hu.shape, LUNG_HU, np.float32)
    vessel[:, len(hu) // 2] = 60.0
    hu, cover = painted(mass, seed, vessel)
    within = cover[:, len(hu) // 2] > 0.99
    assert hu[within, len(hu) // 2].min() > hu[within, len(hu) // 2 + 2].max() + 200


@pytest.mark.parametrize("seed", SEEDS)
def test_consolidation_hides_vessels_and_shows_bronchi(seed):
    hu = inside("consolidated lung", seed=seed, diameter_mm=50.0)
    assert np.median(hu) > 0
    assert 0.005 < np.mean(hu < -300) < 0.15


@pytest.mark.parametrize("seed", SEEDS)
def test_spicules_reach_beyond_the_surface(seed):
    def beyond(*attributes: str) -> float:
        mass = mass_of(KINDS["lung mass"], attributes, seed, 30.0)
        steps = np.arange(-40, 40, STEP_MM)
        plane = Plane(steps, steps, 0.0)
        _, cover = MassPainter(mass, rng(seed)).paint(plane, 1.0)
        return float(cover[mass.radius(*np.meshgrid(steps, steps), 0.0) > 1.35].sum()) * STEP_MM**2

    assert beyond() == 0
    assert beyond("spiculated") > 2


def ruggedness(cover: np.ndarray) -> float:
    """Squared outline over area: 4 pi for a disc."""
    solid = cover > 0.5
    outline = np.abs(np.diff(solid.astype(int), axis=0)).sum() + np.abs(np.diff(solid.astype(int), axis=1)).sum()
    return float(outline**2 / solid.sum())


def test_lobular_and_conglomerate_outlines_are_more_rugged_than_plain_ones():
    for name, attribute in (("lung mass", "lobular"), ("enlarged lymph node", "conglomerate")):
        plain, changed = (
            np.mean([ruggedness(shown(name, *own, seed=seed)[1]) for seed in range(8)]) for own in ((), (attribute,))
        )
        assert changed > 1.05 * plain, attribute


def test_a_conglomerate_is_merged_from_several_that_touch_and_fits_into_its_size():
    for seed in SEEDS:
        balls = merged(5, rng(seed))
        assert max(np.linalg.norm(ball.centre) + ball.radius for ball in balls) == pytest.approx(1)
        for ball in balls:
            others = [other for other in balls if other is not ball]
            gaps = [np.linalg.norm(np.subtract(ball.centre, o.centre)) - ball.radius - o.radius for o in others]
            assert min(gaps) < 0


def test_an_indistinct_edge_fades_over_more_than_a_circumscribed_one():
    def fading(attribute: str, seed: int) -> float:
        cover = shown("lung mass", attribute, seed=seed)[1]
        return float(np.mean((cover > 0.05) & (cover < 0.95)))

    for seed in SEEDS:
        assert fading("indistinct", seed) > 2.5 * fading("circumscribed", seed)


def test_heterogeneous_tissue_varies_more():
    for seed in SEEDS:
        plain, varied = (inside("enhancing liver mass", *own, seed=seed).std() for own in ((), ("heterogeneous",)))
        assert varied > 2.5 * plain


def test_necrosis_is_fluid_and_fat_is_fat():
    for seed in SEEDS:
        assert 0.1 < np.mean(inside("lung mass", "necrosis", seed=seed) < 40) < 0.75
        assert 0.2 < np.mean(inside("adnexal mass", "fat-containing", seed=seed) < -30) < 0.9


def test_an_enhancing_rim_is_brighter_than_the_middle():
    for seed in SEEDS:
        mass = mass_of(KINDS["renal mass"], ("enhancing",), seed, 36.0)
        hu, cover = painted(mass, seed)
        middle = len(hu) // 2
        core = hu[middle - 6 : middle + 7, middle - 6 : middle + 7].mean()
        assert hu[(cover > 0.95)].max() > core + 20


def test_an_oval_lesion_is_longer_than_wide():
    for seed in SEEDS:
        long, wide, _ = mass_of(KINDS["enlarged lymph node"], ("oval",), seed, 20.0).radii_mm
        assert 0.5 <= wide / long <= 0.65


def test_a_hemangioma_has_a_rim_of_nodules_with_gaps():
    spread = []
    for seed in SEEDS:
        hu, cover = shown("liver hemangioma", "enhancing", seed=seed, diameter_mm=34.0, under=110.0)
        rim = hu[(cover > 0.9) & (cover < 1.0)]
        spread.append(np.quantile(rim, 0.9) - np.quantile(rim, 0.1))
    assert np.mean(spread) > 40


def test_patchy_and_reticular_opacities_leave_air_between():
    for seed in SEEDS:
        for name, attribute in (("lung infiltrate", "patchy"), ("lung reticulation", "reticular")):
            hu = inside(name, attribute, seed=seed, diameter_mm=45.0)
            assert np.quantile(hu, 0.95) - np.quantile(hu, 0.05) > 250, name


def test_what_bounds_a_lesion_is_not_crossed():
    mass = mass_of(KINDS["consolidated lung"], (), 0, 50.0)
    steps = np.arange(-40, 40, STEP_MM)
    plane = Plane(steps, steps, 0.0)
    x = np.broadcast_to(steps.astype(np.float32), (len(steps), len(steps)))
    hu = np.full(x.shape, LUNG_HU, np.float32)
    cover = MassPainter(mass, rng()).lay(hu, plane, 1.0, confined=x)  # everything beyond x = 0 is out of bounds
    assert not cover[x > mass.edge_mm].any()
    assert (hu[x > mass.edge_mm] == LUNG_HU).all()
    assert cover[x < -mass.edge_mm].max() == 1


def test_sclerotic_bone_is_denser_than_bone_and_lytic_bone_is_not_bone():
    for seed in SEEDS:
        assert np.median(inside("sclerotic bone lesion", "sclerotic", seed=seed, diameter_mm=14.0)) > 400
        assert np.median(inside("lytic bone lesion", "lytic", seed=seed, diameter_mm=14.0)) < 100


def test_an_outline_lies_within_its_margin():
    for name, attribute in (("lung mass", "spiculated"), ("lung mass", "lobular"), ("lung scar", "")):
        mass = mass_of(KINDS[name], (attribute,) if attribute else (), 1, 30.0)
        half = mass.margin * max(mass.radii_mm) + 6
        steps = np.arange(-half, half, 1.0)
        depth = MassPainter(mass, rng()).depth(Plane(steps, steps, 0.0))
        rim = np.concatenate([depth[0], depth[-1], depth[:, 0], depth[:, -1]])
        assert rim.max() < 0
