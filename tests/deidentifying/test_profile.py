"""The table of actions, against values read off Table E.1-1 by hand."""

from __future__ import annotations

import pytest
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.tag import Tag

from lesionary.deidentifying.keyed import Keyed, moved
from lesionary.deidentifying.profile import Action, basic_profile
from lesionary.deidentifying.values import DUMMIES


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("PatientName", "Z"),
        ("PatientAge", "X"),
        ("StudyDate", "Z"),
        ("SeriesDate", "X"),  # X/D, and no kind of ours must have one outside of a sequence that is removed
        ("SourceSeriesInformationSequence", "X"),  # not listed
        ("RequestedProcedureID", "Z"),  # X, but type 2 in SR
        ("ObservationDateTime", "D"),  # X/D, type 1C in SR
        ("ReferencedPerformedProcedureStepSequence", "D"),  # X/Z/D, type 1C in enhanced CT and SEG
        ("ContentDate", "D"),  # Z/D, type 1 in SEG and SR
        ("SOPInstanceUID", "U"),
        ("ReferencedImageSequence", "K"),  # X/Z/U*
        ("ROIName", "L"),
        ("InstitutionName", "X"),
        ("DeviceSerialNumber", "D"),  # X/Z/D, type 1 of enhanced equipment
        ("DimensionOrganizationUID", "U"),
        ("ImplementationVersionName", "D"),  # not listed, a text
        ("ManufacturerModelName", "K"),
        ("Rows", "K"),
        ("ContourData", "K"),
        ("PixelData", "K"),
        ("ICCProfile", "X"),  # not listed, bytes
    ],
)
def test_an_attribute_has_the_action_of_the_table(name: str, action: str) -> None:
    assert basic_profile().action(Tag(name)) == action


@pytest.mark.parametrize("tag", [0x00091001, 0x60003000, 0x60120010, 0x50000005, 0x00189FFE])
def test_private_overlay_curve_and_unknown_attributes_are_removed(tag: int) -> None:
    assert basic_profile().action(Tag(tag)) is Action.REMOVE


def test_every_listed_attribute_can_be_treated_as_the_table_says() -> None:
    listed = basic_profile().listed
    assert len(listed) == 652
    for tag, action in listed.items():
        assert action is Action.REMOVE or dictionary_has_tag(tag)
        if action is Action.DUMMY and dictionary_VR(tag) != "SQ":
            assert dictionary_VR(tag) in DUMMIES
        if action is Action.UID:
            assert dictionary_VR(tag) == "UI"


def test_a_date_moves_over_the_turn_of_a_year_and_what_is_none_does_not() -> None:
    assert moved("20200110", 20) == "20191221"
    assert moved("20200110235959.123456-0500", 20) == "20191221235959.123456-0500"
    assert [moved(text, 1) for text in ("20201332", "2020", "2020.1.1", "20200110Quasi", "")] == [None] * 5


def test_uids_fit_and_differ_by_key_and_uid() -> None:
    uids = [Keyed(key).uid(f"1.2.{n}") for key in (b"a", b"b") for n in range(500)]
    assert len(set(uids)) == 1000
    assert all(len(uid) <= 64 for uid in uids)
