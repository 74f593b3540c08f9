"""Single values: dummies, and whether a value is what its kind says."""

from __future__ import annotations

import re
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

TEXT = "REMOVED"
SCHEME = "99REMOVED"
DUMMIES: dict[str, Any] = {
    "AE": TEXT, "AS": "000Y", "CS": TEXT, "DA": "19000101", "DS": "0", "DT": "19000101000000", "FD": 0.0, "FL": 0.0,
    "IS": "0", "LO": TEXT, "LT": TEXT, "OB": b"\0\0", "OW": b"\0\0", "PN": TEXT, "SH": TEXT, "SL": 0, "SS": 0,
    "ST": TEXT, "TM": "000000", "UC": TEXT, "UI": "2.25.0", "UL": 0, "UN": b"\0\0", "UR": "urn:removed", "US": 0,
    "UT": TEXT,
}  # fmt: skip
"""By kind of value: what stands for a value that an object must have."""
_NUMBERS = {"DS", "IS", "FD", "FL", "SL", "SS", "UL", "US", "SV", "UV"}
_WRITTEN = {"DS", "IS"}
_NUMBER = re.compile(rb"[-+0-9.eE\\ \0]*")


def texts(value: Any) -> list[str]:
    """The values of an element as text, none for an empty one."""
    if value is None:
        return []
    several = value if isinstance(value, list | tuple | MultiValue) else [value]
    return [text for one in several if (text := str(one))]


def is_empty(element: DataElement) -> bool:
    """Whether it has no value, so that none need be hidden."""
    return element.value is None or element.VM == 0


def empty(tag: BaseTag) -> DataElement:
    """An element without a value."""
    kind = dictionary_VR(tag).split(" or ")[0]
    return DataElement(tag, kind, Sequence() if kind == "SQ" else None)


def dummy(tag: BaseTag) -> DataElement:
    """An element whose value tells nothing."""
    kind = dictionary_VR(tag).split(" or ")[0]
    return DataElement(tag, kind, DUMMIES[kind])


def is_sound(tag: BaseTag, found: DataElement | RawDataElement) -> bool:
    """Whether an element is of the kind that the dictionary gives it, and a number written as text is one.

    Else a text could stay because it poses as something else.
    """
    allowed, kind = dictionary_VR(tag).split(" or "), found.VR
    if kind is not None and kind not in allowed and not (kind in _NUMBERS and set(allowed) <= _NUMBERS):
        return False
    if isinstance(found, RawDataElement) and (kind or allowed[0]) in _WRITTEN:
        return _NUMBER.fullmatch(found.value or b"") is not None
    return True
