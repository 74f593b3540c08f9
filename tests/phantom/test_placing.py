import numpy as np
import pytest

from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.body import Body
from lesionary.phantom.catalogue import Kind, catalogue
from lesionary.phantom.kinds import Description, describe, draw_part
from lesionary.phantom.lesion import shape
from lesionary.phantom.naming import with_height
from lesionary.phantom.places import Place
from lesionary.phantom.placing import Slab, find_room
from lesionary.phantom.regions import region
from lesionary.phantom.texture import Plane

KINDS = {kind.name: kind for kind in catalogue().kinds}


def rng(number: int = 0) -> np.random.Generator:
    return np.random.default_rng([6, number])


@pytest.fixture(scope="module")
def woman() -> Anatomy:
    return Anatomy(Body.draw(rng()), None, rng(1), "F")


def room_for(kind: Kind, anatomy: Anatomy, number: int):
    """A shaped lesion, its place, and room for it anywhere in the body."""
    draw = rng(number)
    part = draw_part(kind, draw)
    where = region(anatomy, part.place)
    description, _ = describe(kind, draw, part)
    shaped = shape(kind, description, 40.0, draw)
    slab = Slab((0.0, 0.0), 230.0, where.z_mm[0] - 20, where.z_mm[1] + 20, 5.0)
    return shaped, part.place, find_room(shaped, part.place, anatomy, slab, [], draw)


def distance(anatomy: Anatomy, place: Place, at: tuple[float, float, float]) -> float:
    """Signed distance of a point to a place in mm, negative inside."""
    plane, where = Plane(np.array([at[0]]), np.array([at[1]]), at[2]), region(anatomy, place)
    canvas = anatomy.canvas(plane, np.zeros((1, 1), np.float32))
    seen = anatomy.fixed(canvas, plane) if where.fixed else canvas
    return float(np.ravel(where.shape(*seen.at()))[0])


@pytest.mark.parametrize("name", ["lung nodule", "enlarged lymph node", "liver cyst", "sclerotic bone lesion"])
def test_a_lesion_lies_in_its_place(name, woman):
    found = 0
    for number in range(6):
        shaped, place, room = room_for(KINDS[name], woman, number)
        if room is None:
            continue
        found += 1
        least = 0.0 if region(woman, place).along else shaped.depth[0] * shaped.radius_mm
        assert distance(woman, place, room.centre_mm) <= 0.1 - least
    assert found >= 3


def test_bone_and_wall_are_replaced_and_a_pleural_mass_lies_beneath_the_wall(woman):
    for name, over in (("lytic bone lesion", True), ("chest wall mass", True), ("pleural mass", False)):
        rooms = [room_for(KINDS[name], woman, number)[2] for number in range(4)]
        assert {room.over for room in rooms if room is not None} == {over}


def test_a_body_without_the_place_has_no_room_for_it():
    man = Anatomy(Body.draw(rng()), None, rng(1), "M")
    kind = KINDS["cervical mass"]
    description, part = describe(kind, rng())
    slab = Slab((0.0, 0.0), 230.0, -400.0, -100.0, 5.0)
    assert find_room(shape(kind, description, 40.0, rng()), part.place, man, slab, [], rng()) is None


def test_a_subpleural_nodule_touches_the_pleura(woman):
    kind = KINDS["lung nodule"].model_copy(update={"sites": {"subpleural": 1.0}})
    part = next(part for part in kind.parts if part.place is Place.RIGHT_LOWER_LOBE)
    description, _ = describe(kind, rng(3), part)
    assert "subpleural" in description.parts
    shaped = shape(kind, description, 40.0, rng(3))
    slab = Slab((0.0, 0.0), 230.0, 60.0, 180.0, 5.0)
    room = find_room(shaped, part.place, woman, slab, [], rng(3), [catalogue().sites["subpleural"]])
    assert distance(woman, Place.RIGHT_PLEURA, room.centre_mm) <= shaped.radius_mm + 1.1


def test_the_lowest_part_of_a_lung_is_its_base_and_the_highest_its_apex(woman):
    plain = Description("lung nodule", ("right lower lobe",), (), (), 10.0, (), ())

    def named(place: Place, z: float) -> tuple[str, ...]:
        return with_height(plain, place, (-60.0, 0.0, z), woman).parts

    low, high = region(woman, Place.RIGHT_LOWER_LOBE).z_mm[0], region(woman, Place.RIGHT_UPPER_LOBE).z_mm[1]
    assert named(Place.RIGHT_LOWER_LOBE, low + 5) == ("right lower lobe", "lung base")
    assert named(Place.RIGHT_UPPER_LOBE, high - 5) == ("right lower lobe", "lung apex")
    assert named(Place.RIGHT_LOWER_LOBE, (low + high) / 2) == ("right lower lobe",)
    assert named(Place.LIVER, low) == ("right lower lobe",)
