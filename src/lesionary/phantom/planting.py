"""Identity in the headers of an image, wherever clinics leave it, so that a leak of any of it can be found."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from lesionary.phantom.identity import INSTITUTIONS, Identity, Visit


def plant(image: Dataset, identity: Identity, visit: Visit) -> None:
    """Write who the patient is and who saw them: every string of `planted()` of both."""
    _plant_patient(image, identity)
    _plant_visit(image, identity, visit)
    _plant_request(image, identity, visit)
    _plant_remarks(image, identity, visit)


def _plant_patient(image: Dataset, identity: Identity) -> None:
    image.PatientName = identity.name
    image.PatientID = identity.patient_id
    image.IssuerOfPatientID = identity.institution
    image.PatientBirthDate = f"{identity.birth:%Y%m%d}"
    image.PatientBirthName = identity.birth_name
    image.OtherPatientIDsSequence = Sequence([_item(PatientID=identity.other_id, TypeOfPatientID="TEXT")])
    image.PatientAddress = identity.address
    image.PatientTelephoneNumbers = identity.telephone


def _plant_visit(image: Dataset, identity: Identity, visit: Visit) -> None:
    day, (performer, operator, reader) = f"{visit.day:%Y%m%d}", visit.staff
    image.StudyDate = image.SeriesDate = image.AcquisitionDate = image.ContentDate = day
    image.StudyTime = image.SeriesTime = image.AcquisitionTime = image.ContentTime = visit.time
    image.PerformedProcedureStepStartDate, image.PerformedProcedureStepStartTime = day, visit.time
    image.AccessionNumber = visit.accession
    image.StudyID = visit.study_id
    image.InstitutionName = identity.institution
    image.InstitutionAddress = INSTITUTIONS[identity.institution]
    image.InstitutionalDepartmentName = "Radiology"
    image.StationName = visit.station
    image.DeviceSerialNumber = visit.serial
    image.ReferringPhysicianName = visit.doctor
    image.PerformingPhysicianName = performer
    image.OperatorsName = operator
    image.NameOfPhysiciansReadingStudy = reader
    image.PhysiciansOfRecord = visit.doctor


def _plant_request(image: Dataset, identity: Identity, visit: Visit) -> None:
    image.RequestingPhysician = visit.doctor
    image.RequestAttributesSequence = Sequence(
        [
            _item(
                RequestedProcedureID=visit.accession,
                RequestedProcedureDescription="CT with contrast",
                ScheduledProcedureStepID=visit.study_id,
                ScheduledProcedureStepDescription=f"CT, sent by {_family(visit.doctor)}",
            )
        ]
    )
    image.PerformedProcedureStepID = visit.accession


def _plant_remarks(image: Dataset, identity: Identity, visit: Visit) -> None:
    """What is typed into free text, and what an archive adds in a private block of its own."""
    family, given = identity.name.split("^")
    image.PatientComments = f"{given} {family}, born {identity.birth:%d.%m.%Y}, call {identity.telephone}"
    image.ImageComments = f"{family}, {identity.patient_id}; for Dr {_family(visit.doctor)}"
    image.AdditionalPatientHistory = f"Earlier CT under {identity.other_id}"
    archive = image.private_block(0x0033, "MITRA OBJECT UTF8 ATTRIBUTES 1.0", create=True)
    archive.add_new(0x02, "PN", identity.name)
    archive.add_new(0x0A, "PN", visit.staff[0])


def _item(**values: str) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _family(name: str) -> str:
    return name.split("^", maxsplit=1)[0]
