"""What becomes of an attribute: Table E.1-1 of PS3.15 and, for what it does not list, rules by kind of value.

The table stands in profile.yaml. Nothing is trusted because nobody thought of it: a text, a person's name, a date or a
run of bytes stays only where the table or profile.yaml says so, and an attribute that no dictionary has is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import yaml
from pydicom.datadict import dictionary_has_tag, dictionary_VR, keyword_for_tag, tag_for_keyword
from pydicom.tag import BaseTag

_GROUP = 0xFF00
_CURVES, _OVERLAYS = 0x5000, 0x6000
_DATES = {"DA", "DT", "TM"}
_TEXTS = {"AE", "LO", "LT", "SH", "ST", "UC", "UR", "UT"}
_BYTES = {"OB", "OB or OW", "OD", "OF", "OL", "OV", "OW", "UN"}


class Action(StrEnum):
    """What is done to an attribute: the letters of Table E.1-1, and one of ours."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    UID = "U"
    KEEP = "K"
    """Of a sequence: its items are looked through."""
    LABEL = "L"
    """A pseudonym in place of the name of a drawing."""
    MOVE = "C"
    """A date moved into the past, as the option to retain modified dates lets it (PS3.15 E.3.6)."""


@dataclass(frozen=True)
class Profile:
    """`profile.yaml`, by number of the attribute."""

    edition: str
    listed: dict[int, Action]
    labels: frozenset[int]
    removed: frozenset[int]
    kept: frozenset[int]
    births: frozenset[int]
    coding_schemes: frozenset[str]
    shared_roots: tuple[str, ...]
    personal_concepts: frozenset[str]
    label_concepts: frozenset[str]

    def action(self, tag: BaseTag) -> Action:
        """For an attribute, by its number alone: what a file says of its kind of value may be wrong."""
        if tag.is_private or tag.group & _GROUP in (_CURVES, _OVERLAYS) or tag in self.removed:
            return Action.REMOVE
        if tag in self.labels:
            return Action.LABEL
        if tag in self.listed:
            return self.listed[tag]
        return self._by_kind(tag) if dictionary_has_tag(tag) else Action.REMOVE

    def has_date(self, tag: BaseTag) -> bool:
        """Whether it is a date or a time that the dictionary has."""
        return dictionary_has_tag(tag) and dictionary_VR(tag) in _DATES

    def _by_kind(self, tag: BaseTag) -> Action:
        kind = dictionary_VR(tag)
        if kind == "UI":
            return Action.UID
        if kind in _DATES or kind in ("PN", "AS"):
            return Action.EMPTY
        if tag in self.kept:
            return Action.KEEP
        if kind in _TEXTS:
            return Action.DUMMY
        return Action.REMOVE if kind in _BYTES else Action.KEEP


@cache
def basic_profile() -> Profile:
    """The profile of profile.yaml."""
    told = yaml.safe_load(files(__package__).joinpath("profile.yaml").read_text("utf-8"))
    needed = {_tag(name): Action(code) for code, names in told["needed"].items() for name in names}
    return Profile(
        told["edition"],
        {_tag(name): _action(code) for code, names in told["actions"].items() for name in names} | needed,
        _tags(told["labels"]),
        _tags(told["removed"]),
        _tags(told["kept_texts"]) | _tags(told["kept_bytes"]),
        _tags(told["births"]),
        frozenset(told["coding_schemes"]),
        tuple(told["shared_roots"]),
        frozenset(told["personal_concepts"]),
        frozenset(told["label_concepts"]),
    )


def _action(code: str) -> Action:
    """The first of several choices; U* is that of a sequence, whose UIDs are replaced inside.

    >>> _action("X/Z/D"), _action("X/Z/U*")
    (<Action.REMOVE: 'X'>, <Action.KEEP: 'K'>)
    """
    return Action.KEEP if code.endswith("U*") else Action(code[0])


def _tags(names: list[str]) -> frozenset[int]:
    return frozenset(map(_tag, names))


def _tag(name: str) -> int:
    """By keyword, or written as its number.

    >>> _tag("PatientName") == _tag("0010,0010")
    True
    """
    tag = tag_for_keyword(name)
    return int(name.replace(",", ""), 16) if tag is None else tag


def name_of(tag: BaseTag) -> str:
    """The keyword of an attribute; what is private or unknown has none of its own, since its number may tell."""
    if tag.is_private:
        return "private"
    return keyword_for_tag(tag) or "unknown"
