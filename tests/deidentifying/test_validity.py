"""An independent checker of DICOM finds no fault in a copy that its source has not."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pydicom
import pytest
from ct import write_series
from drawings import frame, planar, polygon, sources, square, write_rtstruct, write_seg, write_sr
from multiframe import enhanced, write_enhanced

from lesionary.cohorts.images.checks import named
from lesionary.deidentifying.deidentifying import copy_cleaned
from lesionary.deidentifying.keyed import Keyed

KEY = b"secret"
UNKNOWN = "Error - Information Object Not found"
"""Of a source whose own kind was blanked (its copy has it again): it is not looked at further."""


def errors(path: Path) -> Counter[str]:
    """What dciodvfy has against a file, without the values that it quotes."""
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy is not installed (Debian: apt install dicom3tools)")
    run = subprocess.run([validator, "-new", str(path)], capture_output=True, text=True, errors="replace", check=False)
    lines = (run.stdout + run.stderr).splitlines()
    return Counter(re.sub("= *<[^>]*>", "", line) for line in lines if line.startswith("Error"))


def faults(source: Path, target: Path) -> tuple[int, Counter[str]]:
    """How many copies there are, and the errors that only they have."""
    assert not copy_cleaned(source, target, KEY).refused
    copies = {named(pydicom.dcmread(path), "SOPInstanceUID"): path for path in target.rglob("*.dcm")}
    new: Counter[str] = Counter()
    for path in filter(Path.is_file, source.rglob("*")):
        was = named(pydicom.dcmread(path, stop_before_pixels=True), "SOPInstanceUID")
        before = errors(path)
        if UNKNOWN not in before:
            new += errors(copies[Keyed(KEY).uid(was)]) - before
    return len(copies), new


def test_objects_of_every_kind_stay_valid(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write_series(source / "ct", "anna", FrameOfReferenceUID=frame("anna"))
    write_enhanced(source / "enhanced.dcm", enhanced("bert"))
    write_rtstruct(source / "rt.dcm", "anna", {"tumour": square(3, 6, 2.5, 5.0)}, frame("anna"))
    write_seg(source / "seg.dcm", source / "ct", np.ones((6, 12, 12), np.uint8))
    region = polygon(sources(source / "ct")[2], [(2, 3), (7, 3), (7, 9), (2, 3)])
    write_sr(source / "sr.dcm", source / "ct", [planar("one", region)])
    assert faults(source, tmp_path / "out") == (10, Counter())


@pytest.mark.slow
def test_real_objects_stay_valid(tmp_path: Path, shared_data: Path) -> None:
    """A slice of each series of CT, in two transfer syntaxes, with SEG and RTSTRUCT."""
    first: dict[str, Path] = {}
    for path in sorted(one for name in ("dicom", "sts") for one in (shared_data / name).rglob("*") if one.is_file()):
        if path.suffix.lower() in (".dcm", "") or path.name.startswith("CT."):
            header = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["SeriesInstanceUID"])
            first.setdefault(str(header.SeriesInstanceUID), path)
    for number, path in enumerate(first.values()):
        (tmp_path / "source").mkdir(exist_ok=True)
        shutil.copy(path, tmp_path / "source" / f"{number}.dcm")
    assert faults(tmp_path / "source", tmp_path / "out") == (len(first), Counter())
