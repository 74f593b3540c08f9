"""What an object must have (types 1 and 2 of PS3.3) stays in a copy, by the tables of modules that highdicom ships."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import pytest
import yaml
from highdicom import _standard_utils as standard
from pydicom.datadict import tag_for_keyword
from pydicom.tag import Tag
from pydicom.uid import UID, CTImageStorage

from lesionary.cohorts.images.dicom import CLASSES
from lesionary.deidentifying.profile import Action, basic_profile

KINDS = (CTImageStorage, *CLASSES)
GONE = (Action.REMOVE, Action.EMPTY)
ACCEPTED = {
    "EncryptedAttributesSequence": "what was hidden once; only where an earlier cleaning can be undone",
    "ICCProfile": "bytes that may hold names; of images in colour, which are refused, and of palettes of segments",
    "PatientID": "a pseudonym, wherever it had a value",
    "ROIInterpreterSequence": "the table removes it; only where somebody interpreted a region",
    "ReferencedStudySequence": "an SR's request may have it empty, an image may not",
    "ResponsibleOrganization": "the table removes it; only of animals",
    "ResponsiblePerson": "the table removes it; only of animals",
}
"""Required, and yet removed or emptied, with the reason."""


def required(kind: str) -> Iterator[tuple[str, str]]:
    """Keyword and type of what a kind of object must have, at the top or in a sequence that a copy keeps."""
    modules, iod = standard.get_module_attribute_map(), standard.get_sop_class_iod_map()[kind]
    for module in standard.get_iod_module_map()[iod]:
        for one in modules.get(module["key"], ()):
            tags = [tag_for_keyword(keyword) for keyword in (*one["path"], one["keyword"])]
            if one["type"] == "3" or None in tags:
                continue
            if not any(basic_profile().action(Tag(tag)) in GONE for tag in tags[:-1] if tag is not None):
                yield one["keyword"], one["type"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: UID(kind).name)
def test_what_must_be_there_is_there(kind: str) -> None:
    found = list(required(kind))
    assert len(found) > 100
    wrong = {
        keyword
        for keyword, of_type in found
        if basic_profile().action(Tag(keyword)) in (GONE if of_type.startswith("1") else (Action.REMOVE,))
    }
    assert wrong <= set(ACCEPTED)


def test_every_accepted_exception_is_one() -> None:
    everything = {keyword for kind in KINDS for keyword, _ in required(kind)}
    assert set(ACCEPTED) <= everything


def test_nothing_is_kept_as_needed_that_no_kind_must_have() -> None:
    told = yaml.safe_load(files("lesionary.deidentifying").joinpath("profile.yaml").read_text("utf-8"))
    of_type = {(keyword, kind[0]) for one in KINDS for keyword, kind in required(one)}
    for name in told["needed"]["D"]:
        assert (name, "1") in of_type, name
    for name in told["needed"]["Z"]:
        assert {(name, "1"), (name, "2")} & of_type, name
