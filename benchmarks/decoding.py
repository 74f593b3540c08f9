"""Slices of CT decoded, each beside the obvious way in the same run.

A slice of 512 x 512 pixels to HU: ours against what one writes with pydicom alone, and for each compression against
every other decoder that pydicom or SimpleITK have; all have to give what was written, bit by bit. Which one ours is,
`lesionary.cohorts.images.decoders` says: the fastest of those that no broken stream ended or held up
(docs/own-cohort.md, section 7, has the counts). GDCM is faster with JPEG 2000 alone; broken streams of JPEG lossless,
JPEG-LS and JPEG 2000 end it; OpenJPH, twice as fast with high-throughput JPEG 2000, they end, too.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import SimpleITK
from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.pixels import get_decoder
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)
from scipy.ndimage import gaussian_filter
from threadpoolctl import threadpool_limits

from lesionary.cohorts.images.decoders import install
from lesionary.cohorts.images.dicom import read_hu
from lesionary.phantom.encoding import Encoding, compress

SIDE, PIXEL_MM, SLICE_MM = 512, 0.75, 2.5
OTHERS = {  # those of each compression that could be ours; "" is what pydicom does by itself
    ExplicitVRLittleEndian: ("", "SimpleITK"),
    RLELossless: ("pylibjpeg", "pydicom", "SimpleITK"),
    JPEGLosslessSV1: ("gdcm", "SimpleITK"),
    JPEGLSLossless: ("gdcm", "pyjpegls", "SimpleITK"),
    JPEG2000Lossless: ("gdcm", "pylibjpeg", "SimpleITK"),
    HTJ2KLossless: ("OpenJPH",),
}
SECONDS = 1.0
"""How long a way is repeated."""


def image(rng: np.random.Generator) -> NDArray[np.int16]:
    """HU of something like an abdomen: soft shapes, noise of 12 HU, air around."""
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
    inside = gaussian_filter(rng.normal(size=(SIDE, SIDE)), 12) * 800 + rng.normal(40, 12, (SIDE, SIDE))
    hu = np.where(x**2 / 0.2 + y**2 / 0.1 < 1, inside, rng.normal(-1000, 6, x.shape))
    return np.rint(hu).clip(-1024, 3071).astype(np.int16)


def write(path: Path, hu: NDArray[np.int16], series: int, z: int, syntax: UID = ExplicitVRLittleEndian) -> Path:
    """A slice with a header of a scanner's length: a hundred elements."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = CTImageStorage, ExplicitVRLittleEndian
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(series), str(z), syntax])
    data = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    data.Modality, data.PatientID, data.InstanceNumber = "CT", str(series), z
    data.StudyInstanceUID = generate_uid(entropy_srcs=["study", str(series)])
    data.SeriesInstanceUID = generate_uid(entropy_srcs=["series", str(series)])
    data.ImagePositionPatient, data.ImageOrientationPatient = [-190, -180, z * SLICE_MM - 700], [1, 0, 0, 0, 1, 0]
    data.PixelSpacing, data.SliceThickness = [PIXEL_MM, PIXEL_MM], SLICE_MM
    data.Rows, data.Columns, data.SamplesPerPixel, data.PhotometricInterpretation = *hu.shape, 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    data.RescaleSlope, data.RescaleIntercept = 1, -1024
    block = data.private_block(0x0019, "BENCHMARK", create=True)
    for number in range(75):
        block.add_new(number, "LO", f"value of element {number}")
    stored = (hu + 1024).astype("<u2")
    data.PixelData = stored.tobytes()
    if syntax.is_encapsulated:
        meta.TransferSyntaxUID = syntax
        data.PixelData = encapsulate([frame(stored, syntax)])
        data["PixelData"].is_undefined_length = True
    path.parent.mkdir(parents=True, exist_ok=True)
    data.save_as(path, enforce_file_format=True)
    return path


def frame(stored: NDArray[np.uint16], syntax: UID) -> bytes:
    """Compressed by another hand than ours, but for JPEG-LS and HTJ2K, which only imagecodecs does."""
    if syntax == JPEGLSLossless:
        return imagecodecs.jpegls_encode(stored)
    if syntax == HTJ2KLossless:
        return imagecodecs.htj2k_encode(stored, reversible=True)
    return compress(stored, 16, Encoding(syntax))


def milliseconds(*ways: Callable[[], object]) -> list[float]:
    """Median of each way, taken in turns, so that what else the machine does hits all alike."""
    times: list[list[float]] = [[] for _ in ways]
    end = time.perf_counter() + SECONDS * len(ways)
    while time.perf_counter() < end or len(times[0]) < 3:
        for taken, way in zip(times, ways, strict=True):
            start = time.perf_counter()
            way()
            taken.append(time.perf_counter() - start)
    return [float(np.median(taken)) * 1e3 for taken in times]


def obvious(path: Path, plugin: str) -> NDArray[np.floating]:
    """A slice in HU as one writes it."""
    if plugin == "SimpleITK":
        return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(path))[0]
    data = pydicom.dcmread(path)
    data.pixel_array_options(decoding_plugin=plugin)
    if plugin == "OpenJPH":
        values = imagecodecs.htj2k_decode(get_frame(data.PixelData, 0, number_of_frames=1))
    else:
        values = data.pixel_array
    return values * float(data.RescaleSlope) + float(data.RescaleIntercept)


def report_slices(folder: Path) -> None:
    """Milliseconds a slice for each transfer syntax, ours and the other's."""
    hu = image(np.random.default_rng(0))
    install()
    for syntax, others in OTHERS.items():
        if "gdcm" in others:  # which we took away
            get_decoder(syntax).add_plugin("gdcm", ("pydicom.pixels.decoders.gdcm", "_decode_frame"))
        path = write(folder / f"{syntax}.dcm", hu, 0, 0, syntax)
        ways = [lambda path=path: read_hu(path), *(lambda path=path, by=by: obvious(path, by) for by in others)]
        assert all(np.array_equal(way(), hu) for way in ways), syntax.name
        ours, *theirs = milliseconds(*ways)
        beside = [f"{by or 'pydicom alone'} {ms:.2f} ({ms / ours:.1f})" for by, ms in zip(others, theirs, strict=True)]
        print(f"{syntax.name}, {SIDE} x {SIDE} to HU: {ours:.2f} ms a slice; {', '.join(beside)}; equal bit by bit")


def main() -> None:
    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    with tempfile.TemporaryDirectory() as name, threadpool_limits(1):
        report_slices(Path(name))


if __name__ == "__main__":
    main()
