"""The phantom cohort on disk, in the layout that any user's cohort has."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from lesionary.errors import CohortError
from lesionary.parallel import in_order
from lesionary.params import PhantomParams
from lesionary.phantom.archive import Uids, write_series
from lesionary.phantom.identity import Identity, Visit, draw_identity, draw_visit
from lesionary.phantom.patient import Patient, draw_patient
from lesionary.phantom.radiologist import Finding, read
from lesionary.phantom.scanner import acquire, draw_protocol
from lesionary.phantom.subtypes import Subtype, class_numbers
from lesionary.phantom.truth import Truth, measure

SECOND_SCAN = 0.05  # share of patients with a follow-up
BOX = ("x_min", "y_min", "z_min", "x_max", "y_max", "z_max")
COLUMNS = ("lesion", "patient", "study", "series", *BOX, "key_slice", "subtype", "split")
ABOUT = """\
# The embedded cohort: painted, not scanned. No patient stands behind it; every identity is made up.
name: phantom
about: Contrast-enhanced CT of adrenal masses in made-up patients, painted by lesionary from params.yaml (phantom).
images: [dicom]
"""


@dataclass(frozen=True)
class Role:
    """What is settled before a patient is drawn: their number (from 1), sub-type and how often they are scanned."""

    number: int
    subtype: Subtype
    scans: int


@dataclass(frozen=True)
class Row:
    """One line of lesions.csv and its line of truth.csv."""

    lesion: tuple[str | int | float, ...]
    truth: Truth


def make_cohort(folder: Path, truth: Path, params: PhantomParams) -> None:
    """Write a cohort into `folder`, and what no reader knows to `truth` (CSV). Equal params, equal bytes."""
    if folder.exists() and any(folder.iterdir()):
        raise CohortError(str(folder), "is not empty", "remove it; a new cohort is never mixed into an old one")
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "cohort.yaml").write_text(ABOUT, encoding="utf-8")
    (folder / "pseudonym.key").write_text(f"lesionary-phantom-{params.seed}\n", encoding="utf-8")
    one = partial(make_patient, folder / "images", params)
    rows = [row for patient in in_order(one, cast_of(params), "scanning phantom patients") for row in patient]
    _write(folder / "lesions.csv", COLUMNS, (row.lesion for row in rows))
    truth.parent.mkdir(parents=True, exist_ok=True)
    truths = [asdict(row.truth) for row in rows]
    _write(truth, tuple(truths[0]), (tuple(line.values()) for line in truths))


def cast_of(params: PhantomParams) -> list[Role]:
    """Every patient's role; sub-types in mixed order, so that a number tells nothing of the class."""
    rng = np.random.default_rng([params.seed, 0])
    subtypes = [subtype for subtype, number in class_numbers(params.patients).items() for _ in range(number)]
    order = rng.permutation(params.patients)
    returning = set(rng.permutation(params.patients)[: round(SECOND_SCAN * params.patients)])
    return [Role(index + 1, subtypes[place], 2 if index in returning else 1) for index, place in enumerate(order)]


def make_patient(images: Path, params: PhantomParams, role: Role) -> list[Row]:
    """Draw one patient, scan, read and file them; a line a finding."""
    rng = np.random.default_rng([params.seed, role.number])
    with threadpool_limits(1):  # sums depend on the number of threads
        patient = draw_patient(role.number, role.subtype, params, rng)
        identity = draw_identity(patient, rng)
        visit = draw_visit(1, identity, None, rng)
        rows = _scan(images, params, patient, identity, visit, rng)
        if role.scans > 1:
            later = patient.later(float(rng.uniform(0.98, 1.1)))
            rows += _scan(images, params, later, identity, draw_visit(2, identity, visit.day, rng), rng)
    return rows


def _scan(
    images: Path, params: PhantomParams, patient: Patient, identity: Identity, visit: Visit, rng: np.random.Generator
) -> list[Row]:
    protocol = draw_protocol(patient, params, rng)
    scan = acquire(patient, protocol, rng)
    uids = Uids.of(params.seed, patient, visit)
    write_series(images / identity.folder / visit.accession, patient, identity, visit, protocol, scan, uids)
    return [
        Row(_line(finding, identity, uids), measure(finding, patient, protocol, scan))
        for finding in read(patient, visit, scan, rng)
    ]


def _line(finding: Finding, identity: Identity, uids: Uids) -> tuple[str | int | float, ...]:
    where = (finding.lesion, identity.patient_id, uids.study, uids.series)
    edges = (round(edge, 1) for edge in asdict(finding.box).values())
    return (*where, *edges, finding.key_slice, finding.subtype.value, "")


def _write(path: Path, columns: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(lines)
