"""Writing a scan as DICOM: one CT Image object a slice (PS3.3 A.3), equal bytes for equal input."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, generate_uid

from lesionary.phantom.encoding import Encoding, compress
from lesionary.phantom.headers import decimal, describe_scan
from lesionary.phantom.identity import Identity, Visit
from lesionary.phantom.models import Pixels
from lesionary.phantom.patient import Patient
from lesionary.phantom.planting import plant
from lesionary.phantom.scanner import Order, Protocol, Scan

SERIES_NUMBER = 2
IMPLEMENTATION = generate_uid(entropy_srcs=["lesionary", "phantom"])


@dataclass(frozen=True)
class Uids:
    """Unique identifiers of one study with one series."""

    study: str
    series: str
    frame: str

    @classmethod
    def of(cls, seed: int, patient: Patient, visit: Visit) -> Uids:
        """The same for the same seed, patient and visit."""
        source = ["lesionary phantom", str(seed), str(patient.number), str(visit.number)]
        study, series, frame = (generate_uid(entropy_srcs=[*source, kind]) for kind in ("study", "series", "frame"))
        return cls(study, series, frame)

    def instance(self, index: int) -> str:
        """Of the slice at `index`, counted from the lowest."""
        return str(generate_uid(entropy_srcs=[self.series, str(index)]))


def write_series(
    folder: Path, patient: Patient, identity: Identity, visit: Visit, protocol: Protocol, scan: Scan, uids: Uids
) -> None:
    """Write one file a slice into `folder`, beside those of others; the file names carry no order."""
    folder.mkdir(parents=True, exist_ok=True)
    common = Dataset()
    describe_scan(common, patient, identity, visit.day, protocol)
    plant(common, identity, visit)
    common.StudyInstanceUID, common.SeriesInstanceUID = uids.study, uids.series
    common.FrameOfReferenceUID, common.SeriesNumber = uids.frame, str(SERIES_NUMBER)
    numbers = instance_numbers(protocol.slices, protocol.order)
    centres = scan.geometry.to_patient(np.array([[0.5, 0.5, index + 0.5] for index in range(protocol.slices)]))
    for index, pixels in enumerate(protocol.model.store(scan.hu)):
        image = Dataset()
        image.update(common)
        image.SOPInstanceUID = uids.instance(index)
        image.InstanceNumber = str(numbers[index])
        image.ImagePositionPatient = [decimal(float(mm)) for mm in centres[index]]
        image.SliceLocation = decimal(protocol.origin_mm[2] + index * protocol.thickness_mm)
        _fill(image, pixels, protocol.encoding)
        name = hashlib.sha256(image.SOPInstanceUID.encode()).hexdigest()[:12]
        image.save_as(folder / f"{identity.filed_as}_{visit.accession}_{name}.dcm", enforce_file_format=True)


def instance_numbers(slices: int, order: Order) -> list[int]:
    """InstanceNumber of each slice, counted from the lowest.

    >>> instance_numbers(5, Order.INTERLEAVED)
    [1, 4, 2, 5, 3]
    """
    if order is Order.HEAD_FIRST:
        return list(range(slices, 0, -1))
    if order is Order.FEET_FIRST:
        return list(range(1, slices + 1))
    half = (slices + 1) // 2
    return [1 + index // 2 + (half if index % 2 else 0) for index in range(slices)]


def _fill(image: Dataset, pixels: Pixels, encoding: Encoding) -> None:
    """Put pixels into an image, and what its file is made of."""
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = UID(encoding.value)
    image.file_meta.ImplementationClassUID = IMPLEMENTATION
    image.file_meta.ImplementationVersionName = "LESIONARY"
    if encoding.compressed:
        image.PixelData = encapsulate([compress(pixels, image.BitsStored, encoding)])
        image["PixelData"].VR = "OB"  # PS3.5 A.4
        image["PixelData"].is_undefined_length = True
    else:
        image.PixelData = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
        image["PixelData"].VR = "OW"  # PS3.5 A.1, A.2
