"""Who a patient is on paper: made-up identities, planted in headers and folder names so that leaks can be found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from lesionary.phantom.patient import Patient

FAMILIES = (
    "Abernathy", "Bülow", "Chenoweth", "Dragović", "Eszterházy", "Fairweather", "Grünbaum", "Holloway", "Ibáñez",
    "Jankowska", "Kirkegaard", "Lindqvist", "Moynihan", "Nakashima", "Okonkwo", "Papadakis", "Quillfeather",
    "Rosenquist", "Szymański", "Thistlewood", "Uematsu", "Vandermeer", "Wojciechowski", "Yamamura", "Zwingli",
)  # fmt: skip
GIVEN = {
    "F": ("Aurelia", "Beatrix", "Clementine", "Dorothea", "Eulalia", "Friederike", "Guinevere", "Henrietta", "Isolde"),
    "M": ("Ambrose", "Bartholomew", "Cornelius", "Dietrich", "Ebenezer", "Ferdinand", "Gottfried", "Horatio", "Isidor"),
}
DOCTORS = ("Winterbottom^Agatha", "Ravensworth^Julius", "Castellano^Ottavia", "Lichtenberg^Edmund")
INSTITUTIONS = ("St Crispin Hospital", "Larkspur University Clinic", "Harbour Endocrine Centre")


@dataclass(frozen=True)
class Identity:
    """A patient's administrative data."""

    name: str
    patient_id: str
    birth: date
    institution: str

    @property
    def folder(self) -> str:
        """As careless exports name them: the identifier and the family name."""
        return f"{self.patient_id}_{self.name.split('^')[0]}"


@dataclass(frozen=True)
class Visit:
    """A study's administrative data."""

    number: int
    day: date
    time: str
    accession: str
    doctor: str


def draw_identity(patient: Patient, rng: np.random.Generator) -> Identity:
    """An identity; the identifier is unique since it ends in the patient's number."""
    family, given = FAMILIES[rng.integers(len(FAMILIES))], GIVEN[patient.sex][rng.integers(len(GIVEN[patient.sex]))]
    return Identity(
        name=f"{family}^{given}",
        patient_id=f"MRN{rng.integers(100, 1000)}{patient.number:04d}",
        birth=date(2015, 1, 1) - timedelta(days=int(365.25 * patient.age + rng.integers(365))),
        institution=INSTITUTIONS[rng.integers(len(INSTITUTIONS))],
    )


def draw_visit(number: int, identity: Identity, after: date | None, rng: np.random.Generator) -> Visit:
    """A visit between 2015 and 2018, or four to fourteen months after another."""
    first = date(2015, 1, 2) if after is None else after + timedelta(days=120)
    day = first + timedelta(days=int(rng.integers(1400 if after is None else 300)))
    clock = f"{rng.integers(8, 18):02d}{rng.integers(60):02d}{rng.integers(60):02d}"
    accession = f"ACC{day:%y}{identity.patient_id[3:]}{number}"
    return Visit(number, day, clock, accession, DOCTORS[rng.integers(len(DOCTORS))])
