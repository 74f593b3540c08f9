"""Drawings of lesions for tests: RTSTRUCT with pydicom, SEG and SR with highdicom, on a series of `ct.write_series`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pydicom
from ct import uid
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage

MAKER = {
    "manufacturer": "test", "manufacturer_model_name": "test", "software_versions": "1", "device_serial_number": "1",
}  # fmt: skip


def frame(patient: str) -> str:
    """Frame of reference of a patient, to be given to `write_series` as FrameOfReferenceUID."""
    return uid(patient, "frame")


def sources(folder: Path) -> list[Dataset]:
    """The series in a folder by growing z, with what highdicom wants to copy from it."""
    slices = sorted(map(pydicom.dcmread, folder.glob("*-?.dcm")), key=lambda one: one.ImagePositionPatient[2])
    for one in slices:
        one.StudyID, one.AccessionNumber, one.PatientBirthDate, one.PatientSex = "1", "1", "19700101", "O"
        one.StudyDate, one.StudyTime, one.ReferringPhysicianName = "20200101", "120000", ""
    return slices


def item(**values: Any) -> Dataset:
    """A dataset of these attributes."""
    made = Dataset()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def write_rtstruct(
    path: Path,
    patient: str,
    regions: dict[str, np.ndarray],
    frame_of_reference: str | None = None,
    kinds: Sequence[str] = (),
    contour: str = "CLOSED_PLANAR",
    series: str | None = None,
) -> None:
    """An RTSTRUCT of regions by name, each of contours, shape (contours, points, 3), in mm."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = RTStructureSetStorage, uid(patient, path.name)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID, data.PatientID = RTStructureSetStorage, uid(patient, path.name), patient
    place = frame_of_reference or frame(patient)
    data.StructureSetROISequence = Items(
        item(ROINumber=n, ROIName=name, ReferencedFrameOfReferenceUID=place) for n, name in enumerate(regions, start=1)
    )
    data.ROIContourSequence = Items(
        item(
            ReferencedROINumber=number,
            ContourSequence=Items(
                item(
                    ContourGeometricType=contour, NumberOfContourPoints=len(points), ContourData=points.ravel().tolist()
                )
                for points in contours
            ),
        )
        for number, contours in enumerate(regions.values(), start=1)
    )
    data.RTROIObservationsSequence = Items(
        item(ReferencedROINumber=number, RTROIInterpretedType=kind) for number, kind in enumerate(kinds, start=1)
    )
    drawn_on = item(SeriesInstanceUID=series or uid(patient, "series"))
    study = item(RTReferencedSeriesSequence=Items([drawn_on]))
    data.ReferencedFrameOfReferenceSequence = Items([item(RTReferencedStudySequence=Items([study]))])
    data.save_as(path, enforce_file_format=True)


def square(low: float, high: float, *z_mm: float) -> np.ndarray:
    """Contours of a square in x and y, one a z, all in mm."""
    corners = [(low, low), (high, low), (high, high), (low, high)]
    return np.array([[(x, y, z) for x, y in corners] for z in z_mm])


def write_seg(path: Path, folder: Path, mask: np.ndarray, kind: str = "BINARY", **more: Any) -> None:
    """A SEG of `mask`, shape (z, y, x) or (z, y, x, segments)."""
    count = mask.shape[3] if mask.ndim == 4 else int(mask.max()) if kind != "FRACTIONAL" else 1
    described = [
        hd.seg.SegmentDescription(
            segment_number=number,
            segment_label=f"Lesion {number}",
            segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
            segmented_property_type=codes.SCT.Neoplasm,
            algorithm_type="MANUAL",
        )
        for number in range(1, count + 1)
    ]
    hd.seg.Segmentation(
        sources(folder), mask, kind, described, uid(path, "series"), 9, uid(path), 1, **MAKER, **more
    ).save_as(path)


def polygon(image: Dataset, corners: Sequence[tuple[float, float]], kind: str = "POLYLINE") -> hd.sr.ImageRegion:
    """A region on an image: corners as (column, row)."""
    return hd.sr.ImageRegion(kind, np.array(corners, float), hd.sr.SourceImageForRegion.from_source_image(image))


def planar(
    name: str, region: Any = None, axes: tuple[float, float] | None = None, unit: Any = codes.UCUM.Millimeter
) -> Any:
    """A planar measurement group, with the two axes of its lesion."""
    measured = [
        hd.sr.Measurement(code, value, unit)
        for code, value in zip((codes.SCT.LongAxis, codes.SCT.ShortAxis), axes or (), strict=False)
    ]
    return hd.sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(uid(name), name), referenced_region=region, measurements=measured
    )


def volumetric(name: str, regions: Sequence[Any]) -> Any:
    """A volumetric measurement group of regions on images."""
    return hd.sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(uid(name), name), referenced_regions=regions
    )


def write_sr(path: Path, folder: Path, groups: Sequence[Any], evidence: Sequence[Dataset] = ()) -> None:
    """A measurement report (TID 1500) on the series in `folder`, or on `evidence`."""
    person = hd.sr.ObserverContext(
        observer_type=codes.DCM.Person, observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes("A^B")
    )
    report = hd.sr.MeasurementReport(
        observation_context=hd.sr.ObservationContext(observer_person_context=person),
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        imaging_measurements=groups,
    )
    hd.sr.Comprehensive3DSR(
        evidence=evidence or sources(folder), content=report, series_number=8, series_instance_uid=uid(path, "series"),
        sop_instance_uid=uid(path), instance_number=1, manufacturer="test",
    ).save_as(path)  # fmt: skip
