"""The phantom cohort on disk, in the layout that any user's cohort has."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.manifest import write_manifest
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.archive import SERIES_NUMBER, Uids, instance_numbers, write_series
from lesionary.phantom.body import Body
from lesionary.phantom.casting import Role, cast_of
from lesionary.phantom.identity import Identity, Visit, draw_identity, draw_visit
from lesionary.phantom.kinds import describe, draw_kind
from lesionary.phantom.manner import Manner
from lesionary.phantom.patient import Patient, draw_patient
from lesionary.phantom.radiologist import read
from lesionary.phantom.reporting import write_report
from lesionary.phantom.scanner import Protocol, acquire, draw_protocol
from lesionary.phantom.screening import LESIONS, draw_screened
from lesionary.phantom.tables import Rows, Study
from lesionary.phantom.telling import Told
from lesionary.phantom.truth import measure
from lesionary.phantom.wording import Side, wording
from lesionary.running.parallel import in_order

ABOUT = """\
# The embedded cohort: painted, not scanned. No patient stands behind it; every identity is made up.
name: phantom
about: >-
  Contrast-enhanced CT of the upper abdomen of made-up patients, adrenal masses and lesions of many kinds, painted and
  reported on by lesionary from params.yaml (phantom).
images: [dicom]
deidentified: true
"""
EXPORT = 1000  # patients a folder; with a folder a study, what hashes the cohort would mostly walk folders


def make_cohort(folder: Path, images: Path, truth: Path, params: PhantomParams) -> None:
    """Write a cohort into `folder` and its DICOM objects into `images`, and what no reader knows to `truth` (CSV).

    Equal params, equal bytes.
    """
    for place in (folder, images):
        if place.exists() and any(place.iterdir()):
            raise CohortError(str(place), "is not empty", "remove it; a new cohort is never mixed into an old one")
        place.mkdir(parents=True, exist_ok=True)
    (folder / "cohort.yaml").write_text(ABOUT, encoding="utf-8")
    (folder / "pseudonym.key").write_text(f"lesionary-phantom-{params.seed}\n", encoding="utf-8")
    one, rows = partial(make_patient, images, params), Rows()
    for patient in in_order(one, cast_of(params), "scanning phantom patients"):
        rows.extend(patient)
    rows.write(folder, truth)
    write_manifest(folder, images.rglob("*.dcm"))


def make_patient(images: Path, params: PhantomParams, role: Role) -> Rows:
    """Draw one patient, scan, read, report and file them."""
    rng = np.random.default_rng([params.seed, role.number])
    words = np.random.default_rng([params.seed, role.number, 1])  # so that the wording changes no image
    with threadpool_limits(1):  # sums depend on the number of threads
        if role.texts:
            return _text_only(params, role, rng, words)
        protocol = None
        if role.subtype is not None:
            patient = draw_patient(role.number, role.subtype, params, rng)
        else:
            patient, protocol = draw_screened(role.number, params, rng)
        identity, rows, before = draw_identity(patient, rng), Rows(), None
        for number in range(1, role.scans + 1):
            if number > 1:
                patient = patient.later(float(rng.uniform(0.98, 1.1)))
            visit = draw_visit(number, identity, before, rng)
            _scan(images, params, role, patient, identity, visit, protocol, rng, words, rows)
            before = visit.day
    return rows


def _scan(
    images: Path,
    params: PhantomParams,
    role: Role,
    patient: Patient,
    identity: Identity,
    visit: Visit,
    protocol: Protocol | None,
    rng: np.random.Generator,
    words: np.random.Generator,
    rows: Rows,
) -> None:
    """One study with its images."""
    protocol = protocol or draw_protocol(patient, params, rng)
    scan = acquire(patient, protocol, rng)
    uids = Uids.of(params.seed, patient, visit)
    export = images / f"export{(role.number - 1) // EXPORT + 1:03d}"
    write_series(export, patient, identity, visit, protocol, scan, uids)
    study = Study(identity.patient_id, uids.study, uids.series, role.split)
    findings = read(patient, visit, scan, rng)
    for finding in findings:
        rows.add_finding(study, finding, measure(finding, patient, protocol, scan))
    numbers = instance_numbers(protocol.slices, protocol.order)
    told = [
        Told(one.description, *one.diameters_mm, series=SERIES_NUMBER, image=numbers[one.key_slice]) for one in findings
    ]
    if told:
        report = write_report(told, _manner(patient, params), words)
        rows.add_report(study, _report(role, visit), report, [finding.lesion for finding in findings])


def _text_only(params: PhantomParams, role: Role, rng: np.random.Generator, words: np.random.Generator) -> Rows:
    """Studies of which nothing but the report is left."""
    rows, before = Rows(), None
    patient = Patient(role.number, "F" if rng.random() < 0.5 else "M", int(rng.integers(20, 90)), Body.draw(rng), 0)
    identity = draw_identity(patient, rng)
    for number in range(1, role.texts + 1):
        visit = draw_visit(number, identity, before, rng)
        uids = Uids.of(params.seed, patient, visit)
        study = Study(identity.patient_id, uids.study, "", role.split)
        told = [_imagined(patient.sex, rng) for _ in range(1 + int(rng.choice(len(LESIONS), p=LESIONS)))]
        report = write_report(told, _manner(patient, params), words)
        rows.add_report(study, _report(role, visit), report, [""] * len(told))
        before = visit.day
    return rows


def _imagined(sex: str, rng: np.random.Generator) -> Told:
    """A lesion that nobody painted, of someone who can have it."""
    description, part = describe(draw_kind(rng, sex), rng)
    while not wording().suits(description.labels, sex):
        description, part = describe(draw_kind(rng, sex), rng)
    short = description.diameter_mm * float(rng.uniform(0.65, 0.95))
    series, image = int(rng.integers(2, 6)), int(rng.integers(8, 130))
    side = Side.of(part.place.value)
    return Told(description, description.diameter_mm, short, series=series, image=image, side=side)


def _manner(patient: Patient, params: PhantomParams) -> Manner:
    return Manner(patient.sex, params.label_noise, params.typos)


def _report(role: Role, visit: Visit) -> str:
    return f"R{role.number:04d}-{visit.number}"
