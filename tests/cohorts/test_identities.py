"""Who a cohort is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from ct import edit, lesion, uid, write_cohort, write_lesions
from pydicom import Dataset

from lesionary.base.errors import FileError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.identities import Known
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.naming import Identities, of_row


def known(folder: Path) -> tuple[Cohort, Known]:
    cohort = Cohort.open(folder)
    index = index_cohort(cohort, max_gap_mm=0, tilt_deg=0.5)
    return cohort, Known.read(cohort, index.lesion_table(), index.series_table())


def other_id(value: str) -> Dataset:
    item = Dataset()
    item.PatientID = value
    return item


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = write_cohort(tmp_path / "cohort", ["anna", "bert"])
    for path in (folder / "images" / "anna").iterdir():
        edit(
            path,
            PatientName="Esmeralda^Quasimodo",
            PatientBirthDate="19580412",
            OtherPatientIDsSequence=[other_id("SSN078")],
            OtherPatientNames=["Roe", "Poe"],
            InstitutionName="Notre Dame Infirmary",
        )
    return folder


def test_headers_and_tables_tell_of_their_own_study_alone(folder: Path) -> None:
    cohort, who = known(folder)
    study, patient = (
        pseudonym(cohort.key, Entity.STUDY, uid("anna", "study")), pseudonym(cohort.key, Entity.PATIENT, "anna"),
    )  # fmt: skip
    for one in (who([study]), who([patient])):
        assert one.names == {"Esmeralda^Quasimodo", "Roe", "Poe", "anna"}
        assert one.numbers >= {"SSN078", "anna", "Notre Dame Infirmary", uid("anna", "study")}
        assert one.births == {"19580412"}
    assert who([pseudonym(cohort.key, Entity.STUDY, uid("bert", "study"))]).names == {"Name^bert", "bert"}
    assert who(["S-nobody"]) == Identities()


def test_a_study_that_no_lesion_names_is_known_by_its_header(folder: Path) -> None:
    write_lesions(folder, [lesion("bert")])
    cohort, who = known(folder)
    assert "Esmeralda^Quasimodo" in who([pseudonym(cohort.key, Entity.STUDY, uid("anna", "study"))]).names


def test_a_header_that_is_gone_stops_rather_than_let_a_name_pass(folder: Path) -> None:
    cohort = Cohort.open(folder)
    index = index_cohort(cohort, max_gap_mm=0, tilt_deg=0.5)
    for path in (folder / "images" / "anna").iterdir():
        path.unlink()
    with pytest.raises(FileError, match="cannot be read any more"):
        Known.read(cohort, index.lesion_table(), index.series_table())


def test_a_patient_called_by_letters_is_called_by_a_name() -> None:
    assert of_row("Doe, Jane", "s1", "") == Identities({"Doe, Jane"}, {"Doe, Jane", "s1"})
    assert of_row("P-17", "s1") == Identities(set(), {"P-17", "s1"})


def test_every_person_of_a_header_is_known_however_deep_and_as_it_was_before(folder: Path) -> None:
    before, original, request = Dataset(), Dataset(), Dataset()
    before.PatientName, before.PatientBirthDate, before.PatientID = "Agnes^La", "19570503", "MRN-815"
    original.ModifiedAttributesSequence = [before]
    request.PlacerOrderNumberImagingServiceRequest, request.RequestingPhysician = "PL-5511", "Clopin^T"
    for path in (folder / "images" / "anna").iterdir():
        edit(
            path,
            OriginalAttributesSequence=[original],
            RequestAttributesSequence=[request],
            ContentCreatorName="Gringoire^P",
        )
    _, who = known(folder)
    one = next(one for one in who.of.values() if "Esmeralda^Quasimodo" in one.names)
    assert one.names >= {"Agnes^La", "Clopin^T", "Gringoire^P"}
    assert one.numbers >= {"MRN-815", "PL-5511"}
    assert one.births == {"19580412", "19570503"}


@pytest.mark.parametrize(
    ("characters", "name"),
    [
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 100", "Müller^Jürgen"),
        ("ISO_IR 144", "Ёлкин^Пётр"),
        ("ISO_IR 192", "Müller^Jürgen=山田^太郎"),
    ],
)
def test_a_name_is_known_in_the_characters_that_its_header_declares(
    folder: Path, characters: str | list[str], name: str
) -> None:
    for path in (folder / "images" / "anna").iterdir():
        edit(path, SpecificCharacterSet=characters, PatientName=name)
    _, who = known(folder)
    assert any(name in one.names for one in who.of.values())


def test_a_name_in_utf_8_is_known_where_the_header_declares_nothing(folder: Path) -> None:
    for path in (folder / "images" / "anna").iterdir():
        edit(path, PatientName="Müller^Jürgen".encode().decode("latin-1"))
    _, who = known(folder)
    assert any("Müller^Jürgen" in one.names for one in who.of.values())
