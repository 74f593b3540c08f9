"""One file read, cleaned, marked as such and written under a name that tells nothing."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels.utils import get_expected_length
from pydicom.sequence import Sequence as Items
from pydicom.uid import UID

from lesionary.base.errors import FileError
from lesionary.cohorts.identities import named_in
from lesionary.cohorts.images.checks import UNREADABLE, named
from lesionary.cohorts.images.dicom import CLASSES, Class
from lesionary.deidentifying.cleaning import Cleaner
from lesionary.deidentifying.keyed import Keyed
from lesionary.deidentifying.profile import Action, Profile, basic_profile

BASIC = ("113100", "Basic Application Confidentiality Profile")
STRUCTURED = ("113104", "Clean Structured Content Option")
MODIFIED_DATES = ("113107", "Retain Longitudinal Temporal Information Modified Dates Option")
"""Codes of PS3.16, CID 7050."""


@dataclass(frozen=True)
class Task:
    """A file to be copied."""

    file: int
    source: Path
    target: Path
    patient: str
    owner: str
    """Whose dates move together."""


@dataclass(frozen=True)
class Copied:
    """What was done to one file."""

    done: Counter[tuple[str, Action]]
    labels: frozenset[str]


def copy(key: bytes, shift_dates: bool, task: Task) -> Copied | FileError:
    """Copy a file, or say why it was refused; nothing is left of what could not be cleaned."""
    keyed = Keyed(key)
    part = task.target.with_suffix(".part")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of values that are longer than the standard lets them be, and the like
            data = pydicom.dcmread(task.source)
            days = keyed.days(task.owner) if shift_dates else None
            cleaner = Cleaner(basic_profile(), keyed, task.patient, named_in(data), days)
            deidentify(data, cleaner)
            task.target.parent.mkdir(parents=True, exist_ok=True)
            with part.open("xb") as stream:
                data.save_as(stream, enforce_file_format=True)
            os.replace(part, task.target)
            return Copied(cleaner.done, frozenset(cleaner.labels))
    except UNREADABLE as error:
        part.unlink(missing_ok=True)
        reason = f"cannot be cleaned ({type(error).__name__})"
        return FileError(str(task.source), reason, "copy it again from its source")


def deidentify(data: pydicom.FileDataset, cleaner: Cleaner) -> None:
    """Clean a file, its preamble and its meta information (PS3.10 7.1), and say in it how that was done."""
    kind, instance, syntax = named(data, "SOPClassUID"), named(data, "SOPInstanceUID"), data.file_meta.TransferSyntaxUID
    cleaner.clean(data)
    _cut(data, syntax)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = data.SOPClassUID = UID(kind)
    meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = UID(cleaner.keyed.uid(instance.strip()))
    data.file_meta, data.preamble = meta, b"\0" * 128
    _mark(data, cleaner, structured=CLASSES.get(UID(kind)) is Class.REPORT)


def _cut(data: Dataset, syntax: UID) -> None:
    """Take away what stands behind the last pixel, where no reader looks; of compressed pixels that cannot be told."""
    if "PixelData" in data and not syntax.is_compressed:
        size = get_expected_length(data)
        data.PixelData = data.PixelData[:size] + b"\0" * (size % 2)


def _mark(data: Dataset, cleaner: Cleaner, *, structured: bool) -> None:
    codes = [BASIC, *([STRUCTURED] if structured else []), *([MODIFIED_DATES] if cleaner.days is not None else [])]
    data.PatientIdentityRemoved = "YES"
    data.LongitudinalTemporalInformationModified = "REMOVED" if cleaner.days is None else "MODIFIED"
    data.DeidentificationMethod = method(cleaner.profile)
    data.DeidentificationMethodCodeSequence = Items(_code(*code) for code in codes)


def method(profile: Profile) -> str:
    """What a file says of how it was cleaned, in 64 characters at most."""
    return f"lesionary {version('lesionary')}, {profile.edition} basic profile"


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item
