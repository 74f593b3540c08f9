"""Patients without a tumour: a survey of the upper abdomen, and lesions of many kinds where it shows them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lesionary.params import PhantomParams
from lesionary.phantom.anatomy import Anatomy
from lesionary.phantom.body import Body
from lesionary.phantom.kinds import describe, draw_kind
from lesionary.phantom.lesion import Lesion, shape
from lesionary.phantom.patient import Patient
from lesionary.phantom.placing import Slab, find_room
from lesionary.phantom.regions import region
from lesionary.phantom.scanner import Protocol, draw_survey

LESIONS = (0.12, 0.28, 0.32, 0.28)  # how many patients have one, two, three, four
DRAWS = 12  # kinds drawn for a lesion before it is given up


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
    lesions: list[Lesion] = []
    while len(lesions) < wanted:
        lesion = _draw_lesion(anatomy, slab_of(protocol), lesions, rng)
        if lesion is not None:
            lesions.append(lesion)
        elif lesions:
            break
    return replace(patient, lesions=tuple(lesions)), protocol


def slab_of(protocol: Protocol) -> Slab:
    """What a protocol shows."""
    x, y, z = protocol.origin_mm
    half = (protocol.matrix - 1) / 2 * protocol.pixel_mm
    high = z + (protocol.slices - 1) * protocol.thickness_mm
    return Slab((x + half, y + half), half, z, high, protocol.thickness_mm)


def _draw_lesion(anatomy: Anatomy, slab: Slab, others: list[Lesion], rng: np.random.Generator) -> Lesion | None:
    for _ in range(DRAWS):
        kind = draw_kind(rng)
        description, part = describe(kind, rng)
        shaped = shape(kind, description, slab.high_mm - slab.low_mm, rng)
        centre = find_room(shaped, part.place, anatomy, slab, others, rng)
        where = region(anatomy, part.place)
        if centre is not None and where is not None:
            return Lesion(description, shaped.at(centre, rng), where.fixed and not where.along)
    return None
