"""Identities planted in every attribute that the dictionary has stand in no byte of a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from ct import ct_slice, uid, write_series
from drawings import frame, item, planar, polygon, sources, square, write_rtstruct, write_seg, write_sr
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.codedict import codes
from pydicom.tag import Tag
from pydicom.uid import ImplicitVRLittleEndian
from searching import found

from lesionary.deidentifying.deidentifying import Done, deidentify_folder
from lesionary.deidentifying.profile import Action, basic_profile

NAME, BORN, SEEN, OWN_UID = "Quasimodo", "19580412", "20231107", "1.2.826.0.47114711.1"
PLANTED: dict[str, Any] = {
    **dict.fromkeys(("AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT"), NAME),
    **dict.fromkeys(("OB", "OB or OW", "OW", "UN"), b"Quasimodo!"),
    "UR": "http://Quasimodo", "AS": "065Y", "DA": SEEN, "DT": f"{SEEN}101112", "UI": OWN_UID,
}  # fmt: skip
SQUARE = [(2, 3), (7, 3), (7, 9), (2, 3)]
WORDS = ("quasimodo", BORN, SEEN, OWN_UID, "065Y", "frollo", "MRN-4711")
STRUCTURE = {"SpecificCharacterSet", "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "PixelData"}


def plant(data: Dataset) -> list[int]:
    """Set every attribute that may hold a text, a date, a UID or bytes; which of them."""
    kept = basic_profile().kept
    tags = [
        tag
        for tag, (kind, _, _, _, keyword) in DicomDictionary.items()
        if kind in PLANTED and Tag(tag).group > 2 and tag not in kept and keyword not in STRUCTURE
    ]
    for tag in tags:
        kind = DicomDictionary[tag][0]
        data.add_new(tag, kind.split(" or ")[0], PLANTED[kind])
    data.PatientID, data.PatientBirthDate = "MRN-4711", BORN
    block = data.private_block(0x0009, "Quasimodo Inc.", create=True)
    block.add_new(1, "LO", NAME)
    block.add_new(2, "SQ", Items([item(PatientName=NAME)]))
    data.add_new(0x60003000, "OW", b"Quasimodo!")
    data.add_new(0x50003000, "OW", b"Quasimodo!")
    return tags


def slice_of(**tags: object) -> Any:
    return ct_slice("anna", 1, np.zeros((4, 4), np.int16), 0.0, **tags)


def cleaned(folder: Path, data: Any, *, shift_dates: bool = False) -> tuple[Path, Done]:
    (folder / NAME).mkdir()
    data.save_as(folder / NAME / f"{NAME} {BORN}.dcm", enforce_file_format=True)
    return copied(folder, shift_dates=shift_dates)


def copied(folder: Path, *, shift_dates: bool = False) -> tuple[Path, Done]:
    (folder / "key").write_text("secret", "utf-8")
    out = folder / "out"
    return out, deidentify_folder(folder / NAME, out, folder / "key", shift_dates=shift_dates)


@pytest.mark.parametrize("shift_dates", [False, True])
@pytest.mark.parametrize("implicit", [False, True])
def test_nothing_planted_in_any_attribute_stays(tmp_path: Path, shift_dates: bool, implicit: bool) -> None:
    data = slice_of(BurnedInAnnotation="NO")
    assert len(plant(data)) > 1000
    nested = Dataset()
    plant(nested)
    data.DerivationImageSequence = Items([item(PurposeOfReferenceCodeSequence=Items([nested]))])
    data.preamble = b"Quasimodo".ljust(128, b"\0")
    data.file_meta.SourceApplicationEntityTitle = NAME
    data.file_meta.PrivateInformationCreatorUID, data.file_meta.PrivateInformation = OWN_UID, b"Quasimodo!"
    for group in range(0x6000, 0x6020, 2):
        data.pop((group, 0x0102), None)
    if implicit:
        data.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    out, done = cleaned(tmp_path, data, shift_dates=shift_dates)
    assert (done.copied, done.refused) == (1, [])
    assert found(tmp_path / NAME, WORDS)
    assert not found(out, WORDS)


def test_what_poses_as_another_kind_of_value_is_removed(tmp_path: Path) -> None:
    data = slice_of()
    data.add_new("BodyPartExamined", "LT", NAME)
    data.add_new("XRayTubeCurrent", "PN", NAME)
    data.add_new(0x0018FFFE, "LO", NAME)
    out, _ = cleaned(tmp_path, data)
    assert not found(out, [NAME])


def test_what_stands_behind_the_last_pixel_is_removed(tmp_path: Path) -> None:
    data = slice_of()
    pixels = data.PixelData
    data.PixelData = pixels + b"Quasimodo!"
    out, _ = cleaned(tmp_path, data)
    assert found(tmp_path / NAME, ["quasimodo!"])
    assert not found(out, [NAME])
    assert pydicom.dcmread(next(out.rglob("*.dcm"))).PixelData == pixels


def test_a_number_that_is_a_text_is_removed(tmp_path: Path) -> None:
    data = slice_of(KVP="120")
    data.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    (tmp_path / NAME).mkdir()
    content = (tmp_path / "a.dcm").read_bytes().replace(b"DS\x04\x00120 ", b"DS\x04\x00Quas", 1)
    (tmp_path / NAME / "a.dcm").write_bytes(content)
    assert found(tmp_path / NAME, ["quas"])
    out, done = copied(tmp_path)
    assert done.copied == 1
    assert not found(out, ["quas"])


def test_codes_of_schemes_that_are_a_hospitals_own_are_dummies(tmp_path: Path) -> None:
    own = item(CodeValue=NAME[:16], CodingSchemeDesignator="99FROLLO", CodeMeaning=NAME)
    shared = item(CodeValue="80891009", CodingSchemeDesignator="SCT", CodeMeaning="Heart")
    out, _ = cleaned(tmp_path, slice_of(AnatomicRegionSequence=Items([own, shared])))
    assert not found(out, WORDS)
    first, second = pydicom.dcmread(next(out.rglob("*.dcm"))).AnatomicRegionSequence
    assert first.CodingSchemeDesignator == "99REMOVED"
    assert second == shared


def test_what_tells_of_a_hospitals_own_scheme_is_a_dummy(tmp_path: Path) -> None:
    own = item(CodingSchemeDesignator="99FROLLO", CodingSchemeURL="http://quasimodo", CodingSchemeRegistry=NAME)
    out, _ = cleaned(tmp_path, slice_of(CodingSchemeIdentificationSequence=Items([own])))
    assert not found(out, WORDS)


@pytest.mark.parametrize(
    "tags",
    [
        {"BodyPartExamined": "QUASIMODO"},
        {"ImageType": ["ORIGINAL", "PRIMARY", "E_QUASIMODO"]},
        {"ScanOptions": "MRN4711"},
        {"Manufacturer": "scanned by Esmeralda"},
        {"SeriesNumber": BORN},
        {
            "AnatomicRegionSequence": Items(
                [item(CodeValue="1", CodingSchemeDesignator="SCT", CodeMeaning="of Mueller")]
            )
        },
    ],
)
def test_whom_the_header_names_stands_in_nothing_that_is_kept(tmp_path: Path, tags: dict[str, Any]) -> None:
    named = {"PatientName": "Quasimodo^Esmeralda", "PatientID": "MRN-4711", "PatientBirthDate": BORN}
    out, done = cleaned(tmp_path, slice_of(OperatorsName="Müller", SpecificCharacterSet="ISO_IR 100", **named, **tags))
    words = ("quasimodo", "esmeralda", "4711", BORN, "mueller")
    assert found(tmp_path / NAME, words)
    assert (done.copied, found(out, words)) == (1, set())


def test_of_several_values_those_that_name_nobody_stay(tmp_path: Path) -> None:
    tags: dict[str, Any] = {"PatientName": NAME, "ImageType": ["ORIGINAL", "PRIMARY", NAME.upper()]}
    out, done = cleaned(tmp_path, slice_of(**tags))
    assert pydicom.dcmread(next(out.rglob("*.dcm"))).ImageType == ["ORIGINAL", "PRIMARY", "REMOVED"]
    assert done.actions["ImageType", Action.DUMMY] == 1


def test_codes_and_numbers_of_others_stay(tmp_path: Path) -> None:
    kept = {
        "BodyPartExamined": "CHEST",
        "SeriesNumber": "4",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "KVP": "120",
    }
    named = {"PatientName": "Chest^Test", "PatientID": "4", "StationName": "PHILIPS", "OperatorsName": "Primary^Care"}
    out, _ = cleaned(tmp_path, slice_of(Manufacturer="Philips", **named, **kept))
    copy = pydicom.dcmread(next(out.rglob("*.dcm")))
    assert [str(copy[name].value) for name in kept] == [str(slice_of(**kept)[name].value) for name in kept]
    assert copy.Manufacturer == "Philips"


def test_drawings_and_reports_name_nobody(tmp_path: Path) -> None:
    folder = tmp_path / NAME
    write_series(folder / "ct", "anna", FrameOfReferenceUID=frame("anna"))
    write_rtstruct(folder / "rt.dcm", "anna", {"Quasimodo's tumour": square(3, 6, 2.5, 5.0)}, frame("anna"))
    data = pydicom.dcmread(folder / "rt.dcm")
    data.StructureSetROISequence[0].ROIDescription = data.OperatorsName = NAME
    data.RTROIObservationsSequence = Items([item(ReferencedROINumber=1, ROIInterpreter=NAME, ROIObservationLabel=NAME)])
    data.save_as(folder / "rt.dcm")
    write_seg(folder / "seg.dcm", folder / "ct", np.ones((6, 12, 12), np.uint8))
    data = pydicom.dcmread(folder / "seg.dcm")
    data.SegmentSequence[0].SegmentLabel = data.SegmentSequence[0].SegmentDescription = NAME
    data.save_as(folder / "seg.dcm")
    write_sr(
        folder / "sr.dcm",
        folder / "ct",
        [planar("Quasimodo's", polygon(sources(folder / "ct")[2], SQUARE))],
    )
    data = pydicom.dcmread(folder / "sr.dcm")
    data.ContentSequence.extend([
        content("TEXT", codes.DCM.Finding, TextValue=f"{NAME} was seen by Frollo on {SEEN}"),
        content("PNAME", codes.DCM.SubjectName, PersonName=NAME),
        content("DATE", codes.DCM.SubjectBirthDate, Date=BORN),
        content("DATETIME", codes.DCM.StudyDate, DateTime=SEEN),
        content("UIDREF", codes.DCM.SubjectUID, UID=OWN_UID),
    ])  # fmt: skip
    data.save_as(folder / "sr.dcm")
    for word in ("quasimodo", "frollo", BORN, SEEN, OWN_UID):
        assert found(folder, [word])
    out, done = copied(tmp_path)
    assert (done.copied, done.refused) == (9, [])
    assert not found(out, [*WORDS, "anna", uid("anna", "series"), uid("anna", "study"), frame("anna")])


def test_a_birth_date_in_a_report_is_not_moved_but_replaced(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    write_series(tmp_path / NAME, "anna")
    write_sr(tmp_path / NAME / "sr.dcm", tmp_path / NAME, [planar("one", polygon(sources(tmp_path / NAME)[2], SQUARE))])
    data = pydicom.dcmread(tmp_path / NAME / "sr.dcm")
    measured = item(NumericValue="65", MeasurementUnitsCodeSequence=Items([coded(codes.UCUM.Year)]))
    data.ContentSequence.extend([
        content("DATE", codes.DCM.SubjectBirthDate, Date=BORN),
        content("DATE", codes.DCM.StudyDate, Date=SEEN),
        content("NUM", codes.DCM.SubjectAge, MeasuredValueSequence=Items([measured])),
    ])  # fmt: skip
    data.save_as(tmp_path / NAME / "sr.dcm")
    out, _ = copied(tmp_path, shift_dates=True)
    (report,) = [one for path in out.rglob("*.dcm") if (one := pydicom.dcmread(path)).Modality == "SR"]
    born, seen, age = report.ContentSequence[-3:]
    assert born.Date == "19000101"
    assert SEEN > seen.Date > "20221106"
    assert age.MeasuredValueSequence[0].NumericValue == 0


def coded(code: Any) -> Dataset:
    return item(CodeValue=code.value, CodingSchemeDesignator=code.scheme_designator, CodeMeaning=code.meaning)


def content(kind: str, concept: Any, **values: object) -> Dataset:
    """A content item of a report."""
    return item(RelationshipType="CONTAINS", ValueType=kind, ConceptNameCodeSequence=Items([coded(concept)]), **values)
