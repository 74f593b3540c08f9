"""Who is in the cohort: settled before anyone is drawn, so that patients can be drawn in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lesionary.params.phantom import PhantomParams
from lesionary.phantom.subtypes import Subtype, class_numbers

SECOND_SCAN = 0.05  # share of patients with an adrenal mass who have a follow-up
TEXTS = 2  # reports of a patient without images


class Split(StrEnum):
    """As written in lesions.csv and reports.csv."""

    TRAIN = "train"
    VAL = "val"
    TEST = "test"


SHARES = {Split.TRAIN: 0.60, Split.VAL: 0.20, Split.TEST: 0.20}
TEXT_SHARES = {Split.TRAIN: 0.20, Split.VAL: 0.40, Split.TEST: 0.40}
"""Of patients without images: of these, judged sentences are wanted, and no network learns from those in train."""


@dataclass(frozen=True)
class Role:
    """What is settled of a patient: their number (from 1), sub-type, and how often they are scanned or reported on."""

    number: int
    split: Split
    subtype: Subtype | None = None
    scans: int = 1
    texts: int = 0
    """Studies of which nothing but the report is left; such a patient has no scans."""


def cast_of(params: PhantomParams) -> list[Role]:
    """Every patient's role: those with an adrenal mass, those screened, those of whom there is only text.

    Sub-types come in mixed order, so that a number tells nothing of the class.
    """
    rng = np.random.default_rng([params.seed, 0])
    subtypes = [
        subtype for subtype, number in class_numbers(params.patients, params.imbalance).items() for _ in range(number)
    ]
    order = rng.permutation(params.patients)
    returning = set(rng.permutation(params.patients)[: round(SECOND_SCAN * params.patients)])
    splits = deal(params.patients, rng)  # one after another in a class, so that each class is divided
    roles = [
        Role(index + 1, splits[place], subtypes[place], 2 if index in returning else 1)
        for index, place in enumerate(order)
    ]
    for split in deal(params.screening_patients, rng):
        roles.append(Role(len(roles) + 1, split))
    left = params.text_studies
    for split in deal(-(-left // TEXTS), rng, TEXT_SHARES):
        roles.append(Role(len(roles) + 1, split, scans=0, texts=min(TEXTS, left)))
        left -= TEXTS
    return roles


def deal(patients: int, rng: np.random.Generator, shares: Mapping[Split, float] = SHARES) -> list[Split]:
    """A split for each of `patients`: `shares` in every run of twenty, in random order.

    >>> [deal(20, np.random.default_rng(0)).count(split) for split in Split]
    [12, 4, 4]
    """
    seats = [split for split, share in shares.items() for _ in range(round(20 * share))]
    dealt: list[Split] = []
    while len(dealt) < patients:
        dealt += [seats[index] for index in rng.permutation(len(seats))]
    return dealt[:patients]
