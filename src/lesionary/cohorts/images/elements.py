"""Chosen elements of a file that is written as most scanners and archives write it, without a dataset of all of them.

pydicom's generator of raw elements finds them, and pydicom makes values of them; a value that was made once is
remembered, since the slices of a series say mostly the same. Whatever is unusual about a file (a transfer syntax that
is not plain little endian, a header that is broken) gives None here: it is left to `pydicom.dcmread`, which reads it
or says what is wrong with it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataelem import RawDataElement, convert_raw_data_element
from pydicom.filereader import data_element_generator
from pydicom.tag import BaseTag, Tag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian
from pydicom.valuerep import VR

_PREFIX, _START = b"DICM", 128  # PS3.10 7.1
_META = {Tag(name): name for name in (
    "FileMetaInformationGroupLength", "MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "TransferSyntaxUID",
)}  # fmt: skip
_GROUP_LENGTH = 12
"""Bytes of the first element, which tells how many follow it (PS3.10 7.1)."""
_CHARACTER_SET = Tag("SpecificCharacterSet")
_PIXEL_GROUP, _PIXELS = 0x7FE0, b"\xe0\x7f\x10\x00"
_OTHERWISE = (ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian)
_EXPLICIT = {vr.value.encode() for vr in VR if len(vr.value) == 2}


@dataclass(frozen=True)
class Elements:
    """Values by keyword, as pydicom makes them; to be asked as a `pydicom.Dataset` is."""

    values: Mapping[str, Any]
    file_meta: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of an element, `default` where the file has it not."""
        return self.values.get(name, default)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True)
class Raw:
    """Elements by keyword, and at which byte reading ended."""

    syntax: UID
    meta: Mapping[str, RawDataElement]
    elements: Mapping[str, RawDataElement]
    encodings: tuple[str, ...]
    end: int

    def converted(self) -> Elements:
        """Values of all elements; raises what pydicom raises on those that are none."""
        meta = {name: _value(raw, (default_encoding,)) for name, raw in self.meta.items()}
        return Elements({name: _value(raw, self.encodings) for name, raw in self.elements.items()}, meta)


def read_head(content: bytes, tags: Mapping[int, str]) -> Raw | None:
    """The elements `tags` of a file that begins with `content`, up to its pixels.

    None where the file is unusual, or where `content` ends before its pixels begin. Raises what pydicom raises on a
    broken file.
    """
    raw = _read(content, tags, _is_plain, _at_pixels)
    return raw if raw and content[raw.end : raw.end + len(_PIXELS)] == _PIXELS else None


def read_whole(content: bytes, tags: Mapping[int, str], syntaxes: Collection[UID]) -> Raw | None:
    """The elements `tags` of a file, its pixels among them; None where it has none of `syntaxes`, too."""
    return _read(content, tags, syntaxes.__contains__, None)


def _read(
    content: bytes, tags: Mapping[int, str], wanted: Callable[[UID], bool], stop: Callable[..., bool] | None
) -> Raw | None:
    stream = io.BytesIO(content)
    stream.seek(_START)
    if stream.read(len(_PREFIX)) != _PREFIX:
        return None
    meta = {
        _META[one.tag]: one
        for one in data_element_generator(stream, False, True, stop_when=_beyond_meta, specific_tags=list(_META))
        if isinstance(one, RawDataElement) and one.tag in _META
    }
    syntax = _syntax(meta)
    length = meta.get("FileMetaInformationGroupLength")
    told = int.from_bytes(length.value or b"", "little") if length else -1
    if not wanted(syntax) or stream.tell() != _START + len(_PREFIX) + _GROUP_LENGTH + told:
        return None
    implicit = syntax == ImplicitVRLittleEndian
    if (content[stream.tell() + 4 : stream.tell() + 6] in _EXPLICIT) == implicit:  # it says one and does the other
        return None
    found: dict[str, RawDataElement] = {}
    encodings: tuple[str, ...] = (default_encoding,)
    for one in data_element_generator(stream, implicit, True, stop_when=stop, specific_tags=list(tags)):
        if not isinstance(one, RawDataElement):  # a sequence
            continue
        if one.tag == _CHARACTER_SET:
            encodings = tuple(convert_encodings(_value(one, encodings)))
        if one.tag in tags:
            found[tags[one.tag]] = one
    return Raw(syntax, meta, found, encodings, stream.tell())


def _syntax(meta: Mapping[str, RawDataElement]) -> UID:
    value = meta["TransferSyntaxUID"].value if "TransferSyntaxUID" in meta else None
    return UID(bytes(value or b"").decode("ascii").rstrip("\0 "))


def _is_plain(syntax: UID) -> bool:
    return syntax.is_transfer_syntax and not syntax.is_private and syntax not in _OTHERWISE


def _beyond_meta(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    return tag.group != 2


def _at_pixels(tag: BaseTag, _vr: str | None, _length: int) -> bool:
    return tag.group >= _PIXEL_GROUP


def _value(raw: RawDataElement, encodings: tuple[str, ...]) -> Any:
    return _converted(raw._replace(value_tell=0), encodings)


@lru_cache(maxsize=4096)
def _converted(raw: RawDataElement, encodings: tuple[str, ...]) -> Any:
    return convert_raw_data_element(raw, encoding=list(encodings)).value
