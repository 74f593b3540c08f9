"""What lies in a cohort, usable or not: files by kind, transfer syntax and manufacturer, and who they name.

Headers alone are read. Counts are kept, and one entry a series, not one a file: memory grows with series.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import pydicom
from pydicom.uid import UID

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.images import deeplesion, nifti, npz
from lesionary.cohorts.images.checks import UNREADABLE
from lesionary.running.parallel import in_order

_CHUNK = 256  # files read in one go
_OWNERS = ["SOPClassUID", "Manufacturer", "PatientID", "StudyInstanceUID", "SeriesInstanceUID", "AccessionNumber"]
_NAMING = ["PatientName", "PatientBirthDate", "OtherPatientIDs", "StudyID", "ReferringPhysicianName", "InstitutionName"]
_TELLING = ["SeriesNumber", "SeriesDescription", "ConvolutionKernel"]
LOCALISER = "CT Image Storage, localiser"
"""Kind of a series that holds nothing but CT images which say of themselves that they are one."""
CT = {"CT Image Storage", "Enhanced CT Image Storage", "Legacy Converted Enhanced CT Image Storage"}
DICOM_END = b"DICM"
"""Stands behind a preamble of 128 bytes (PS3.10, 7.1)."""


@dataclass
class Seen:
    """A series as its first file names it."""

    patient: str
    study: str
    accession: str
    kind: str
    files: int = 0
    description: str = ""
    """What tells it from the others of its study."""


@dataclass
class Inventory:
    """Counts of files, and the series by the user's own names."""

    kinds: Counter[str] = field(default_factory=Counter)
    syntaxes: Counter[str] = field(default_factory=Counter)
    makers: Counter[str] = field(default_factory=Counter)
    series: dict[str, Seen] = field(default_factory=dict)
    identities: set[str] = field(default_factory=set)
    """Whatever names a person, a study or a place: none of it may leave."""
    bytes: int = 0

    def add(self, other: Inventory) -> None:
        """Take what another part of the cohort holds into account."""
        self.kinds += other.kinds
        self.syntaxes += other.syntaxes
        self.makers += other.makers
        self.identities |= other.identities
        self.bytes += other.bytes
        for name, seen in other.series.items():
            note(self.series, name, seen)

    @property
    def patients(self) -> int:
        """How many the images name."""
        return len({seen.patient for seen in self.series.values() if seen.patient})

    @property
    def studies(self) -> int:
        """How many the images name."""
        return len({seen.study for seen in self.series.values() if seen.study})


def note(series: dict[str, Seen], name: str, seen: Seen) -> None:
    """Add files of a series; one that has any other image beside a localiser is none."""
    known = series.setdefault(name, replace(seen, files=0))
    known.files += seen.files
    if known.kind == LOCALISER:
        known.kind = seen.kind


def take_inventory(images: Sequence[Listed]) -> Inventory:
    """Of all listed images; what cannot be read counts as such."""
    chunks = [images[start : start + _CHUNK] for start in range(0, len(images), _CHUNK)]
    whole = Inventory()
    for part in in_order(_inventory, chunks, "looking through files"):
        whole.add(part)
    return whole


def _inventory(images: Sequence[Listed]) -> Inventory:
    found = Inventory()
    for image in images:
        if not os.path.isfile(image.path):
            found.kinds["missing"] += 1
            continue
        found.bytes += image.path.stat().st_size
        kind = kind_by_name(image.path.name)
        if kind is None and is_dicom(image):
            kind = _read_dicom(image, found)
        elif kind in NAMED:
            found.add(Inventory(series=NAMED[kind](image)))
        found.kinds[kind or "other"] += 1
    return found


def _of_nifti(image: Listed) -> dict[str, Seen]:
    """One series, which names nobody."""
    return {image.name: Seen("", "", "", "NIfTI", 1)}


def _of_png(image: Listed) -> dict[str, Seen]:
    """That of DeepLesion whose folder it lies in, if it does."""
    name = PurePosixPath(image.name).parent.name
    told = deeplesion.SERIES.fullmatch(name)
    return {name: Seen(told[2], told[1], "", "PNG", 1)} if told else {}


def _of_npz(image: Listed) -> dict[str, Seen]:
    """Each of its volumes, which is a patient and a study of its own; none of a file that cannot be read."""
    try:
        return {one.name: Seen(one.name, one.name, "", "npz", 1) for one in npz.read_volumes(image.path)}
    except CohortError:  # the index tells it
        return {}


NAMED: dict[str, Callable[[Listed], dict[str, Seen]]] = {"NIfTI": _of_nifti, "PNG": _of_png, "npz": _of_npz}
"""The series of files whose kind their name tells."""


def kind_by_name(name: str) -> str | None:
    """What the ending of a name says; None where only the content can tell.

    >>> kind_by_name("a_mask.nii.gz"), kind_by_name("IM0001")
    ('NIfTI mask', None)
    """
    path = PurePosixPath(name)
    if name.endswith(nifti.ENDINGS):
        return "NIfTI mask" if name.split(".nii", maxsplit=1)[0].endswith(nifti.MASK) else "NIfTI"
    return {".npz": "npz", ".png": "PNG"}.get(path.suffix.lower())


def is_dicom(image: Listed) -> bool:
    """Whether a file begins as DICOM files do."""
    try:
        with image.path.open("rb") as stream:
            return stream.read(132)[128:] == DICOM_END
    except OSError:
        return False


def _read_dicom(image: Listed, found: Inventory) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of values that are longer than the standard lets them be, and the like
            data = pydicom.dcmread(
                image.path, stop_before_pixels=True, specific_tags=[*_OWNERS, *_NAMING, *_TELLING, "ImageType"]
            )
            owners = {name: str(data.get(name) or "").strip() for name in _OWNERS}
            told = ", ".join(filter(None, (str(data.get(name) or "").strip() for name in _TELLING)))
            localiser = "LOCALIZER" in str(data.get("ImageType") or "").upper()
            named = [str(data.get(name) or "").strip() for name in _NAMING]
        syntax = str(data.file_meta.get("TransferSyntaxUID", ""))
    except UNREADABLE:
        return "unreadable DICOM"
    kind = name_of(owners["SOPClassUID"], "DICOM of unknown class")
    found.syntaxes[name_of(syntax, "unknown transfer syntax")] += 1
    if kind in CT and owners["Manufacturer"]:
        found.makers[owners["Manufacturer"]] += 1
    words = [word for name in named for word in (name, *name.replace("^", " ").split())]
    numbers = [owners[tag] for tag in ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "AccessionNumber")]
    found.identities.update(filter(None, [*words, *numbers]))
    series = owners["SeriesInstanceUID"] or PurePosixPath(image.name).parent.as_posix()
    shown = LOCALISER if localiser and kind in CT else kind
    own = Seen(owners["PatientID"], owners["StudyInstanceUID"], owners["AccessionNumber"], shown, 1, told)
    note(found.series, series, own)
    return kind


def name_of(uid: Any, otherwise: str) -> str:
    """The standard's name of a UID; `otherwise` for one that is not in it.

    >>> name_of("1.2.840.10008.1.2.1", "?"), name_of("1.2.3", "?")
    ('Explicit VR Little Endian', '?')
    """
    name = UID(uid).name if uid else ""
    return otherwise if not name or name == uid else name
