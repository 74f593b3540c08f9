"""Every place that a lesion may lie in exists in a drawn body, lies in it, and is painted as its tissue."""

from collections import defaultdict

import numpy as np
import pytest

from lesionary.phantom.areas import Region
from lesionary.phantom.body import Body
from lesionary.phantom.patient import Patient
from lesionary.phantom.places import Place
from lesionary.phantom.regions import region, regions
from lesionary.phantom.texture import Plane

STEPS = np.arange(-210.0, 210.0, 5.0)
HEIGHTS = np.arange(-398.0, 330.0, 8.0)
WOMEN = {Place.LEFT_BREAST, Place.RIGHT_BREAST, Place.LEFT_ADNEXA, Place.RIGHT_ADNEXA, Place.CERVIX}
FAT, MUSCLE, LUNG, BONE = (-125, -40), (20, 90), (-950, -780), (110, 700)
NODAL = (-130, 40)
"""Fat, with what else runs through a station."""
SOFT = (-130, 170)
"""A wall between two others."""
HU: dict[Place, tuple[float, float]] = {
    **{place: LUNG for place in Place if place.value.endswith("lobe") and "thyroid" not in place.value},
    Place.LINGULA: LUNG,
    Place.RIGHT_THYROID_LOBE: (120, 190),
    Place.LEFT_THYROID_LOBE: (120, 190),
    **dict.fromkeys(
        (Place.RIGHT_SUPRACLAVICULAR, Place.LEFT_SUPRACLAVICULAR, Place.RIGHT_AXILLA, Place.LEFT_AXILLA), FAT
    ),
    **dict.fromkeys((Place.RIGHT_BREAST, Place.LEFT_BREAST), (-110, 60)),
    **dict.fromkeys((Place.RIGHT_HILUM, Place.LEFT_HILUM), (-950, 160)),
    **dict.fromkeys((Place.TRACHEA, Place.RIGHT_BRONCHUS, Place.LEFT_BRONCHUS), (-1000, 60)),
    **dict.fromkeys(
        (Place.SUPERIOR_MEDIASTINUM, Place.ANTERIOR_MEDIASTINUM, Place.PRETRACHEAL, Place.SUBCARINAL), NODAL
    ),
    **dict.fromkeys((Place.AORTICOPULMONARY_WINDOW, Place.CARDIOPHRENIC, Place.RETROCRURAL), NODAL),
    **dict.fromkeys((Place.PERICARDIUM, Place.OESOPHAGUS, Place.DIAPHRAGM), SOFT),
    **dict.fromkeys((Place.RIGHT_PLEURA, Place.LEFT_PLEURA), LUNG),
    Place.CHEST_WALL: (0, 90),
    Place.LIVER: (100, 130),
    Place.PORTA_HEPATIS: NODAL,
    Place.GALLBLADDER: (0, 20),
    Place.SPLEEN: (112, 132),
    **dict.fromkeys((Place.PANCREATIC_HEAD, Place.PANCREATIC_BODY, Place.PANCREATIC_TAIL), (75, 125)),
    **dict.fromkeys((Place.LEFT_KIDNEY, Place.RIGHT_KIDNEY), (140, 200)),
    **dict.fromkeys((Place.LEFT_ADRENAL_GLAND, Place.RIGHT_ADRENAL_GLAND), (20, 100)),
    **dict.fromkeys((Place.STOMACH, Place.SMALL_BOWEL, Place.COLON), (0, 100)),
    **dict.fromkeys((Place.MESENTERY, Place.OMENTUM, Place.PERITONEUM, Place.PERIPANCREATIC, Place.LESSER_SAC), NODAL),
    **dict.fromkeys((Place.PARAAORTIC, Place.PARACAVAL, Place.PELVIC_WALL), NODAL),
    **dict.fromkeys(
        (Place.ABDOMINAL_WALL, Place.PSOAS, Place.PARASPINAL_MUSCLE, Place.LEFT_THIGH, Place.RIGHT_THIGH), MUSCLE
    ),
    **dict.fromkeys((Place.STERNUM, Place.RIB, Place.THORACIC_VERTEBRA, Place.LUMBAR_VERTEBRA, Place.SACRUM), BONE),
    **dict.fromkeys((Place.LEFT_PELVIC_BONE, Place.RIGHT_PELVIC_BONE, Place.LEFT_FEMUR, Place.RIGHT_FEMUR), BONE),
    Place.SUBCUTANEOUS_FAT: FAT,
    Place.SKIN: (-110, 40),
    **dict.fromkeys((Place.LEFT_COMMON_ILIAC, Place.RIGHT_COMMON_ILIAC), NODAL),
    **dict.fromkeys(
        (Place.LEFT_EXTERNAL_ILIAC, Place.RIGHT_EXTERNAL_ILIAC, Place.LEFT_GROIN, Place.RIGHT_GROIN), NODAL
    ),
    Place.URINARY_BLADDER: (0, 20),
    **dict.fromkeys((Place.LEFT_ADNEXA, Place.RIGHT_ADNEXA), (-40, 60)),
    Place.CERVIX: (60, 115),
    Place.RECTUM: (-900, 95),
}


def drawn(sex: str, seed: int) -> Patient:
    return Patient(1, sex, 55, Body.draw(np.random.default_rng(seed)), seed)


def sampled(patient: Patient) -> dict[Place, dict[str, np.ndarray]]:
    """HU and depth under the skin of the points of each region, over the whole torso."""
    painter = patient.painter()
    anatomy = painter.anatomy
    found: dict[Place, dict[str, list[np.ndarray]]] = defaultdict(lambda: defaultdict(list))
    for height in HEIGHTS:
        plane = Plane(STEPS, STEPS[10:-10], float(height))
        hu = painter.paint(plane, 1.0)[0]
        canvas = anatomy.canvas(plane, np.zeros_like(hu))
        fixed = anatomy.fixed(canvas, plane)
        under = -anatomy.frame_shapes.skin(*fixed.at())
        for place, where in regions(anatomy).items():
            if where is None or not where.z_mm[0] <= height <= where.z_mm[1]:
                continue
            inside = np.broadcast_to(where.shape(*(fixed if where.fixed else canvas).at()), hu.shape) < 0
            found[place]["hu"].append(hu[inside])
            found[place]["under"].append(under[inside])
    return {place: {name: np.concatenate(rows) for name, rows in all_.items()} for place, all_ in found.items()}


@pytest.fixture(scope="module", params=[("F", 3), ("M", 4)], ids=["woman", "man"])
def points(request) -> tuple[str, dict[Place, dict[str, np.ndarray]]]:
    sex, seed = request.param
    return sex, sampled(drawn(sex, seed))


def test_every_place_has_a_region_and_only_women_have_theirs():
    for sex in ("F", "M"):
        known = regions(drawn(sex, 3).painter().anatomy)
        assert set(known) == set(Place)
        missing = {place for place, where in known.items() if where is None} - {Place.GALLBLADDER}
        assert missing == (set() if sex == "F" else WOMEN)


def test_every_region_has_room_inside_the_body(points):
    sex, found = points
    for place in Place:
        if place in found:
            assert len(found[place]["hu"]) >= 3, place
            assert found[place]["under"].min() > -1.0, place
    assert set(Place) - set(found) <= {Place.GALLBLADDER} | (set() if sex == "F" else WOMEN)


def test_every_region_is_painted_as_its_tissue(points):
    wrong = {}
    for place, values in points[1].items():
        low, high = HU[place]
        if not low <= (middle := float(np.median(values["hu"]))) <= high:
            wrong[place.value] = middle
    assert not wrong


def test_regions_are_named_by_the_side_they_lie_on():
    anatomy = drawn("F", 3).painter().anatomy
    for place in Place:
        sign = 1 if "left" in place.value else -1 if "right" in place.value else 0
        where = region(anatomy, place)
        if sign and where is not None:
            assert centroid(where) * sign > 0, place


def centroid(where: Region) -> float:
    """x of the middle of a region, over a few heights."""
    x, y = np.meshgrid(STEPS.astype(np.float32), STEPS.astype(np.float32))
    found = []
    for height in np.linspace(*where.z_mm, 9)[1:-1]:
        z = np.full((1, 1), height, np.float32)
        found.append(x[np.broadcast_to(where.shape(x, y, z), x.shape) < 0])
    return float(np.concatenate(found).mean())


def test_a_region_ends_where_it_says():
    anatomy = drawn("M", 5).painter().anatomy
    lobe = region(anatomy, Place.RIGHT_MIDDLE_LOBE)
    assert lobe is not None
    assert lobe.z_mm[1] == pytest.approx(anatomy.lungs.fissures.horizontal)
    assert lobe.z_mm[0] < lobe.z_mm[1]
