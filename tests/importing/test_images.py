"""Images of an export are listed or copied once, and what is there already stays."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pydicom
import pytest
from ct import edit, uid, write_series
from exports import PEOPLE, content, run, write
from own_cohort import params

from lesionary.base.errors import CohortError
from lesionary.checking.checking import check
from lesionary.cohorts.contract.manifest import MANIFEST, write_manifest
from lesionary.importing.importing import plan_import
from lesionary.importing.listing import find_images
from lesionary.importing.request import Request


def test_the_list_of_images_is_the_one_that_the_library_writes(request_: Request, tmp_path: Path) -> None:
    run(request_)
    images, others = find_images(request_.source)
    assert {path.name for path in others} == {"DICOMDIR", "autorun.inf"}
    (tmp_path / "raw" / "other").mkdir()
    write_manifest(tmp_path / "raw" / "other", images)
    assert (tmp_path / "raw" / "other" / MANIFEST).read_bytes() == (request_.cohort / MANIFEST).read_bytes()


def test_a_second_import_changes_no_byte_and_reads_no_image(request_: Request) -> None:
    run(request_)
    before = content(request_.cohort)
    plan = run(request_)
    assert plan.listing is not None
    assert plan.listing.hashed == 0
    assert content(request_.cohort) == before


def test_new_studies_alone_are_read_and_added(request_: Request, tmp_path: Path) -> None:
    run(request_)
    before = (request_.cohort / "lesions.csv").read_bytes()
    write_series(request_.source / "PA000009", "zoe")
    with request_.sheets["lesions"].open("ab") as file:
        file.write(b"\r\nzoe;A;2;3;1;8;9;4")
    plan = run(request_)
    assert plan.listing is not None
    assert (plan.listing.hashed, len(plan.listing.added)) == (6, 6)
    after = (request_.cohort / "lesions.csv").read_bytes()
    assert after.startswith(before)
    assert after.removeprefix(before).decode().split(",")[1:4] == ["zoe", uid("zoe", "study"), uid("zoe", "series")]
    assert any("PA000009 (6 files)" in line for line in plan.said)


def test_changed_and_missing_images_are_named(request_: Request) -> None:
    run(request_)
    folder = request_.source / "PA000000" / "ST000000"
    changed, gone = sorted(folder.iterdir())[:2]
    edit(changed, InstanceNumber=77)
    gone.unlink()
    plan = run(request_)
    assert plan.listing is not None
    assert [Path(name).name for name in plan.listing.changed] == [changed.name]
    assert [Path(name).name for name in plan.listing.gone] == [gone.name]
    assert gone.name in (request_.cohort / MANIFEST).read_text("utf-8")  # the index will say that it is missing


def test_a_change_that_keeps_size_and_time_is_found_by_reading_all_again(request_: Request) -> None:
    run(request_)
    path = next((request_.source / "PA000000" / "ST000000").iterdir())
    told = path.stat()
    data = pydicom.dcmread(path)
    data.PixelData = bytes(len(data.PixelData))
    data.save_as(path)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    quick, thorough = plan_import(request_), plan_import(Request(**{**vars(request_), "rehash": True}))
    assert quick.listing is not None
    assert thorough.listing is not None
    assert (len(quick.listing.changed), len(thorough.listing.changed)) == (0, 1)


def test_what_was_corrected_by_hand_stays(request_: Request) -> None:
    run(request_)
    path = request_.cohort / "lesions.csv"
    mine = path.read_text("utf-8").replace("A\xe4", "mine", 1)
    path.write_text(mine, "utf-8")
    (request_.cohort / "cohort.yaml").write_text("name: mine\nabout: mine\nimages: [dicom]\n", "utf-8")
    plan = run(request_)
    assert path.read_text("utf-8") == mine
    assert "mine" in (request_.cohort / "cohort.yaml").read_text("utf-8")
    (refused,) = plan.refused
    assert (refused.line, refused.reason) == (2, "is in lesions.csv already with another subtype: left as it is there")


def test_a_dry_run_writes_nothing(request_: Request) -> None:
    plan = plan_import(request_)
    assert not request_.cohort.parent.exists()
    assert not request_.memory.exists()
    assert "lesions.csv: 4 rows new" in "\n".join(plan.said)


def test_the_key_is_a_secret_of_its_owner_and_made_once(request_: Request) -> None:
    run(request_)
    path = request_.cohort / "pseudonym.key"
    key = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(key.strip()) == 64
    run(request_)
    assert path.read_bytes() == key


def test_the_memory_of_hashes_names_nobody(request_: Request) -> None:
    run(request_)
    text = request_.memory.read_text("utf-8")
    assert "export" not in text
    assert "PA0000" not in text


def test_copies_lie_below_images_and_are_never_overwritten(request_: Request, tmp_path: Path) -> None:
    copying = Request(**{**vars(request_), "copy": True})
    run(copying)
    images = request_.cohort / "images"
    copied = [path for path in images.rglob("*") if path.is_file()]
    assert len(copied) == 6 * len(PEOPLE)
    edit(copied[0], InstanceNumber=99)
    mine = copied[0].read_bytes()
    plan = run(copying)
    assert copied[0].read_bytes() == mine
    assert [one.reason for one in plan.refused] == ["is there with other bytes: left as it is"]
    report, _ = check(request_.cohort, params(tmp_path))
    assert report.tracks[0].used["studies"] == len(PEOPLE)


def test_a_link_inside_the_copies_leads_nowhere_else(request_: Request, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (request_.cohort / "images").mkdir(parents=True)
    (request_.cohort / "images" / "PA000000").symlink_to(outside)
    with pytest.raises(CohortError, match="lies outside of the cohort's images"):
        plan_import(Request(**{**vars(request_), "copy": True}))
    assert list(outside.iterdir()) == []


def test_identifiers_that_climb_write_nowhere_but_in_the_cohort(tmp_path: Path) -> None:
    evil = "../../../evil"
    write_series(tmp_path / "export" / "a", "anna", PatientID=evil, AccessionNumber="../../x")
    table = f"patient,lesion,subtype\n{evil},{evil},{evil}\n"
    reports = f'report,patient,text\n"{evil}",{evil},a 12 mm cyst\n'
    sheets = {"lesions": write(tmp_path / "l.csv", table), "reports": write(tmp_path / "r.csv", reports)}
    before = content(tmp_path)
    for copy in (False, True):
        cohort = tmp_path / "raw" / f"own{copy}"
        plan = run(Request(tmp_path / "export", cohort, tmp_path / "raw" / "memory.csv", sheets, copy=copy))
        assert plan.refused == []
    assert {name for name in set(content(tmp_path)) - set(before) if not name.startswith("raw/")} == set()
    report, _ = check(cohort, params(tmp_path), pixels=False)
    assert report.usable["series"] == 1


def test_an_export_that_holds_the_cohort_is_refused(request_: Request) -> None:
    with pytest.raises(CohortError, match="keep the export and the cohort apart"):
        plan_import(Request(**{**vars(request_), "cohort": request_.source / "own"}))


def test_a_kind_that_the_description_lacks_is_told(request_: Request) -> None:
    run(request_)
    (request_.cohort / "cohort.yaml").write_text("name: mine\nabout: mine\nimages: [nifti]\n", "utf-8")
    assert "cohort.yaml: there, but lacks images: ['dicom']: add it" in run(request_).said


def test_a_broken_memory_of_hashes_is_as_none(request_: Request) -> None:
    run(request_)
    before = content(request_.cohort)
    request_.memory.write_text("file,bytes\n1,many\n", "utf-8")
    plan = run(request_)
    assert plan.listing is not None
    assert plan.listing.hashed == 6 * len(PEOPLE)
    assert content(request_.cohort) == before
