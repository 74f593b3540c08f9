"""Files that cannot be used, each beside a cohort that it leaves as it is: NIfTI, masks, drawings and odd DICOM.

Each is made in `images/<patient>` of a patient that the cohort does not have. What `cohort_faults` breaks was sound.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pydicom
from ct import BOX, edit, lesion, uid, volume, write_series
from drawings import frame, item, planar, polygon, sources, square, volumetric, write_rtstruct, write_seg, write_sr
from highdicom.sr import (
    Measurement,
    MeasurementsAndQualitativeEvaluations,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    ReferencedSegmentationFrame,
    SourceImageForSegmentation,
    TrackingIdentifier,
)
from multiframe import enhanced, write_enhanced
from own_cohort import add_row
from pydicom.sequence import Sequence
from pydicom.sr.codedict import codes

Make = Callable[[Path, str], Any]
CORNERS = [(2, 3), (7, 3), (7, 9), (2, 9), (2, 3)]
CONTOURS = {"GTV": square(3, 6, 2.5, 5.0)}


def nifti(change: Callable[[nib.Nifti1Image], Any] = lambda image: None, **header: Any) -> Make:
    """An image with another header, by field; `change` is given it first."""

    def make(cohort: Path, patient: str) -> None:
        path = _folder(cohort, patient) / "a.nii.gz"
        image = nib.Nifti1Image(volume(patient).transpose(2, 1, 0), np.eye(4))
        change(image)
        content = bytearray(image.to_bytes())
        for field, value in {"vox_offset": 352, **header}.items():
            image.header[field] = value
        content[:348] = image.header.binaryblock
        path.write_bytes(gzip.compress(bytes(content), mtime=0))

    return make


def voxels(make_voxels: Callable[[np.ndarray], np.ndarray]) -> Make:
    """An image of what `make_voxels` makes of a sound one, [x, y, z]."""

    def make(cohort: Path, patient: str) -> None:
        made = make_voxels(volume(patient).transpose(2, 1, 0))
        nib.save(nib.Nifti1Image(made, np.eye(4)), _folder(cohort, patient) / "a.nii.gz")

    return make


def with_hole(array: np.ndarray) -> np.ndarray:
    holed = array.astype(np.float32)
    holed[4, 4, 3] = np.nan
    return holed


def colours(array: np.ndarray) -> np.ndarray:
    return np.zeros(array.shape, np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")]))


def askew(image: nib.Nifti1Image) -> None:
    image.set_sform([[1, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]], 1)
    image.set_qform(None, 0)


def unlike(image: nib.Nifti1Image) -> None:
    image.set_sform(np.eye(4), 1)
    image.set_qform(np.diag([1.0, 1, 2, 1]), 1)


def no_nifti(cohort: Path, patient: str) -> None:
    (_folder(cohort, patient) / "a.nii.gz").write_bytes(gzip.compress(b"no header", mtime=0))


def half_a_pair(cohort: Path, patient: str) -> None:
    """The header of a pair, whose voxels lie in another file, under the name of a single file."""
    image = nib.Nifti1Pair(volume(patient).transpose(2, 1, 0), np.eye(4))
    (_folder(cohort, patient) / "a.nii").write_bytes(image.header.binaryblock + bytes(2000))


def surface(cohort: Path, patient: str) -> None:
    """CIFTI: values of points of a surface."""
    axes = nib.cifti2.ScalarAxis(["a"]), nib.cifti2.BrainModelAxis.from_surface(np.arange(9), 9, "cortex_left")
    nib.save(nib.Cifti2Image(np.zeros((1, 9)), axes), _folder(cohort, patient) / "a.dscalar.nii")


def noise(mask: np.ndarray) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 9999, mask.shape).astype(np.uint16)


def masked(make_mask: Callable[[np.ndarray], np.ndarray], affine: np.ndarray | None = None, cut: int = 0) -> Make:
    """A sound image, a mask made of a sound one ([x, y, z]) with `cut` bytes less, and a row that wants it."""

    def make(cohort: Path, patient: str) -> None:
        voxels(lambda array: array)(cohort, patient)
        mask = np.zeros((12, 12, 6), np.uint8)
        mask[3:6, 3:6, 2:4] = 1
        path = _folder(cohort, patient) / "a_mask.nii.gz"
        nib.save(nib.Nifti1Image(make_mask(mask), np.eye(4) if affine is None else affine), path)
        path.write_bytes(path.read_bytes()[: -cut or None])
        names = {"study": patient, "series": f"{patient}/a.nii.gz", **dict.fromkeys(BOX, "")}
        add_row(cohort, lesion(patient, **names, key_slice="", split=""))

    return make


def rtstruct(change: Callable[[pydicom.Dataset], Any] = lambda data: None, **how: Any) -> Make:
    """A series with an RTSTRUCT that is drawn `how`, and changed."""

    def make(cohort: Path, patient: str) -> None:
        path = _drawn_on(cohort, patient) / "drawn.dcm"
        write_rtstruct(path, patient, **{"regions": CONTOURS, **how})
        data = pydicom.dcmread(path)
        change(data)
        data.save_as(path)

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


def without_region(slices: list[pydicom.Dataset]) -> list[Any]:
    long = Measurement(codes.SCT.LongAxis, 5, codes.UCUM.Millimeter)
    name = TrackingIdentifier(uid("a"), "a")
    return [MeasurementsAndQualitativeEvaluations(tracking_identifier=name, measurements=[long])]


def enhanced_in(**tags: object) -> Make:
    """A multi-frame image with other tags."""

    def make(cohort: Path, patient: str) -> None:
        data = enhanced(patient)
        for name, value in tags.items():
            setattr(data, name, value)
        write_enhanced(_folder(cohort, patient) / "a.dcm", data)

    return make


def other_unit(cohort: Path, patient: str) -> None:
    data = enhanced(patient)
    shared = data.SharedFunctionalGroupsSequence[0]
    groups = [shared, *data.PerFrameFunctionalGroupsSequence]
    for one in groups:
        for told in one.get("PixelValueTransformationSequence", []):
            told.RescaleType = "MGML"
    write_enhanced(_folder(cohort, patient) / "a.dcm", data)


def slices(**tags: object) -> Make:
    """A series whose first slice has other tags."""

    def make(cohort: Path, patient: str) -> None:
        edit(write_series(cohort / "images" / patient, patient)[0], **tags)

    return make


def nowhere(cohort: Path, patient: str) -> None:
    """pydicom refuses to write such a position: the file is changed byte by byte."""
    path = write_series(cohort / "images" / patient, patient)[0]
    edit(path, ImagePositionPatient=["-1234.25", "0", "0"])
    path.write_bytes(path.read_bytes().replace(b"-1234.25", b"nan     "))


def without_pixels(cohort: Path, patient: str) -> None:
    path = write_series(cohort / "images" / patient, patient)[0]
    data = pydicom.dcmread(path)
    del data.PixelData
    data.save_as(path)


def leaning(cohort: Path, patient: str) -> None:
    for z, path in enumerate(write_series(cohort / "images" / patient, patient)):
        edit(path, ImagePositionPatient=[0, 5.0 * z, 2.5 * z])


def _folder(cohort: Path, patient: str) -> Path:
    folder = cohort / "images" / patient
    folder.mkdir(exist_ok=True)
    return folder


def _drawn_on(cohort: Path, patient: str) -> Path:
    folder = cohort / "images" / patient
    write_series(folder, patient, FrameOfReferenceUID=frame(patient), Manufacturer="test")
    return folder


FILES: dict[str, tuple[Make, str]] = {
    "nifti-broken": (no_nifti, "is no NIfTI image"),
    "nifti-half-a-pair": (half_a_pair, "is no single-file NIfTI-1 or NIfTI-2 image"),
    "nifti-surface": (surface, "is no single-file NIfTI-1 or NIfTI-2 image"),
    "nifti-metres": (nifti(lambda image: image.header.set_xyzt_units("meter")), "its lengths are in meters"),
    "nifti-volumes": (voxels(lambda array: np.stack([array, array], -1)), "holds 2 volumes"),
    "nifti-flat": (voxels(lambda array: array[:, :, 0]), "has 2 axes"),
    "nifti-colours": (voxels(colours), "are colours or complex numbers"),
    "nifti-complex": (voxels(lambda array: array.astype(np.complex64)), "are colours or complex numbers"),
    "nifti-holes": (voxels(with_hole), "has voxels that are no numbers"),
    "nifti-quaternion": (nifti(qform_code=1, quatern_b=0.9, quatern_c=0.9, quatern_d=0.9), "its qform is no rotation"),
    "nifti-no-affine": (nifti(sform_code=1, srow_x=[0, 0, 0, 0], qform_code=0), "has no usable affine"),
    "nifti-askew": (nifti(askew), "its rows and columns stand askew"),
    "nifti-two-affines": (nifti(unlike), "its sform and qform differ by up to 5.0 mm"),
    "nifti-anisotropic": (nifti(sform_code=1, srow_x=[9, 0, 0, 0], qform_code=0), "its pixels measure 9.000 x 1.000"),
    "mask-shape": (masked(lambda mask: mask[:-1]), r"its mask has shape \(11, 12, 6\)"),
    "mask-beside": (masked(lambda mask: mask, affine=np.diag([1.0, 1, 3, 1])), "its mask lies 10.0 mm beside"),
    "mask-empty": (masked(lambda mask: 0 * mask), "its mask is empty"),
    "mask-negative": (masked(lambda mask: -mask.astype(np.int16)), "its mask has values from -1 to 0"),
    "mask-fractions": (masked(lambda mask: mask * np.float32(0.5)), "its mask has fractions"),
    "mask-cut": (masked(noise, cut=500), "its voxels cannot be read"),
    "rtstruct-frame": (rtstruct(frame_of_reference=uid("elsewhere")), "was drawn in another frame of reference"),
    "rtstruct-series": (rtstruct(series=uid("elsewhere")), "was drawn on a series that is not among the usable"),
    "rtstruct-two-series": (rtstruct(of_two), "one of its regions refers to 2 series"),
    "rtstruct-point": (rtstruct(contour="POINT"), "one of its regions has no closed contour"),
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
    "sr-segment": (of_segment, "refers to a segmentation, no region"),
    "enhanced-unit": (other_unit, "its values are not in HU"),
    "enhanced-frames": (enhanced_in(NumberOfFrames=9), "holds 9 frames and describes"),
    "enhanced-giant": (enhanced_in(Rows=65_535, Columns=65_535, NumberOfFrames=10_000), "promises 65535 columns"),
    "giant": (slices(Rows=65_535, Columns=65_535, NumberOfFrames=10_000), "promises 65535 columns"),
    "colour": (slices(SamplesPerPixel=3), "is in colour"),
    "nowhere": (nowhere, "its ImagePositionPatient is no point"),
    "directions": (
        slices(ImageOrientationPatient=[1, 1, 0, 0, 1, 0]), "is no pair of right-angled unit vectors"
    ),
    "no-distance": (slices(PixelSpacing=[0, 1]), "its PixelSpacing is no distance"),
    "half-a-position": (slices(ImagePositionPatient=[0, 0]), "its header cannot be used"),
    "without-pixels": (without_pixels, "is truncated: it ends before its pixels"),
    "leaning": (leaning, "its slices lean by 63.4 degrees"),
}  # fmt: skip
"""By the patient in whose folder each is made: what makes it, and what is said of it."""
