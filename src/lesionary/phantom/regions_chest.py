"""Regions of neck and chest: lobes, airways, mediastinal stations, pleura."""

from __future__ import annotations

from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.areas import Regions, as_organs_see, beside, clear_of, inside_wall, organ, station
from lesionary.phantom.body import Side
from lesionary.phantom.canvas import Ellipsoid, Shape, between, beyond, common, grown, in_front_of, outside
from lesionary.phantom.girdles import SIGN
from lesionary.phantom.lungs import HILUM, Fissures
from lesionary.phantom.places import Place

APEX_MM = 318.0


def chest_regions(anatomy: Anatomy) -> Regions:
    """Every place between neck and diaphragm that is not part of the wall."""
    thyroid = anatomy.mediastinum.thyroid
    return {
        Place.RIGHT_THYROID_LOBE: organ(thyroid[Side.RIGHT]),
        Place.LEFT_THYROID_LOBE: organ(thyroid[Side.LEFT]),
        **_lobes(anatomy),
        **_airways(anatomy),
        **_stations(anatomy),
        **_linings(anatomy),
    }


def _lung(anatomy: Anatomy, side: Side) -> Shape:
    """One lung."""
    lungs = anatomy.lungs
    hilum = Ellipsoid(HILUM[side], (12, 14, 20))
    above = grown(outside(lungs.diaphragm), -1.0)
    return common(
        above, outside(anatomy.mediastinum.outline), outside(hilum), inside_wall(anatomy), beyond(SIGN[side], 0)
    )


def _lobes(anatomy: Anatomy) -> Regions:
    fissures = anatomy.lungs.fissures
    right, left = (_lung(anatomy, side) for side in (Side.RIGHT, Side.LEFT))
    over_right, over_left = (_over(fissures, side) for side in (Side.RIGHT, Side.LEFT))
    over_middle = outside(fissures.above_horizontal)
    upper = between(fissures.lingula, 400)
    level = fissures.horizontal
    return {
        Place.RIGHT_UPPER_LOBE: organ(common(right, over_right, over_middle), (level - 8, APEX_MM)),
        Place.RIGHT_MIDDLE_LOBE: organ(common(right, over_right, outside(over_middle)), (84, level)),
        Place.RIGHT_LOWER_LOBE: organ(common(right, outside(over_right)), (20, fissures.oblique[Side.RIGHT] + 72)),
        Place.LEFT_UPPER_LOBE: organ(common(left, over_left, upper), (fissures.lingula, APEX_MM)),
        Place.LINGULA: organ(common(left, over_left, outside(upper)), (80, fissures.lingula)),
        Place.LEFT_LOWER_LOBE: organ(common(left, outside(over_left)), (20, fissures.oblique[Side.LEFT] + 72)),
    }


def _over(fissures: Fissures, side: Side) -> Shape:
    """What lies above an oblique fissure."""
    return lambda x, y, z: -fissures.above_oblique(side, x, y, z)


def _airways(anatomy: Anatomy) -> Regions:
    """Lesions of an airway grow from its wall."""
    inside = anatomy.mediastinum
    on_wall = beside(inside.trachea, -3.0, 1.5)
    bronchi = {
        side: common(beside(bronchus, -2.5, 1.5), clear_of(0, inside.trachea))
        for side, bronchus in inside.bronchi.items()
    }
    return {
        Place.TRACHEA: station(on_wall, (218, 335)),
        Place.RIGHT_BRONCHUS: station(bronchi[Side.RIGHT], (150, 205)),
        Place.LEFT_BRONCHUS: station(bronchi[Side.LEFT], (152, 205)),
    }


def _stations(anatomy: Anatomy) -> Regions:
    """Lymph nodes between the vessels of the mediastinum, and the fat around the heart."""
    inside, lungs = anatomy.mediastinum, anatomy.lungs
    aorta = as_organs_see(anatomy.frame_shapes.aorta, anatomy)
    tubes: tuple[Shape, ...] = (
        inside.cava,
        inside.branches,
        inside.pulmonary,
        inside.trachea,
        *inside.bronchi.values(),
        inside.oesophagus,
    )
    free = common(
        clear_of(2.5, aorta, *tubes, inside.azygos, *(shape for shape, _ in inside.heart.walls)), inside_wall(anatomy)
    )
    bony = clear_of(4.0, as_organs_see(anatomy.frame_shapes.column, anatomy))
    fat = common(grown(inside.outline, -2.0), free, bony)
    sac = inside.heart.pericardium
    above = outside(grown(lungs.diaphragm, 3.0))

    def around(x: float, y: float, z: float, rx: float, ry: float, rz: float) -> Shape:
        return common(Ellipsoid((x, y, z), (rx, ry, rz)), free)

    hila = {
        side: station(common(Ellipsoid(centre, (15, 17, 24)), clear_of(1.5, inside.pulmonary, inside.bronchi[side])))
        for side, centre in HILUM.items()
    }
    return {
        Place.RIGHT_HILUM: hila[Side.RIGHT],
        Place.LEFT_HILUM: hila[Side.LEFT],
        Place.SUPERIOR_MEDIASTINUM: station(common(fat, in_front_of(30)), (245, 305)),
        Place.ANTERIOR_MEDIASTINUM: station(common(fat, in_front_of(-30), clear_of(3, sac)), (170, 245)),
        Place.PRETRACHEAL: station(around(-6, -8, 222, 16, 11, 22)),
        Place.SUBCARINAL: station(around(3, 19, 186, 17, 11, 15)),
        Place.AORTICOPULMONARY_WINDOW: station(around(24, -2, 217, 14, 19, 11)),
        Place.CARDIOPHRENIC: station(common(beside(sac, -9, -2), free, in_front_of(-40), above), (80, 108)),
        Place.PERICARDIUM: station(common(beside(sac, -2.5, 1.0), above), (85, 180)),
        Place.OESOPHAGUS: station(
            common(beside(inside.oesophagus, -5.5, -0.5), clear_of(2, aorta, inside.trachea)), (70, 330)
        ),
    }


def _linings(anatomy: Anatomy) -> Regions:
    diaphragm, outline = anatomy.lungs.diaphragm, anatomy.mediastinum.outline
    cavity = as_organs_see(anatomy.frame_shapes.cavity, anatomy)
    thin = common(beside(diaphragm, -2.5, 0.0), clear_of(2, outline), inside_wall(anatomy, 8))
    pleura = common(beside(cavity, -8.0, -3.0), outside(grown(diaphragm, 3.0)), clear_of(2, outline))
    return {
        Place.RIGHT_PLEURA: station(common(pleura, beyond(-1, -15)), (30, 300)),
        Place.LEFT_PLEURA: station(common(pleura, beyond(1, 15)), (30, 300)),
        Place.DIAPHRAGM: station(thin, (25, 112)),
    }
