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
STAFF = (
    "Winterbottom^Agatha", "Ravensworth^Julius", "Castellano^Ottavia", "Lichtenberg^Edmund", "Featherstone^Rupert",
    "Achterberg^Wilhelmina", "Montefiore^Ludovica", "Oyelaran^Temitope", "Pemberton^Cordelia", "Strandqvist^Halvard",
)  # fmt: skip
INSTITUTIONS = {
    "St Crispin Hospital": "1 Crispin Close, Ambleford",
    "Larkspur University Clinic": "40 Larkspur Avenue, Nettlebridge",
    "Harbour Endocrine Centre": "7 Old Harbour Quay, Saltmarsh",
}
STREETS = ("Gooseberry Lane", "Cobbler's Row", "Tannery Street", "Foxglove Road", "Millrace Walk", "Candlemaker Yard")


@dataclass(frozen=True)
class Identity:
    """A patient's administrative data; names as DICOM has them, family^given."""

    name: str
    patient_id: str
    birth: date
    institution: str
    birth_name: str
    other_id: str
    """Of another hospital."""
    address: str
    telephone: str

    @property
    def filed_as(self) -> str:
        """As careless exports begin a file's name: the identifier and the family name."""
        return f"{self.patient_id}_{self.name.split('^')[0]}"

    def planted(self) -> tuple[str, ...]:
        """Every string that tells who it is, in each spelling that an image of theirs carries."""
        dates = (f"{self.birth:%Y%m%d}", f"{self.birth:%d.%m.%Y}")
        return (
            self.name, *self.name.split("^"), self.birth_name, self.patient_id, self.other_id, *dates, self.address,
            self.telephone, self.institution, INSTITUTIONS[self.institution],
        )  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """A study's administrative data: when, under which numbers, by whom and with which machine."""

    number: int
    day: date
    time: str
    accession: str
    doctor: str
    """Who sent the patient."""
    study_id: str
    staff: tuple[str, str, str]
    """Who performed, operated and read it."""
    station: str
    serial: str
    """Of the scanner."""

    def planted(self) -> tuple[str, ...]:
        """Every string that tells which visit it is, or who worked in it."""
        people = (self.doctor, *self.staff)
        families = (person.split("^")[0] for person in people)
        return f"{self.day:%Y%m%d}", self.accession, self.study_id, *people, *families, self.station, self.serial


def draw_identity(patient: Patient, rng: np.random.Generator) -> Identity:
    """An identity; the identifier is unique since it ends in the patient's number."""
    families = [FAMILIES[index] for index in rng.permutation(len(FAMILIES))[:2]]
    given = GIVEN[patient.sex][rng.integers(len(GIVEN[patient.sex]))]
    return Identity(
        name=f"{families[0]}^{given}",
        patient_id=f"MRN{rng.integers(100, 1000)}{patient.number:04d}",
        birth=date(2015, 1, 1) - timedelta(days=int(365.25 * patient.age + rng.integers(365))),
        institution=list(INSTITUTIONS)[rng.integers(len(INSTITUTIONS))],
        birth_name=f"{families[1]}^{given}",
        other_id=f"EXT-{rng.integers(10**6, 10**7)}",
        address=f"{rng.integers(1, 200)} {STREETS[rng.integers(len(STREETS))]}",
        telephone=f"+44 1632 96{rng.integers(1000, 10000)}",  # kept free for fiction
    )


def draw_visit(number: int, identity: Identity, after: date | None, rng: np.random.Generator) -> Visit:
    """A visit between 2015 and 2018, or four to fourteen months after another."""
    first = date(2015, 1, 2) if after is None else after + timedelta(days=120)
    day = first + timedelta(days=int(rng.integers(1400 if after is None else 300)))
    clock = f"{rng.integers(8, 18):02d}{rng.integers(60):02d}{rng.integers(60):02d}"
    doctor, *staff = (STAFF[index] for index in rng.permutation(len(STAFF))[:4])
    return Visit(
        number=number,
        day=day,
        time=clock,
        accession=f"ACC{day:%y}{identity.patient_id[3:]}{number}",
        doctor=doctor,
        study_id=f"EX{rng.integers(10**5, 10**6)}",
        staff=(staff[0], staff[1], staff[2]),
        station=f"CTROOM{rng.integers(1, 6)}{identity.institution[:3].upper().replace(' ', '')}",
        serial=f"SN{rng.integers(10**7, 10**8)}",
    )
