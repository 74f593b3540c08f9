"""Who a cohort is about, by study and patient: what must stand in no text that leaves `data/raw`.

Read from one header a series and from lesions.csv; kept in memory only.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl
import pydicom
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataset import Dataset

from lesionary.base.errors import FileError
from lesionary.cohorts.contract.layout import Cohort, ImageKind
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.images.checks import UNREADABLE
from lesionary.cohorts.kept import Kept
from lesionary.cohorts.naming import Identities, of_row
from lesionary.running.parallel import in_order

NAMES = tuple(
    keyword
    for kind, _, _, _, keyword in DicomDictionary.values()
    if kind == "PN" and keyword != "SelectorPNValue"  # of a protocol: it says what to look for, not whom
)
"""Whoever has a name in a header: the patient, relatives, physicians, operators."""
PLACES = (
    "InstitutionName", "InstitutionAddress", "PatientAddress", "PersonAddress", "ReferringPhysicianAddress",
    "ResponsibleOrganization",
)  # fmt: skip
"""Told whole: their words by themselves ("General", "Street") name nobody."""
OF_PERSONS = (
    "PatientID", "OtherPatientIDs", "AccessionNumber", "AdmissionID", "ServiceEpisodeID", "PatientTelephoneNumbers",
    "PersonTelephoneNumbers", "ReferringPhysicianTelephoneNumbers", "FillerOrderNumberImagingServiceRequest",
    "PlacerOrderNumberImagingServiceRequest", "MedicalRecordLocator", "InsurancePlanIdentification",
)  # fmt: skip
NUMBERS = (
    *OF_PERSONS, "StudyID", "StudyInstanceUID", "StationName", "DeviceSerialNumber", "RequestedProcedureID",
    "ScheduledProcedureStepID", "PerformedProcedureStepID",
)  # fmt: skip
SEQUENCES = (
    "OtherPatientIDsSequence", "RequestAttributesSequence", "ReferencedRequestSequence",
    "OriginalAttributesSequence", "ModifiedAttributesSequence", "ReferringPhysicianIdentificationSequence",
    "ConsultingPhysicianIdentificationSequence", "PhysiciansOfRecordIdentificationSequence",
    "PerformingPhysicianIdentificationSequence", "PhysiciansReadingStudyIdentificationSequence",
    "RequestingPhysicianIdentificationSequence", "OperatorIdentificationSequence", "ContributingEquipmentSequence",
)  # fmt: skip
"""Where the same attributes stand nested, former values (OriginalAttributesSequence) among them."""
BIRTH = "PatientBirthDate"
_BUNDLE = 64  # headers read in one go


@dataclass(frozen=True)
class Known:
    """`Identities` by the pseudonyms of studies and patients."""

    of: dict[str, Identities]

    @classmethod
    def read(cls, cohort: Cohort, lesions: pl.DataFrame, series: pl.DataFrame) -> Known:
        """What the headers of the indexed `series` and lesions.csv tell; `FileError` for a header that is gone.

        A header speaks for the study and the patient that it names, and for those that lesions.csv gives it.
        """
        found: dict[str, Identities] = defaultdict(Identities)
        owners = defaultdict(set)
        for name, *given in lesions.select("series", "study", "patient").iter_rows():
            owners[name].update(given)
        dicom = series.filter(pl.col("kind") == ImageKind.DICOM.value)
        first = [next(n for n in files if n is not None) for files in dicom["files"]]
        images = [cohort.images[number] for number in first]
        kept = Kept.of(cohort.folder, cohort.images)
        told = in_order(partial(_recall, kept), images, "reading who is named", bundle=_BUNDLE)
        for name, (study, patient, one) in zip(dicom["series"], told, strict=True):
            own = {pseudonym(cohort.key, Entity.STUDY, study), pseudonym(cohort.key, Entity.PATIENT, patient)}
            for owner in own | owners[name]:
                found[owner] |= one
        for owner, one in _written(cohort):
            found[owner] |= one
        return cls(dict(found))

    def __call__(self, owners: Iterable[str]) -> Identities:
        """Of all `owners`, which are pseudonyms."""
        whole = Identities()
        for owner in owners:
            whole |= self.of.get(owner, Identities())
        return whole


def who_is_named(paths: Sequence[Path]) -> Iterator[tuple[str, str, Identities]]:
    """StudyInstanceUID, PatientID and all that the header of each file names; `FileError` for one that is gone."""
    yield from in_order(_read, paths, "reading who is named", bundle=_BUNDLE)


def named_in(data: Dataset, numbers: Sequence[str] = OF_PERSONS) -> Identities:
    """Whom a header names: persons, birth dates, and what stands in `numbers`."""
    items = list(_items(data))
    return Identities(
        {form for item in items for value in _values(item, NAMES) for form in _decoded(value)},
        {value for item in items for value in _values(item, numbers)},
        {value for item in items for value in _values(item, (BIRTH,))},
    )


def _written(cohort: Cohort) -> Iterator[tuple[str, Identities]]:
    """What lesions.csv names. DeepLesion's table and an npz name nobody beyond numbers of their own."""
    if not (cohort.folder / "lesions.csv").is_file():
        return
    for patient, study, lesion in cohort.lesions().select("patient", "study", "lesion").iter_rows():
        one = of_row(patient or "", study or "", lesion or "")
        yield pseudonym(cohort.key, Entity.STUDY, study or ""), one
        yield pseudonym(cohort.key, Entity.PATIENT, patient or ""), one


def _recall(kept: Kept, image: Listed) -> tuple[str, str, Identities]:
    if told := kept.get("identities", [image]):
        study, patient, *sets = told
        return study, patient, Identities(*map(set, sets))
    study, patient, one = _read(image.path)
    kept.put([study, patient, *map(sorted, vars(one).values())], "identities", [image])
    return study, patient, one


def _read(path: Path) -> tuple[str, str, Identities]:
    """StudyInstanceUID, PatientID and all that a header names."""
    tags = [*NAMES, *PLACES, *NUMBERS, *SEQUENCES, BIRTH]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of values that are longer than the standard lets them be, and the like
            data = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=list(tags))
            one = named_in(data, (*NUMBERS, *PLACES))
            return str(data.get("StudyInstanceUID") or ""), str(data.get("PatientID") or ""), one
    except UNREADABLE as error:
        reason = f"cannot be read any more ({type(error).__name__}): whom its report may name is not known"
        raise FileError(str(path), reason, "restore it, or index the cohort anew") from None


def _items(data: Dataset) -> Iterator[Dataset]:
    """A dataset and what is nested in its `SEQUENCES`, however deep."""
    yield data
    for tag in SEQUENCES:
        for item in data.get(tag) or ():
            yield from _items(item)


def _decoded(value: str) -> Iterator[str]:
    """As the header says that it is written, and as UTF-8, where it may be that and not be declared.

    >>> list(_decoded("MÃ¼ller"))
    ['MÃ¼ller', 'Müller']
    """
    yield value
    with suppress(UnicodeError):
        if (told := value.encode("latin-1").decode("utf-8")) != value:
            yield told


def _values(item: Dataset, tags: Sequence[str]) -> Iterator[str]:
    for tag in tags:
        value = item.get(tag)
        several = value if isinstance(value, pydicom.multival.MultiValue | list) else [value]
        yield from (text for one in several if one is not None and (text := str(one).strip()))
