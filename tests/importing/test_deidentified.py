"""An import that cleans: a cohort that names nobody, and in which everything still finds what belongs to it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pydicom
from ct import edit, uid
from drawings import frame, square, write_rtstruct
from exports import PEOPLE, export, write
from own_cohort import FINDING, START, params, read_table
from searching import found
from typer.testing import CliRunner, Result

from lesionary.checking.checking import check
from lesionary.cli.main import app
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.indexing.index import index_cohort

NAMED = {"PatientName": "Quasimodo^Esmeralda", "PatientBirthDate": "19580412", "StudyDate": "20231107"}
SAID = "Esmeralda QUASIMODO (born 4/12/1958, ACCanna) was seen on 11/07/2023 by Dr. Frollo. "
WORDS = ("quasimodo", "esmeralda", "1958", "20231107", "11/07/2023", "frollo", "accanna", "hunchback", *PEOPLE,
         *(uid(name, kind) for name in PEOPLE for kind in ("study", "series")))  # fmt: skip


def invoke(folder: Path, *more: str) -> Result:
    """Import an export with three tables; anna's lesion is drawn and named by a person, bert's is a box."""
    source = export(folder / "export", ("anna", "bert"))
    for path in (source / "PA000000/ST000000").iterdir():
        edit(path, FrameOfReferenceUID=frame("anna"), **NAMED)
    outline = {"Esmeralda's": square(3, 6, 2.5, 5.0)}
    write_rtstruct(source / "Esmeralda.dcm", "anna", outline, frame("anna"), series=uid("anna", "series"))
    box = "2,3,1,8,9,4"
    tables = {
        "lesions": "accession,lesion,subtype,x_min,y_min,z_min,x_max,y_max,z_max\n"
        f"ACCanna,Esmeralda's,A,,,,,,\nACCbert,2,B,{box}\n",
        "reports": f'report,accession,text\nhunchback-1,ACCanna,"{SAID}{FINDING}"\nhunchback-2,ACCbert,"{FINDING}"\n',
        "bookmarks": f"report,start,end,lesion\nhunchback-1,{START + len(SAID)},{START + len(SAID) + 5},Esmeralda's\n"
        f"hunchback-2,{START},{START + 5},2\n",
        "labels": "accession,lesion,label\nACCanna,Esmeralda's,liver cyst\nACCbert,2,liver cyst\n",
    }
    options = [f"--{name}={write(folder / f'{name}.csv', text)}" for name, text in tables.items()]
    return CliRunner().invoke(app, ["import", str(source), str(folder / "own"), "--deidentify", *options, *more])


def test_a_cohort_that_is_cleaned_names_nobody_and_can_be_used_whole(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    write(own / "pseudonym.key", "secret")  # a key by chance gives UIDs that have 1958 in them, now and then
    run = invoke(tmp_path)
    assert run.exit_code == 1, run.output  # DICOMDIR and autorun.inf are no images
    assert not found(own, WORDS)
    report, _ = check(own, params(tmp_path))
    assert not {one.step for one in report.problems} & {"index_images", "find_bookmarks"}
    assert (report.usable["lesions"], report.usable["series"]) == (2, 2)
    index = index_cohort(Cohort.open(own), max_gap_mm=0, tilt_deg=0.5).lesion_table()
    assert sorted(index["subtype"]) == ["A", "B"]
    drawn = index.filter(pl.col("subtype") == "A").row(0, named=True)
    assert (drawn["x_min"], drawn["x_max"]) == (3.5, 6.5)  # from 3 to 6 mm, 0 the middle of the first pixel


def test_tables_are_named_as_the_copies_are(tmp_path: Path) -> None:
    invoke(tmp_path)
    own = tmp_path / "own"
    key = (own / "pseudonym.key").read_bytes().strip()
    lesions, reports, bookmarks, labels = (
        read_table(own / f"{name}.csv") for name in ("lesions", "reports", "bookmarks", "labels")
    )
    copies = [pydicom.dcmread(path) for path in sorted(own.rglob("*.dcm"))]
    headers = {str(one.PatientID): one for one in copies if "PixelData" in one}
    (drawing,) = (one for one in copies if "PixelData" not in one)
    for name, row, said in zip(("anna", "bert"), lesions, reports, strict=True):
        header = headers[pseudonym(key, Entity.PATIENT, name)]
        assert row["patient"] == header.PatientID
        assert row["study"] == said["study"] == header.StudyInstanceUID
        assert row["series"] == header.SeriesInstanceUID
    drawn = drawing.StructureSetROISequence[0].ROIName
    assert drawn == pseudonym(key, Entity.LESION, "Esmeralda's")
    for table in (lesions, bookmarks, labels):
        assert [row["lesion"] for row in table] == [drawn, "2"]
    assert reports[0]["report"] == bookmarks[0]["report"] == pseudonym(key, Entity.REPORT, "hunchback-1")


def test_what_a_report_says_of_lesions_stays_where_it_was(tmp_path: Path) -> None:
    invoke(tmp_path)
    first, second = read_table(tmp_path / "own" / "reports.csv")
    assert first["text"] == (
        "Xxxxxxxxx XXXXXXXXX (born 0/00/0000, XXXxxxx) was seen on 00/00/0000 by Dr. Xxxxxx. " + FINDING
    )
    assert second["text"] == FINDING


def test_the_key_of_the_cohort_is_used_if_it_is_there(tmp_path: Path) -> None:
    write(tmp_path / "own.key", "secret\n")
    (tmp_path / "own").mkdir()
    (tmp_path / "own.key").rename(tmp_path / "own/pseudonym.key")
    invoke(tmp_path, "--shift-dates")
    assert read_table(tmp_path / "own/lesions.csv")[0]["patient"] == pseudonym(b"secret", Entity.PATIENT, "anna")
    anna = next((tmp_path / "own/images" / pseudonym(b"secret", Entity.PATIENT, "anna")).rglob("*.dcm"))
    assert "20221106" < pydicom.dcmread(anna).StudyDate < "20231107"


def test_nothing_is_added_to_a_cohort_and_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert "dry run" in invoke(tmp_path / "a", "--dry-run").output
    assert not (tmp_path / "a/own").exists()
    invoke(tmp_path / "b")
    before = sorted((tmp_path / "b/own").rglob("*"))
    again = invoke(tmp_path / "b")
    assert again.exit_code == 2
    assert "is not empty" in again.stderr
    assert sorted((tmp_path / "b/own").rglob("*")) == before


def test_what_is_no_export_of_dicom_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deeplesion").mkdir()
    write(tmp_path / "deeplesion/DL_info.csv", "File_name\n")
    run = CliRunner().invoke(app, ["import", str(tmp_path / "deeplesion"), str(tmp_path / "own"), "--deidentify"])
    assert run.exit_code == 2
    assert "is DeepLesion: DICOM alone is cleaned" in run.stderr
    assert not (tmp_path / "own").exists()
