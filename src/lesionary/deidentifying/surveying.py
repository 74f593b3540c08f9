"""What a file is, by its header, and why it is not copied: what cannot be cleaned is refused.

Pixels are not looked at. What may show a text or a screen is told by the header alone, so that refusing is cautious: a
CT slice without a place in the patient may be a page of doses.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from lesionary.base.errors import FileError
from lesionary.cohorts.images.checks import UNREADABLE, named, whole
from lesionary.cohorts.images.dicom import CLASSES

_SCREENS = ("SCREEN", "PROT", "DOSE", "CAPTURE")
"""In ImageType: screen saves, protocols and pages of doses, as scanners call them."""
_OVERLAYS = range(0x6000, 0x6020, 2)
_BIT = 0x0102  # OverlayBitPosition (PS3.5 8.1.2)
_CURE = "hand it on by other means, or not at all"


@dataclass(frozen=True)
class Surveyed:
    """What tells where a copy goes: by the file's own identifiers."""

    file: int
    patient: str
    study: str
    series: str
    instance: str
    number: int | None
    """InstanceNumber."""
    recognisable: bool
    """The header says that a face could be made of it."""

    @property
    def owner(self) -> str:
        """The patient, or the study where nobody is named."""
        return self.patient or self.study


def survey(numbered: tuple[int, Path]) -> Surveyed | FileError:
    """A file by its number, or why it is refused."""
    number, path = numbered
    try:
        with path.open("rb") as stream:
            if stream.read(132)[128:] != b"DICM":
                return FileError(str(path), "is no DICOM file", "only DICOM is cleaned")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = pydicom.dcmread(path, stop_before_pixels=True)
            if reason := refusal(data):
                return FileError(str(path), reason, _CURE)
            return Surveyed(
                number,
                str(data.get("PatientID") or ""),
                str(data.get("StudyInstanceUID") or ""),
                str(data.get("SeriesInstanceUID") or ""),
                named(data, "SOPInstanceUID"),
                whole(data, "InstanceNumber"),
                data.get("RecognizableVisualFeatures") == "YES",
            )
    except UNREADABLE as error:
        return FileError(str(path), f"cannot be read ({type(error).__name__})", "copy it again from its source")


def refusal(data: Dataset) -> str:
    """Why a file cannot be cleaned, empty if it can."""
    kind = named(data, "SOPClassUID")
    words = " ".join(str(value).upper() for value in data.get("ImageType") or ())
    reasons = {
        "is no CT, RTSTRUCT, SEG or SR: what else its kind may tell is not known": kind != CTImageStorage
        and kind not in CLASSES,
        "does not say how it is encoded (TransferSyntaxUID)": not data.file_meta.get("TransferSyntaxUID"),
        "has no SOPInstanceUID": not named(data, "SOPInstanceUID"),
        "has text burnt in (BurnedInAnnotation)": data.get("BurnedInAnnotation") not in (None, "", "NO"),
        "is a picture of a screen or a page": "ConversionType" in data or any(word in words for word in _SCREENS),
        "is in colour: it may be a picture of a screen": int(data.get("SamplesPerPixel") or 1) != 1,
        "has an overlay in unused bits of its pixels": any(
            (group, _BIT) in data and data[group, _BIT].value for group in _OVERLAYS
        ),
        "has no place in the patient: it may be a picture of a page": kind == CTImageStorage
        and not data.get("ImagePositionPatient"),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
