"""Patients without a tumour: a survey of the part of the torso that holds a lesion, and others that it shows, too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lesionary.params.phantom import PhantomParams
from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.body import Body
from lesionary.phantom.catalogue import Kind, Part, catalogue
from lesionary.phantom.kinds import describe, draw_kind, draw_part
from lesionary.phantom.lesion import Lesion, shape
from lesionary.phantom.naming import with_height
from lesionary.phantom.patient import Patient
from lesionary.phantom.placing import WITHIN_MM, Slab, find_room
from lesionary.phantom.regions import region
from lesionary.phantom.scanner import Protocol, draw_survey

LESIONS = (0.12, 0.28, 0.32, 0.28)  # how many patients have one, two, three, four
DRAWS = 12  # kinds drawn for a lesion before it is given up
TORSO_TOP_MM = 334.0  # from there on anatomy is no longer drawn
TORSO_MM = 230.0  # no torso is wider than twice this
TRIES = 3  # of one kind, before another is drawn


def draw_screened(number: int, params: PhantomParams, rng: np.random.Generator) -> tuple[Patient, Protocol]:
    """A patient with at least one lesion, and the survey that shows all of theirs."""
    protocol = draw_survey(params, rng)
    patient = Patient(
        number=number,
        sex="F" if rng.random() < 0.5 else "M",
        age=int(np.clip(rng.normal(58, 14), 18, 90)),
        body=Body.draw(rng),
        seed=int(rng.integers(2**31)),
    )
    anatomy = Anatomy(patient.body, None, np.random.default_rng([patient.seed, 1]), patient.sex)
    wanted = 1 + int(rng.choice(len(LESIONS), p=LESIONS))
    lesions = [_first(anatomy, patient.sex, protocol, rng)]
    protocol = _aimed(protocol, lesions[0], rng)
    while len(lesions) < wanted:
        lesion = _further(anatomy, patient.sex, slab_of(protocol), lesions, rng)
        if lesion is None:
            break
        lesions.append(lesion)
    return replace(patient, lesions=tuple(lesions)), protocol


def slab_of(protocol: Protocol) -> Slab:
    """What a protocol shows."""
    x, y, z = protocol.origin_mm
    half = (protocol.matrix - 1) / 2 * protocol.pixel_mm
    high = z + (protocol.slices - 1) * protocol.thickness_mm
    return Slab((x + half, y + half), half, z, high, protocol.thickness_mm)


def _first(anatomy: Anatomy, sex: str, protocol: Protocol, rng: np.random.Generator) -> Lesion:
    """A lesion of any kind, by its frequency, anywhere in the body."""
    seen = slab_of(protocol)
    high_mm = seen.high_mm - seen.low_mm
    while True:
        kind = draw_kind(rng, sex)
        for _ in range(TRIES):  # a kind that fits with difficulty is no rarer for it
            part = draw_part(kind, rng)
            where = region(anatomy, part.place)
            if where is None:
                continue
            low, high = where.z_mm[0] - high_mm / 2, where.z_mm[1] + high_mm / 2
            whole = Slab((0.0, 0.0), TORSO_MM, low, high, protocol.thickness_mm)
            lesion = _placed(kind, part, anatomy, whole, high_mm, [], rng)
            if lesion is not None:
                return lesion


def _aimed(protocol: Protocol, lesion: Lesion, rng: np.random.Generator) -> Protocol:
    """The survey moved to where it shows the whole of a lesion, not always in its middle."""
    slab, mass = slab_of(protocol), lesion.mass
    slack = (slab.high_mm - slab.low_mm) / 2 - mass.radii_mm[2]
    height = mass.centre_mm[2] + float(rng.uniform(-slack, slack))
    if mass.radii_mm[2] < slab.thickness_mm:  # a slice goes through its centre
        steps = round((height - mass.centre_mm[2]) / slab.thickness_mm) + (protocol.slices - 1) % 2 / 2
        height = mass.centre_mm[2] + steps * slab.thickness_mm
    offset = np.subtract(mass.centre_mm[:2], slab.centre_mm)
    beyond = float(np.hypot(*offset)) - (slab.radius_mm - max(mass.radii_mm) - WITHIN_MM - 1)
    move = offset * max(0.0, beyond) / max(float(np.hypot(*offset)), 1e-6)
    x, y, _ = protocol.origin_mm
    low = height - (slab.high_mm - slab.low_mm) / 2
    highest = max(TORSO_TOP_MM, mass.centre_mm[2] + mass.radii_mm[2])
    above = low + (slab.high_mm - slab.low_mm) - highest
    low -= max(0, int(np.ceil(above / slab.thickness_mm))) * slab.thickness_mm  # what is drawn ends below the neck
    return replace(protocol, origin_mm=(round(x + float(move[0]), 3), round(y + float(move[1]), 3), round(low, 3)))


def _further(anatomy: Anatomy, sex: str, slab: Slab, others: list[Lesion], rng: np.random.Generator) -> Lesion | None:
    """A lesion of a kind that occurs at the height of `slab`."""
    for _ in range(DRAWS):
        kind = _shown(draw_kind(rng, sex), anatomy, slab)
        while kind is None:
            kind = _shown(draw_kind(rng, sex), anatomy, slab)
        lesion = _placed(kind, draw_part(kind, rng), anatomy, slab, slab.high_mm - slab.low_mm, others, rng)
        if lesion is not None:
            return lesion
    return None


def _shown(kind: Kind, anatomy: Anatomy, slab: Slab) -> Kind | None:
    """A kind with those of its places that reach into a slab; None if none does."""
    parts = [part for part in kind.parts if _reaches(part, anatomy, slab)]
    return kind.model_copy(update={"parts": tuple(parts)}) if parts else None


def _reaches(part: Part, anatomy: Anatomy, slab: Slab) -> bool:
    where = region(anatomy, part.place)
    return where is not None and where.z_mm[0] < slab.high_mm and where.z_mm[1] > slab.low_mm


def _placed(
    kind: Kind,
    part: Part,
    anatomy: Anatomy,
    slab: Slab,
    highest_mm: float,
    others: list[Lesion],
    rng: np.random.Generator,
) -> Lesion | None:
    description, part = describe(kind, rng, part)
    shaped = shape(kind, description, highest_mm, rng)
    sites = [catalogue().sites[label] for label in description.parts if label in catalogue().sites]
    room = find_room(shaped, part.place, anatomy, slab, others, rng, sites)
    if room is None:
        return None
    named = with_height(description, part.place, room.centre_mm, anatomy)
    return Lesion(named, shaped.at(room.centre_mm, rng), room.over, shaped.bound(part.place))
