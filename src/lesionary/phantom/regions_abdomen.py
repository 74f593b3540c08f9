"""Regions of abdomen and pelvis: organs, and the fat between them."""

from __future__ import annotations

from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.areas import Regions, as_organs_see, beside, clear_of, inside_wall, organ, station
from lesionary.phantom.body import Side
from lesionary.phantom.bowel import Hollow
from lesionary.phantom.canvas import Ellipsoid, Shape, beyond, common, grown, in_front_of, union
from lesionary.phantom.places import Place
from lesionary.phantom.vessels import FORK_MM

HEAD_MM, TAIL_MM = -6.0, 44.0  # x where the head and the tail of the pancreas begin


def abdomen_regions(anatomy: Anatomy) -> Regions:
    """Every place below the diaphragm that is not part of the wall."""
    return {**_solid(anatomy), **_hollow(anatomy), **_between(anatomy), **_pelvis(anatomy)}


def _solid(anatomy: Anatomy) -> Regions:
    organs, below = anatomy.layout, grown(anatomy.lungs.diaphragm, -4.0)
    pancreas, inside = organs.pancreas, inside_wall(anatomy)
    head = common(pancreas, beyond(-1, HEAD_MM), clear_of(1, organs.portal))
    body = common(pancreas, beyond(1, HEAD_MM), beyond(-1, TAIL_MM), clear_of(1, organs.portal))
    vessels = clear_of(1.0, organs.ivc, organs.portal)
    bladder = organs.gallbladder
    return {
        Place.LIVER: organ(
            common(organs.liver, below, inside, vessels, clear_of(2, *([bladder] if bladder else []))), (-60, 105)
        ),
        Place.PORTA_HEPATIS: station(common(organs.hilum, clear_of(2, organs.portal))),
        Place.GALLBLADDER: None if bladder is None else organ(bladder),
        Place.SPLEEN: organ(common(organs.spleen, below, inside), (-35, 62)),
        Place.PANCREATIC_HEAD: organ(head, (-52, -12)),
        Place.PANCREATIC_BODY: organ(body, (-26, -2)),
        Place.PANCREATIC_TAIL: organ(common(pancreas, beyond(1, TAIL_MM)), (-16, 14)),
        Place.LEFT_KIDNEY: organ(organs.kidneys[0].outer),
        Place.RIGHT_KIDNEY: organ(organs.kidneys[1].outer),
        Place.LEFT_ADRENAL_GLAND: organ(organs.adrenals[Side.LEFT], (-16, 14)),
        Place.RIGHT_ADRENAL_GLAND: organ(organs.adrenals[Side.RIGHT], (-16, 14)),
    }


def _wall(loops: tuple[Hollow, ...]) -> Shape:
    """The walls of hollow organs."""
    return union(*(common(beside(loop.outer, -loop.wall_mm - 1, 0.5), grown(loop.outer, 1.0)) for loop in loops))


def _hollow(anatomy: Anatomy) -> Regions:
    organs, inside = anatomy.layout, inside_wall(anatomy)
    free = common(inside, clear_of(0, organs.liver, organs.spleen, *(kidney.outer for kidney in organs.kidneys)))
    below = grown(anatomy.lungs.diaphragm, -3.0)
    bowel = organs.bowel
    colon = common(_wall(bowel.colon), free, clear_of(0, bowel.stomach.outer), below)
    small = common(_wall(bowel.small), free, clear_of(0, bowel.stomach.outer, *(loop.outer for loop in bowel.colon)))
    return {
        Place.STOMACH: station(common(_wall((bowel.stomach,)), free, below), (-20, 88)),
        Place.SMALL_BOWEL: station(small, (-225, -30)),
        Place.COLON: station(colon, (-245, 0)),
    }


def _between(anatomy: Anatomy) -> Regions:
    """Fat, and the nodes and deposits in it."""
    organs, frame = anatomy.layout, anatomy.frame_shapes
    aorta = as_organs_see(frame.aorta, anatomy)
    bones: tuple[Shape, ...] = (
        as_organs_see(frame.column, anatomy),
        *(as_organs_see(psoas, anatomy) for psoas in frame.muscles),
    )
    bowel = tuple(loop.outer for loop in organs.bowel.all)
    solid: tuple[Shape, ...] = (
        organs.liver,
        organs.spleen,
        organs.pancreas,
        *(kidney.outer for kidney in organs.kidneys),
    )
    bladder: tuple[Shape, ...] = (anatomy.pelvis.bladder, *([organs.gallbladder] if organs.gallbladder else []))
    free = clear_of(2.0, aorta, organs.ivc, organs.portal, *bowel, *solid, *bladder, *bones)
    cavity, inside = as_organs_see(frame.cavity, anatomy), inside_wall(anatomy)
    below = grown(anatomy.lungs.diaphragm, -4.0)
    spine = in_front_of(26)
    mesentery = common(Ellipsoid((4, -34, -135), (62, 34, 85)), free, inside)
    caval = common(beside(organs.ivc, 2.5, 10.0), clear_of(2, aorta, *bones), spine)
    return {
        Place.MESENTERY: station(mesentery, (-210, -60)),
        Place.OMENTUM: station(common(beside(cavity, -16, -5), in_front_of(-45), free, below), (-190, 10)),
        Place.PERITONEUM: station(common(beside(cavity, -6.5, -2.0), in_front_of(40), free, below), (-235, 20)),
        Place.PERIPANCREATIC: station(
            common(beside(organs.pancreas, 3, 12), free, clear_of(2, organs.arteries)), (-48, 22)
        ),
        Place.LESSER_SAC: station(common(Ellipsoid((34, -24, 4), (36, 18, 24)), free)),
        Place.PARACAVAL: station(caval, (FORK_MM, -5)),
    }


def _pelvis(anatomy: Anatomy) -> Regions:
    pelvis = anatomy.pelvis
    adnexa = {side: common(grown(ovary, 3.0), inside_wall(anatomy)) for side, ovary in pelvis.ovaries.items()}
    inner = grown(pelvis.rectum.outer, 0.0)
    return {
        Place.URINARY_BLADDER: organ(pelvis.bladder),
        Place.RECTUM: organ(inner, (-345, -250)),
        Place.LEFT_ADNEXA: organ(adnexa[Side.LEFT]) if adnexa else None,
        Place.RIGHT_ADNEXA: organ(adnexa[Side.RIGHT]) if adnexa else None,
        Place.CERVIX: None if pelvis.cervix is None else organ(pelvis.cervix),
    }
