"""Which files are copied, where to, and what is said of the others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pydicom
import pytest
from ct import ct_slice, edit, uid, write_series
from pydicom.uid import SecondaryCaptureImageStorage
from searching import found
from typer.testing import CliRunner, Result

from lesionary.base.errors import CohortError
from lesionary.cli.main import app
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.deidentifying.copying import method
from lesionary.deidentifying.deidentifying import deidentify_folder
from lesionary.deidentifying.profile import basic_profile
from lesionary.deidentifying.surveying import refusal


@pytest.fixture
def key(tmp_path: Path) -> Path:
    (tmp_path / "key").write_text("secret\n", "utf-8")
    return tmp_path / "key"


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["deidentify", *map(str, arguments)])


def one(**tags: object) -> pydicom.FileDataset:
    return ct_slice("anna", 1, np.zeros((4, 4), np.int16), 0.0, **tags)


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"BurnedInAnnotation": "YES"}, "burnt in"),
        ({"SOPClassUID": SecondaryCaptureImageStorage}, "is no CT"),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, "picture of a screen"),
        ({"ConversionType": "WSD"}, "picture of a screen"),
        ({"SamplesPerPixel": 3}, "colour"),
        ({"ImagePositionPatient": None}, "no place"),
        ({"SOPInstanceUID": "", "RecognizableVisualFeatures": "YES"}, ""),
        ({"ImageType": ["DERIVED", "SECONDARY", "AXIAL"]}, ""),
    ],
)
def test_what_may_show_a_text_is_refused(tags: dict[str, object], reason: str) -> None:
    told = refusal(one(**tags))
    assert reason in told
    assert bool(told) == bool(reason)


def test_an_overlay_in_the_pixels_is_refused() -> None:
    data = one()
    data.add_new(0x60000102, "US", 0)
    assert not refusal(data)
    data.add_new(0x60020102, "US", 12)
    assert "overlay" in refusal(data)


def test_files_go_under_pseudonyms_and_the_rest_is_listed_by_number(tmp_path: Path, key: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    paths = write_series(source / "Esmeralda", "anna", AccessionNumber="ACC1")
    edit(paths[0], RecognizableVisualFeatures="YES")
    edit(paths[1], BurnedInAnnotation="YES")
    (source / "Esmeralda" / "twice.dcm").write_bytes(paths[2].read_bytes())
    (source / "Esmeralda.txt").write_text("Esmeralda", "utf-8")
    (source / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"Esmeralda" * 9)
    run = invoke(source, out, "--key", key, "--names", tmp_path / "names.csv")
    assert run.exit_code == 1, run.output
    assert "5 files copied, 4 refused" in run.output
    assert "1 files say that a face" in run.output
    patient, series = (
        pseudonym(b"secret", Entity.PATIENT, "anna"),
        pseudonym(b"secret", Entity.SERIES, uid("anna", "series")),
    )
    names = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert names == ["done.csv", *(f"images/{patient}/{series}/{n:06d}.dcm" for n in range(1, 6)), "refused.csv"]
    assert [pydicom.dcmread(out / name).InstanceNumber for name in names if name.endswith("dcm")] == [0, 2, 3, 4, 5]
    assert len(pl.read_csv(out / "refused.csv")) == 4
    done = {row["attribute"]: (row["action"], row["count"]) for row in pl.read_csv(out / "done.csv").to_dicts()}
    assert done["AccessionNumber"] == ("Z", 5)
    assert done["SOPInstanceUID"] == ("U", 5)
    assert not found(out, ["esmeralda", "anna", uid("anna", "study")])
    assert (tmp_path / "names.csv").stat().st_mode & 0o777 == 0o600
    assert f"patient,anna,{patient}" in (tmp_path / "names.csv").read_text("utf-8")


@pytest.mark.parametrize("shift_dates", [False, True])
def test_a_copy_says_how_it_was_cleaned(tmp_path: Path, key: Path, shift_dates: bool) -> None:
    write_series(tmp_path / "source", "anna", depth=1, StudyDate="20200301", StudyTime="101112")
    deidentify_folder(tmp_path / "source", tmp_path / "out", key, shift_dates=shift_dates)
    data = pydicom.dcmread(next((tmp_path / "out").rglob("*.dcm")))
    assert data.PatientIdentityRemoved == "YES"
    assert data.DeidentificationMethod == method(basic_profile())
    codes = [item.CodeValue for item in data.DeidentificationMethodCodeSequence]
    assert codes == ["113100", *(["113107"] if shift_dates else [])]
    assert data.LongitudinalTemporalInformationModified == ("MODIFIED" if shift_dates else "REMOVED")
    assert data.StudyTime == ("101112" if shift_dates else "")
    assert data.PatientName == data.PatientID == pseudonym(b"secret", Entity.PATIENT, "anna")


def test_nothing_is_written_where_something_is(tmp_path: Path, key: Path) -> None:
    source = tmp_path / "source"
    write_series(source, "anna")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("a", "utf-8")
    before = sorted(tmp_path.rglob("*"))
    for target in (tmp_path / "full", source / "in", tmp_path):
        assert invoke(source, target, "--key", key).exit_code == 2
    assert invoke(source, tmp_path / "out", "--key", tmp_path / "nokey").exit_code == 2
    assert invoke(source, tmp_path / "out", "--key", key, "--names", tmp_path / "out" / "names").exit_code == 2
    with pytest.raises(CohortError, match="is there already"):
        deidentify_folder(source, tmp_path / "out", key, names=key)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_without_files_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "key").write_text("secret", "utf-8")
    with pytest.raises(CohortError, match="empty: holds no files"):
        deidentify_folder(tmp_path / "empty", tmp_path / "out", tmp_path / "key")
    assert not (tmp_path / "out").exists()
