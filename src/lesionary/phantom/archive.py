"""Writing a scan as DICOM: one CT Image object a slice (PS3.3 A.3), equal bytes for equal input."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from openjpeg.utils import encode_array
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, JPEG2000Lossless, generate_uid

from lesionary.phantom.identity import Identity, Visit
from lesionary.phantom.patient import Patient
from lesionary.phantom.scanner import Encoding, Order, Protocol, Scan

Pixels: TypeAlias = NDArray[np.int16] | NDArray[np.uint16]
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
    """Write one file a slice into `folder`; the file names carry no order."""
    folder.mkdir(parents=True)
    common = _common(patient, identity, visit, protocol, uids)
    stored = store(scan.hu, protocol)
    numbers = instance_numbers(protocol.slices, protocol.order)
    for index, pixels in enumerate(stored):
        image = _slice(common, pixels, index, numbers[index], protocol, uids)
        name = hashlib.sha256(image.SOPInstanceUID.encode()).hexdigest()[:12]
        image.save_as(folder / f"{name}.dcm", enforce_file_format=True)


def store(hu: NDArray[np.int16], protocol: Protocol) -> Pixels:
    """Stored values of HU: hu = stored * 1 + intercept (PS3.3 C.11.1.1.2), padding outside the round field."""
    values = hu.astype(np.int32) - protocol.model.intercept
    if protocol.model.padding is not None:
        values[:, ~protocol.field()] = protocol.model.padding
    return values.astype(np.int16) if protocol.model.signed else values.astype(np.uint16)


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


def _common(patient: Patient, identity: Identity, visit: Visit, protocol: Protocol, uids: Uids) -> Dataset:
    day, model = f"{visit.day:%Y%m%d}", protocol.model
    image = Dataset()
    image.SpecificCharacterSet = "ISO_IR 192"
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.SOPClassUID = CTImageStorage
    image.StudyDate = image.SeriesDate = image.AcquisitionDate = image.ContentDate = day
    image.StudyTime = image.SeriesTime = image.AcquisitionTime = image.ContentTime = visit.time
    image.AccessionNumber = visit.accession
    image.Modality = "CT"
    image.Manufacturer = model.maker
    image.InstitutionName = identity.institution
    image.ReferringPhysicianName = visit.doctor
    image.StudyDescription = "CT abdomen with contrast"
    region = "Abdomen" if patient.tumour is None else "Adrenals"
    image.SeriesDescription = f"{region} portal venous" if protocol.portal > 0.5 else f"{region} arterial"
    image.ManufacturerModelName = model.name
    image.PatientName = identity.name
    image.PatientID = identity.patient_id
    image.PatientBirthDate = f"{identity.birth:%Y%m%d}"
    image.PatientSex = patient.sex
    image.PatientAge = f"{int((visit.day - identity.birth).days / 365.25):03d}Y"
    image.ContrastBolusAgent = "Iohexol 350"
    image.BodyPartExamined = "ABDOMEN"
    image.SliceThickness = _decimal(protocol.thickness_mm)
    image.KVP = str(protocol.kvp)
    image.PatientPosition = "HFS"
    image.ConvolutionKernel = model.kernel
    image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = uids.study, uids.series, uids.frame
    image.StudyID = str(visit.number)
    image.SeriesNumber = str(SERIES_NUMBER)
    image.AcquisitionNumber = "1"
    image.PositionReferenceIndicator = None
    image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    _describe_pixels(image, protocol)
    return image


def _describe_pixels(image: Dataset, protocol: Protocol) -> None:
    model = protocol.model
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows = image.Columns = protocol.matrix
    image.PixelSpacing = [_decimal(protocol.pixel_mm)] * 2
    image.BitsAllocated = 16
    image.BitsStored = 12 if not model.signed and model.intercept == -1024 else 16
    image.HighBit = image.BitsStored - 1
    image.PixelRepresentation = int(model.signed)
    if model.padding is not None:
        image.PixelPaddingValue = model.padding
    image.WindowCenter, image.WindowWidth = "40", "400"
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = str(model.intercept), "1", "HU"


def _slice(
    common: Dataset,
    pixels: Pixels,
    index: int,
    number: int,
    protocol: Protocol,
    uids: Uids,
) -> Dataset:
    image = Dataset()
    image.update(common)
    x, y, z = protocol.origin_mm
    height = z + index * protocol.thickness_mm
    image.SOPInstanceUID = uids.instance(index)
    image.InstanceNumber = str(number)
    image.ImagePositionPatient = [_decimal(x), _decimal(y), _decimal(height)]
    image.SliceLocation = _decimal(height)
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta.ImplementationClassUID = IMPLEMENTATION
    image.file_meta.ImplementationVersionName = "LESIONARY"
    _encode(image, pixels, protocol.encoding)
    return image


def _encode(image: Dataset, pixels: Pixels, encoding: Encoding) -> None:
    if encoding is Encoding.JPEG_2000:
        # pydicom decodes with the OpenJPEG plugin alone, but encodes only with the whole pylibjpeg framework.
        image.PixelData = encapsulate(
            [encode_array(pixels, bits_stored=image.BitsStored, photometric_interpretation=2)]
        )
        image["PixelData"].VR = "OB"  # PS3.5 A.4
        image.file_meta.TransferSyntaxUID = JPEG2000Lossless
        return
    image.PixelData = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    image["PixelData"].VR = "OW"  # PS3.5 A.2
    if encoding is Encoding.RLE:
        image.compress(encoding.value, generate_instance_uid=False)


def _decimal(mm: float) -> str:
    return f"{mm:.4f}"  # a decimal string holds 16 characters at most (PS3.5 6.2)
