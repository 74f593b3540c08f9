"""Slices of the phantom generated a second on one core: from a patient's number to files on disk.

Two comparisons, each with the obvious way in the same run: every organ painted over the whole plane instead of where
it can lie, and pixels compressed by pydicom's own RLE encoder instead of by GDCM. Equal HU are asserted, so that what
is faster is also the same.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from pydicom import dcmread
from pydicom.pixels import get_encoder
from pydicom.uid import RLELossless
from threadpoolctl import threadpool_limits

from lesionary.params.phantom import PhantomParams
from lesionary.phantom.archive import Uids, write_series
from lesionary.phantom.encoding import Encoding, compress
from lesionary.phantom.identity import draw_identity, draw_visit
from lesionary.phantom.patient import draw_patient
from lesionary.phantom.scanner import acquire, draw_protocol
from lesionary.phantom.subtypes import Subtype

PATIENTS = 3
SLICES = 10  # of a patient, so that what is prepared once weighs about as it does in a cohort
EVERYWHERE_MM = 1e9  # reach of a shape that is looked for on the whole plane


def generate(folder: Path, params: PhantomParams, number: int) -> tuple[int, float, float]:
    """One patient: slices, seconds of scanning, seconds of writing."""
    rng = np.random.default_rng([params.seed, number])
    start = time.perf_counter()
    patient = draw_patient(number, list(Subtype)[number % len(Subtype)], params, rng)
    protocol = replace(draw_protocol(patient, params, rng), slices=SLICES)
    scan = acquire(patient, protocol, rng)
    scanned = time.perf_counter()
    identity = draw_identity(patient, rng)
    visit = draw_visit(1, identity, None, rng)
    write_series(folder / str(number), patient, identity, visit, protocol, scan, Uids.of(1, patient, visit))
    return SLICES, scanned - start, time.perf_counter() - scanned


def pixels_of(folder: Path) -> list[bytes]:
    """Decoded pixels of all files, by their names."""
    return [dcmread(path).pixel_array.tobytes() for path in sorted(folder.rglob("*.dcm"))]


def measure(folder: Path, params: PhantomParams) -> tuple[int, float, float]:
    """Slices and seconds of all patients."""
    slices, scanning, writing = np.sum([generate(folder, params, number) for number in range(PATIENTS)], axis=0)
    return int(slices), float(scanning), float(writing)


def main() -> None:
    params = PhantomParams.load()
    with tempfile.TemporaryDirectory() as name, threadpool_limits(1):
        folder = Path(name)
        slices, scanning, writing = measure(folder / "ours", params)
        with patch("lesionary.phantom.canvas.REACH_MM", EVERYWHERE_MM):
            _, whole, _ = measure(folder / "whole", params)
        assert pixels_of(folder / "ours") == pixels_of(folder / "whole")
        compare_compression(next(folder.rglob("*.dcm")))
    chain = scanning + writing
    print(
        f"phantom, {slices} slices of {params.matrix} x {params.matrix}: {slices / chain:.1f} a second a core, writing "
        f"takes {writing / chain:.0%}; painted over whole planes {slices / (whole + writing):.1f}, "
        f"painting {whole / scanning:.1f} times as long"
    )


def compare_compression(path: Path) -> None:
    """A slice in RLE: GDCM against pydicom."""
    image = dcmread(path)
    pixels = image.pixel_array
    start = time.perf_counter()
    compress(pixels, image.BitsStored, Encoding.RLE)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    get_encoder(RLELossless).encode(
        pixels,
        encoding_plugin="pydicom",
        rows=image.Rows,
        columns=image.Columns,
        bits_allocated=image.BitsAllocated,
        bits_stored=image.BitsStored,
        pixel_representation=image.PixelRepresentation,
        samples_per_pixel=1,
        number_of_frames=1,
        photometric_interpretation="MONOCHROME2",
    )
    theirs = time.perf_counter() - start
    print(f"RLE of a slice: GDCM {ours * 1e3:.1f} ms, pydicom {theirs * 1e3:.1f} ms, ratio {theirs / ours:.0f}")


if __name__ == "__main__":
    main()
