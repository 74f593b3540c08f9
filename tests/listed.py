"""Cohorts that list images which lie elsewhere: what was read of them is kept."""

from __future__ import annotations

from pathlib import Path

from ct import lesion, write_lesions, write_series
from drawings import frame, square, write_rtstruct

from lesionary.cohorts.contract.layout import files_below
from lesionary.cohorts.contract.manifest import write_manifest

PEOPLE = ("anna", "bert", "carl", "dora", "emil", "fred")


def write_study(folder: Path, patient: str) -> None:
    write_series(folder, patient, FrameOfReferenceUID=frame(patient))
    write_rtstruct(folder / "drawn.dcm", patient, {"mass": square(2, 6, 2.5, 5.0)})


def write_listed(tmp_path: Path, people: tuple[str, ...] = PEOPLE) -> Path:
    """A cohort that lists images which lie elsewhere: a CT of each patient, and a lesion drawn on it."""
    cohort = tmp_path / "cohort"
    cohort.mkdir(exist_ok=True)
    for name in people:
        if not (tmp_path / "export" / name).exists():
            write_study(tmp_path / "export" / name, name)
    (cohort / "cohort.yaml").write_text("name: test\nabout: made by a test\nimages: [dicom]\n", "utf-8")
    (cohort / "pseudonym.key").write_text("secret\n", "utf-8")
    empty = dict.fromkeys(("x_min", "y_min", "z_min", "x_max", "y_max", "z_max"), "")
    write_lesions(cohort, [lesion(name, **empty) for name in people])
    list_anew(cohort)
    return cohort


def list_anew(cohort: Path) -> None:
    write_manifest(cohort, files_below(cohort.parent / "export"))


def entries(cohort: Path) -> list[Path]:
    return [path for path in (cohort / ".cache").rglob("*") if path.is_file()]
