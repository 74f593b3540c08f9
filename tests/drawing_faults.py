"""RTSTRUCT, SEG and SR that cannot be used, on series that can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from ct import BOX, edit, lesion, uid, write_series
from drawings import frame, item, planar, polygon, sources, square, volumetric, write_rtstruct, write_seg, write_sr
from highdicom.sr import (
    ImageRegion3D,
    Measurement,
    MeasurementsAndQualitativeEvaluations,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    ReferencedSegmentationFrame,
    SourceImageForSegmentation,
    TrackingIdentifier,
)
from own_cohort import Make, add_row
from pydicom.sequence import Sequence
from pydicom.sr.codedict import codes

CORNERS = [(2, 3), (7, 3), (7, 9), (2, 9), (2, 3)]
CONTOURS = {"GTV": square(3, 6, 2.5, 5.0)}


def rtstruct(change: Callable[[pydicom.Dataset], Any] = lambda data: None, **how: Any) -> Make:
    """A series with an RTSTRUCT that is drawn `how`, and changed."""

    def make(cohort: Path, patient: str) -> None:
        path = _drawn_on(cohort, patient) / "drawn.dcm"
        write_rtstruct(path, patient, **{"regions": CONTOURS, **how})
        data = pydicom.dcmread(path)
        change(data)
        data.save_as(path)

    return make


def wanted(*rows: dict[str, str], **how: Any) -> Make:
    """As `rtstruct`, with rows that want a region; each has a name."""

    def make(cohort: Path, patient: str) -> None:
        rtstruct(**how)(cohort, patient)
        for row in rows:
            add_row(cohort, lesion(patient, **{**dict.fromkeys(BOX, ""), "key_slice": "", "split": "", **row}))

    return make


def of_two(data: pydicom.Dataset) -> None:
    """A second series is referred to."""
    study = data.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0]
    study.RTReferencedSeriesSequence.append(item(SeriesInstanceUID=uid("elsewhere")))


def segmented(change: Callable[[pydicom.Dataset], Any] = lambda data: None, empty: bool = False) -> Make:
    """A series with a SEG that is changed; one of its two segments is `empty` or not."""

    def make(cohort: Path, patient: str) -> None:
        folder = _drawn_on(cohort, patient)
        mask = np.zeros((6, 12, 12, 2), np.uint8)
        mask[2:4, 3:6, 3:6, 0] = 1
        mask[2:4, 7:9, 7:9, 1] = not empty
        write_seg(folder / "drawn.dcm", folder, mask)
        data = pydicom.dcmread(folder / "drawn.dcm")
        change(data)
        data.save_as(folder / "drawn.dcm")

    return make


def seg_of_two(data: pydicom.Dataset) -> None:
    data.ReferencedSeriesSequence.append(item(SeriesInstanceUID=uid("elsewhere")))


def seg_of_another(data: pydicom.Dataset) -> None:
    data.ReferencedSeriesSequence[0].SeriesInstanceUID = uid("elsewhere")


def uneven_frames(data: pydicom.Dataset) -> None:
    data.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient[2] = 6.1


def reported(groups: Callable[[list[pydicom.Dataset]], list[Any]], *, two: bool = False, cut: int = 0) -> Make:
    """A measurement report of the groups that are made of a series, of `two` series together, less `cut` bytes."""

    def make(cohort: Path, patient: str) -> None:
        folder = _drawn_on(cohort, patient)
        slices = sources(folder)
        if two:
            more = cohort / "images" / f"{patient}-2"
            write_series(more, f"{patient}-2", FrameOfReferenceUID=frame(patient), Manufacturer="test",
                         StudyInstanceUID=uid(patient, "study"), PatientID=patient)  # fmt: skip
            slices += sources(more)
        path = folder / "drawn.dcm"
        write_sr(path, folder, groups(slices), slices)
        path.write_bytes(path.read_bytes()[: -cut or None])

    return make


def no_report(cohort: Path, patient: str) -> None:
    """A structured report of another template."""
    reported(lambda slices: [planar("a", polygon(slices[2], CORNERS))])(cohort, patient)
    edit(cohort / "images" / patient / "drawn.dcm", ContentTemplateSequence=Sequence([item(
        MappingResource="DCMR", TemplateIdentifier="2000")]))  # fmt: skip


def of_segment(cohort: Path, patient: str) -> None:
    """A group that refers to a segmentation, which is not there."""
    folder = _drawn_on(cohort, patient)
    slices = sources(folder)
    mask = np.zeros((6, 12, 12), np.uint8)
    mask[2, 3:6, 3:6] = 1
    write_seg(folder / "seg.dcm", folder, mask)
    there = pydicom.dcmread(folder / "seg.dcm")
    (folder / "seg.dcm").unlink()
    source = SourceImageForSegmentation.from_source_image(slices[2])
    segment = ReferencedSegmentationFrame(there.SOPClassUID, there.SOPInstanceUID, 1, 1, source)
    name = TrackingIdentifier(uid("a"), "a")
    group = PlanarROIMeasurementsAndQualitativeEvaluations(tracking_identifier=name, referenced_segment=segment)
    write_sr(folder / "drawn.dcm", folder, [group], [*slices, there])


def without_its_image(cohort: Path, patient: str) -> None:
    """A group on a slice that is missing, so that its series is not usable."""
    reported(lambda slices: [planar("a", polygon(slices[2], CORNERS))])(cohort, patient)
    next((cohort / "images" / patient).glob("*-2.dcm")).unlink()


def in_space(frame_of_reference: str) -> ImageRegion3D:
    """A region in the patient."""
    points = np.array([(x, y, 5.0) for x, y in CORNERS])
    return ImageRegion3D("POLYGON", points, frame_of_reference)


def without_region(slices: list[pydicom.Dataset]) -> list[Any]:
    long = Measurement(codes.SCT.LongAxis, 5, codes.UCUM.Millimeter)
    name = TrackingIdentifier(uid("a"), "a")
    return [MeasurementsAndQualitativeEvaluations(tracking_identifier=name, measurements=[long])]


def _drawn_on(cohort: Path, patient: str) -> Path:
    folder = cohort / "images" / patient
    write_series(folder, patient, FrameOfReferenceUID=frame(patient), Manufacturer="test")
    return folder


DRAWINGS: dict[str, tuple[Make, str]] = {
    "rtstruct-frame": (rtstruct(frame_of_reference=uid("elsewhere")), "was drawn in another frame of reference"),
    "rtstruct-series": (rtstruct(series=uid("elsewhere")), "was drawn on a series that is not among the usable"),
    "rtstruct-two-series": (rtstruct(of_two), "one of its regions refers to 2 series"),
    "rtstruct-point": (rtstruct(contour="POINT"), "one of its regions has no closed contour"),
    "rtstruct-any": (
        wanted({"lesion": "x"}, regions={"GTV": square(3, 6, 2.5, 5.0), "CTV": square(2, 8, 2.5, 5.0)}),
        "2 of the 2 regions drawn on its series could be it",
    ),
    "rtstruct-none-left": (
        wanted({"lesion": "x"}, {"lesion": "GTV", "split": "another row's, which is set aside"}),
        "none of the 1 regions drawn on its series is left for it",
    ),
    "rtstruct-cut": (
        rtstruct(lambda data: delattr(data.StructureSetROISequence[0], "ROINumber")), "cannot be read as an RTSTRUCT"
    ),
    "rtstruct-empty": (rtstruct(regions={}), "holds no contours"),
    "rtstruct-outside": (rtstruct(regions={"GTV": square(30, 60, 2.5, 5.0)}), "lies outside its series"),
    "seg-series": (segmented(seg_of_another), "was drawn on a series that is not among the usable"),
    "seg-two-series": (segmented(seg_of_two), "refers to 2 series"),
    "seg-frame": (
        segmented(lambda data: setattr(data, "FrameOfReferenceUID", uid("elsewhere"))), "another frame of reference"
    ),
    "seg-empty": (segmented(empty=True), "segment 2 of it is empty"),
    "seg-uneven": (segmented(uneven_frames), "its frames are no even stack"),
    "seg-frames": (segmented(lambda data: setattr(data, "NumberOfFrames", 9)), "cannot be read as a DICOM SEG"),
    "seg-giant": (
        segmented(lambda data: data.update({"Rows": 65_535, "Columns": 65_535})), "promises 65535 columns"
    ),
    "sr-other-template": (no_report, "is no measurement report|cannot be read as a measurement report"),
    "sr-cut": (reported(lambda slices: [planar("a", polygon(slices[2], CORNERS))], cut=700), "cannot be read|no DICOM"),
    "sr-without-group": (reported(without_region), "holds no measurement group with a region"),
    "sr-unit": (
        reported(lambda slices: [planar("a", polygon(slices[2], CORNERS), (5, 4), codes.UCUM.Degree)]),
        "measures LongAxis in another unit than mm",
    ),
    "sr-axis": (
        reported(lambda slices: [planar("a", polygon(slices[2], CORNERS), (50, 4))]), "has a long axis of 50.0 mm"
    ),
    "sr-point": (reported(lambda slices: [planar("a", polygon(slices[2], [(2, 3)], "POINT"))]), "without area"),
    "sr-two-series": (
        reported(
            lambda slices: [volumetric("a", [polygon(slices[2], CORNERS), polygon(slices[8], CORNERS)])], two=True
        ),
        "one of its groups draws on several series",
    ),
    "sr-image": (without_its_image, "refers to an image that is not among the usable ones"),
    "sr-space": (
        reported(lambda slices: [planar("a", in_space(uid("elsewhere")))]),
        "one of its groups lies in the space of 0 of the 1 usable series it refers to",
    ),
    "sr-segment": (of_segment, "refers to a segmentation, no region"),
}  # fmt: skip
"""As `file_faults.FILES`."""
