"""Of a check that leaves the folder, no byte names anybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ct import edit, uid
from faults import Fault
from image_faults import IMAGES
from own_cohort import params, rows, texts, write_own, write_table
from typer.testing import CliRunner
from whole_faults import WHOLE

from lesionary.checking.problems import Scrubber
from lesionary.cli.main import app

PLANTED = {
    "PatientName": "Quasimodo^Esmeralda",
    "PatientBirthDate": "19580412",
    "AccessionNumber": "ACC20231107",
    "OtherPatientIDs": "SSN078051120",
    "ReferringPhysicianName": "Frollo^Claude",
    "InstitutionName": "Notre Dame Infirmary",
}
SECRETS = (
    "quasimodo",
    "esmeralda",
    "19580412",
    "acc20231107",
    "078051120",
    "frollo",
    "notre dame",
    "mrn-4711",
    "hugo-anna",
)


def plant(folder: Path) -> Path:
    """A cohort in which patient, study, series, lesion and report carry identities, in headers and in tables."""
    cohort = write_own(folder)
    for path in (cohort / "images" / "anna").iterdir():
        edit(path, PatientID="MRN-4711", Manufacturer="Quasimodo Frollo", **PLANTED)
    table = rows()
    table[0] |= {"patient": "MRN-4711", "lesion": "Esmeralda liver"}
    write_table(cohort / "lesions.csv", table)
    tables = texts()
    tables["reports"][0] |= {"report": "hugo-anna", "text": "Esmeralda Quasimodo, 12 mm cyst."}
    tables["bookmarks"][0] |= {"report": "hugo-anna", "lesion": "Esmeralda liver", "start": 21, "end": 26}
    for name, one in tables.items():
        write_table(cohort / f"{name}.csv", one)
    return cohort


def leaving(cohort: Path, folder: Path, *options: str) -> tuple[int, bytes]:
    """Exit status, and every byte of what is written."""
    run = CliRunner().invoke(
        app, ["check", str(cohort), "--params", str(params(folder)), "--out", str(folder / "out"), *options]
    )
    assert run.exception is None or isinstance(run.exception, SystemExit), run.exception
    return run.exit_code, b"".join(path.read_bytes() for path in sorted((folder / "out").iterdir()))


def assert_silent(content: bytes) -> None:
    lower = content.lower()
    found = [secret for secret in (*SECRETS, uid("anna", "study"), uid("anna", "series")) if secret.encode() in lower]
    assert not found


def test_the_terminal_names_whom_the_files_do_not(tmp_path: Path) -> None:
    cohort = plant(tmp_path / "own")
    table = rows()
    table[0] |= {"patient": "MRN-4711", "lesion": "Esmeralda liver", "x_min": "Quasimodo", "subtype": "A"}
    write_table(cohort / "lesions.csv", table)
    run = CliRunner().invoke(
        app, ["check", str(cohort), "--params", str(params(tmp_path)), "--out", str(tmp_path / "o")]
    )
    assert "reads 'Quasimodo', lesion Esmeralda liver of patient MRN-4711" in run.output
    assert_silent(b"".join(path.read_bytes() for path in (tmp_path / "o").iterdir()))


FAULTS = {name: fault for name, fault in {**IMAGES, **WHOLE}.items() if "another" not in name}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_whatever_is_wrong_no_identity_leaves(tmp_path: Path, fault: Fault) -> None:
    cohort = plant(tmp_path / "own")
    for name in ("reports", "bookmarks", "relations", "labels"):
        (cohort / f"{name}.csv").unlink()
    fault.make(cohort)
    assert_silent(leaving(cohort, tmp_path, "--headers")[1])


def test_a_name_in_the_wrong_column_stays(tmp_path: Path) -> None:
    """Each column of each table in a row of its own."""
    cohort = plant(tmp_path / "own")
    for name, table in {"lesions": rows(), **texts()}.items():
        for number, column in enumerate(column for column in table[0] if column not in ("subtype", "text")):
            table[number % len(table)][column] = "Quasimodo, Esmeralda *1958-04-12"
        write_table(cohort / f"{name}.csv", table)
    assert_silent(leaving(cohort, tmp_path, "--headers")[1])


def test_a_table_without_a_header_shows_none_of_its_first_row(tmp_path: Path) -> None:
    cohort = plant(tmp_path / "own")
    lines = (cohort / "lesions.csv").read_text("utf-8").splitlines(keepends=True)
    (cohort / "lesions.csv").write_text("".join(lines[1:]), "utf-8")
    status, content = leaving(cohort, tmp_path)
    assert status == 2
    assert_silent(content)


def test_a_key_of_cohort_yaml_may_hold_a_name(tmp_path: Path) -> None:
    cohort = plant(tmp_path / "own")
    (cohort / "cohort.yaml").write_text("Quasimodo: 1\nname: a\nabout: b\nimages: [Esmeralda]\n", "utf-8")
    assert_silent(leaving(cohort, tmp_path)[1])


def test_nothing_of_a_page_is_markup_but_ours(tmp_path: Path) -> None:
    cohort = write_own(tmp_path / "own")
    table = rows()
    for number in (0, 2, 4, 6, 8):
        table[number]["subtype"] = "<script>alert(1)</script>|`x`"
    write_table(cohort / "lesions.csv", table)
    leaving(cohort, tmp_path, "--headers")
    page = (tmp_path / "out" / "check.md").read_text("utf-8")
    assert "<" not in page.replace("\\<", "").replace("&lt;", "")
    assert "&lt;script&gt;" in page
    assert "\\|\\`x\\`" in page
    told = json.loads((tmp_path / "out" / "check.json").read_text("utf-8"))
    assert told["tracks"]["subtyping"]["uses"]["studies of class <script>alert(1)</script>|`x`"] == 5


def test_short_numbers_are_left_as_they_may_be_counts() -> None:
    assert Scrubber(["7", "12345"])("7 of 12345 and 123456 slices") == "7 of [removed] and 123456 slices"


def test_identities_are_found_whatever_words_they_share() -> None:
    scrub = Scrubber([f"patient {number:04d}" for number in range(5)] + ["1.2.840.1", "1.2.840.2"])
    assert scrub("patient 0003 and patient 0009, 1.2.840.2, not 11.2.840.2") == (
        "[removed] and patient 0009, [removed], not 11.2.840.2"
    )
