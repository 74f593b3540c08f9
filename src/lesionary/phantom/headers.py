"""What a header says about the scan itself: of all images of a series, but for who the patient is (`planting`)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage

from lesionary.phantom.identity import Identity
from lesionary.phantom.patient import Patient
from lesionary.phantom.scanner import Protocol

CHEST_FROM_MM, PELVIS_TO_MM = 65.0, -140.0  # body heights: below the dome of the diaphragm, the iliac crest


class BodyPart(StrEnum):
    """BodyPartExamined (PS3.16, CID 4031)."""

    CHEST = "CHEST"
    ABDOMEN = "ABDOMEN"
    PELVIS = "PELVIS"


def body_part(z_mm: float) -> BodyPart:
    """What is seen at a height of the body.

    >>> body_part(0.0)
    <BodyPart.ABDOMEN: 'ABDOMEN'>
    """
    if z_mm > CHEST_FROM_MM:
        return BodyPart.CHEST
    return BodyPart.PELVIS if z_mm < PELVIS_TO_MM else BodyPart.ABDOMEN


def describe_scan(image: Dataset, patient: Patient, identity: Identity, day: date, protocol: Protocol) -> None:
    """Write patient's sex and age, equipment, acquisition and pixel attributes."""
    image.SpecificCharacterSet = "ISO_IR 192"
    image.SOPClassUID = CTImageStorage
    image.Modality = "CT"
    image.PatientSex = patient.sex
    image.PatientAge = f"{int((day - identity.birth).days / 365.25):03d}Y"
    image.PatientPosition = "HFS"
    part = body_part(protocol.middle_mm)
    image.BodyPartExamined = part.value
    image.StudyDescription = f"CT {part.value.lower()} with contrast"
    image.ProtocolName = f"{part.value.title()} routine"
    region = part.value.title() if patient.tumour is None else "Adrenals"
    _describe_equipment(image, protocol, identity, region)
    _describe_acquisition(image, protocol)
    _describe_pixels(image, protocol)


def _describe_equipment(image: Dataset, protocol: Protocol, identity: Identity, region: str) -> None:
    model = protocol.model
    kind = model.image_type.reformatted if protocol.oblique else model.image_type.axial
    image.ImageType = list(kind)
    image.Manufacturer = model.maker
    image.ManufacturerModelName = model.name
    image.SoftwareVersions = model.software
    image.ConvolutionKernel = model.kernel
    for keyword, value in model.attributes.items():
        setattr(image, keyword, value)
    words = {
        "thickness": protocol.thickness_mm,
        "kernel": model.kernel,
        "region": region,
        "phase": "portal venous" if protocol.portal > 0.5 else "arterial",
        "name": identity.name,
        "patient_id": identity.patient_id,
        "pitch": model.pitch,
    }
    image.SeriesDescription = model.series.format(**words)
    for element in model.private:
        block = image.private_block(element.group, element.creator, create=True)
        block.add_new(element.element, element.vr, element.value.format(**words))


def _describe_acquisition(image: Dataset, protocol: Protocol) -> None:
    model = protocol.model
    image.AcquisitionNumber = "1"
    image.KVP = str(protocol.kvp)
    image.ExposureTime = str(round(1000 * model.rotation_s))  # ms
    image.XRayTubeCurrent = str(round(protocol.mas / model.rotation_s))
    image.Exposure = str(protocol.mas)
    image.GantryDetectorTilt = "0"
    image.RevolutionTime = model.rotation_s
    image.SingleCollimationWidth, image.TotalCollimationWidth = model.collimation_mm
    image.SpiralPitchFactor = model.pitch
    image.ReconstructionDiameter = decimal(protocol.matrix * protocol.pixel_mm)
    image.SliceThickness = decimal(protocol.thickness_mm)
    image.ContrastBolusAgent, image.ContrastBolusRoute, image.ContrastBolusVolume = "Iohexol 350", "IV", "100"


def _describe_pixels(image: Dataset, protocol: Protocol) -> None:
    model = protocol.model
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.Rows = image.Columns = protocol.matrix
    image.PixelSpacing = [decimal(protocol.pixel_mm)] * 2
    image.ImageOrientationPatient = [f"{v:.6f}" for v in (*protocol.geometry.row, *protocol.geometry.column)]
    image.PositionReferenceIndicator = None
    image.BitsAllocated = 16
    image.BitsStored = model.bits
    image.HighBit = model.bits - 1
    image.PixelRepresentation = int(model.signed)
    if model.padding is not None:
        image.PixelPaddingValue = model.padding
    image.WindowCenter, image.WindowWidth = "40", "400"
    image.RescaleIntercept, image.RescaleSlope = str(model.intercept), f"{model.slope:g}"
    image.RescaleType = "HU"


def decimal(mm: float) -> str:
    """A length as headers have it: a decimal string holds 16 characters at most (PS3.5 6.2)."""
    return f"{mm:.4f}"
