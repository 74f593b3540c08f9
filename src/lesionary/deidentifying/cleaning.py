"""A dataset cleaned in place, with all that is nested in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pydicom._uid_dict import UID_dictionary
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from lesionary.cohorts.naming import Identities
from lesionary.deidentifying.keyed import Keyed, moved
from lesionary.deidentifying.profile import Action, Profile, name_of
from lesionary.deidentifying.values import SCHEME, dummy, empty, is_empty, is_sound, texts
from lesionary.reports.scrubbing.known import find_known

_PATIENT_ID, _PATIENT_NAME = Tag("PatientID"), Tag("PatientName")
_CONTENT, _TEXT_VALUE = Tag("ContentSequence"), Tag("TextValue")
_SCHEME = Tag("CodingSchemeDesignator")
_CODES = {Tag(name) for name in ("CodeValue", "LongCodeValue", "URNCodeValue", "CodeMeaning", "CodingSchemeVersion")}
_CODING = {
    *_CODES,
    _SCHEME,
    *(Tag(name) for name in ("CodingSchemeRegistry", "CodingSchemeURL", "MappingResourceName")),
}
_WORDS = {"CS", "LO", "SH", "UC", "UR", "LT", "ST", "UT"}
_LONG_NUMBER = 6
"""Digits of the shortest whole number that may be an identifier and not a place in a series."""
_TIME = set("0123456789.: ")


@dataclass
class Cleaner:
    """What cleans the files of one patient, and counts what it did."""

    profile: Profile
    keyed: Keyed
    patient: str
    """PatientID as the file has it; where it is empty, it stays so."""
    identities: Identities = field(default_factory=Identities, repr=False)
    """Whom the file's own header names: no value that is kept may."""
    days: int | None = None
    """How far dates are moved; None where none stays."""
    done: Counter[tuple[str, Action]] = field(default_factory=Counter)
    """By name of the attribute and action; what is kept is not counted."""
    labels: set[str] = field(default_factory=set)
    """The names of drawings that were met."""
    _looked_at: dict[str, bool] = field(default_factory=dict, repr=False)

    def clean(self, data: Dataset, *, distrust: bool = False) -> None:
        """Clean a dataset; where it is distrusted, no code, number or date in it stays either."""
        concept = _concept(data)
        distrust = distrust or concept in self.profile.personal_concepts
        coded = distrust or not self._is_known_code(data)
        for tag in list(data.keys()):
            action = self.profile.action(tag)
            if tag == _TEXT_VALUE and concept in self.profile.label_concepts and not distrust:
                action = Action.LABEL
            elif (coded and tag in _CODING) or (distrust and action is Action.KEEP and _is_number(tag)):
                action = Action.DUMMY
            self._apply(data, tag, action, distrust)

    def _apply(self, data: Dataset, tag: BaseTag, action: Action, distrust: bool) -> None:
        name = name_of(tag)
        if action is Action.REMOVE or not is_sound(tag, data.get_item(tag)):
            if not (self._moves(tag, distrust) and self._move(data, tag)):
                del data[tag]
                self.done[name, Action.REMOVE] += 1
            return
        if action is Action.KEEP and dictionary_VR(tag) != "SQ":
            self._look_at(data, tag)
            return
        element = data[tag]
        if is_empty(element) or (self._moves(tag, distrust) and self._move(data, tag)):
            return
        if dictionary_VR(tag) == "SQ" and action in (Action.KEEP, Action.DUMMY):
            for item in element.value:
                self.clean(item, distrust=distrust or (action is Action.DUMMY and tag != _CONTENT))
            return
        now = self._replaced(element, action)
        self.done[name, action] += now.value != element.value
        data[tag] = now

    def _look_at(self, data: Dataset, tag: BaseTag) -> None:
        """Replace what names, where a code or a number should stand, somebody whom the header names elsewhere."""
        kind = dictionary_VR(tag)
        if kind not in _WORDS and kind != "IS":
            return
        values = texts(data[tag].value)
        looked_at = [one for one in values if kind in _WORDS or len(one) >= _LONG_NUMBER]
        if named := set(filter(self._names_somebody, looked_at)):
            stand_in = str(dummy(tag).value)
            data[tag] = DataElement(tag, kind, _several([stand_in if one in named else one for one in values]))
            self.done[name_of(tag), Action.DUMMY] += 1

    def _names_somebody(self, value: str) -> bool:
        if value not in self._looked_at:
            self._looked_at[value] = any(True for _ in find_known(value, self.identities))
        return self._looked_at[value]

    def _replaced(self, element: DataElement, action: Action) -> DataElement:
        tag = element.tag
        if tag in (_PATIENT_ID, _PATIENT_NAME):
            return DataElement(tag, element.VR, self.keyed.patient(self.patient) if self.patient else None)
        match action:
            case Action.UID:
                return DataElement(tag, "UI", _several([self._uid(tag, uid) for uid in texts(element.value)]))
            case Action.LABEL:
                named = texts(element.value)
                self.labels.update(named)
                return DataElement(tag, dictionary_VR(tag), _several([self.keyed.label(one) for one in named]))
            case Action.DUMMY:
                return DataElement(tag, "SH", SCHEME) if tag == _SCHEME else dummy(tag)
            case _:
                return empty(tag)

    def _uid(self, tag: BaseTag, uid: str) -> str:
        """As it was where the standard gives it a meaning that everybody shares."""
        uid = uid.strip()
        shared = tag not in self.profile.listed and uid.startswith(self.profile.shared_roots)
        return uid if uid in UID_dictionary or shared else self.keyed.uid(uid)

    def _moves(self, tag: BaseTag, distrust: bool) -> bool:
        if self.days is None or distrust or tag.is_private or tag in self.profile.births:
            return False
        return self.profile.has_date(tag)

    def _move(self, data: Dataset, tag: BaseTag) -> bool:
        """Whether all of its values could be moved; times of day stay as they are."""
        assert self.days is not None
        element, kind = data[tag], dictionary_VR(tag)
        values = texts(element.value)
        if kind == "TM":
            return kind == element.VR and all(set(one) <= _TIME for one in values)
        then = [moved(one.strip(), self.days) for one in values]
        if kind != element.VR or not values or None in then:
            return False
        data[tag] = DataElement(tag, kind, _several(then))
        self.done[name_of(tag), Action.MOVE] += 1
        return True

    def _is_known_code(self, data: Dataset) -> bool:
        """Whether a code, if this is one, is of a scheme that everybody shares."""
        if _SCHEME not in data:
            return not any(tag in data for tag in _CODES)
        return str(data[_SCHEME].value or "") in self.profile.coding_schemes


def _concept(data: Dataset) -> str | None:
    """Which concept of DCM a content item is about."""
    if "ConceptNameCodeSequence" not in data or not data.ConceptNameCodeSequence:
        return None
    code = data.ConceptNameCodeSequence[0]
    return str(code.get("CodeValue")) if code.get("CodingSchemeDesignator") == "DCM" else None


def _is_number(tag: BaseTag) -> bool:
    return dictionary_VR(tag) in ("DS", "IS", "FD", "FL")


def _several(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
