"""What stages after the index read of images is kept, too: crops, affines, and who is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import polars as pl
import pytest
from ct import edit, lesion, volume, write_lesions
from listed import PEOPLE, entries, list_anew, write_listed
from opened import opened_below

from lesionary.annotation import cropping as patches
from lesionary.base.errors import FileError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.identities import Known
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.kept import Kept
from lesionary.subtyping import cropping as slices

SIZES = (8.0, 1.0, 2.5)  # side, spacing and gap of patches, in mm
Run = Callable[..., dict[str, bytes]]


def run(cohort: Path, side_px: int = 6) -> tuple[dict[str, bytes], set[Path]]:
    """Every byte of the index and of both tracks' crops, who is named, and the images that were opened for it."""
    out = cohort.parent / "out"
    with opened_below(cohort.parent / "cohort" / ".." / "export") as opened:
        index = index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
        images, lesions = index.cohort.images, index.lesion_table()
        series = {row["series"]: Series.of_row(row) for row in index.series_table().iter_rows(named=True)}
        of = {one["lesion"]: (one, *series[one["series"]].alone(images)) for one in lesions.iter_rows(named=True)}
        cut = [patches.Task(*each, *SIZES) for each in of.values()]
        kept = Kept.of(cohort, images, *patches.MAKERS)
        set_aside = SetAside()
        table = patches.crop_lesions(cut, out / "patches", set_aside, kept)
        cut_through = [slices.Task(*each, side_px, 1.0) for each in of.values()]
        kept = Kept.of(cohort, images, *slices.MAKERS)
        tables = slices.crop_lesions(cut_through, out / "slices", set_aside, kept)
        known = Known.read(index.cohort, lesions, index.series_table())
    set_aside.write(out / "set_aside.csv")
    for number, one in enumerate((lesions, table, *tables)):
        one.write_parquet(out / f"{number}.parquet")
    names = {owner: {name: sorted(told) for name, told in vars(one).items()} for owner, one in known.of.items()}
    written = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*.*")}
    return {**written, "names": repr(sorted(names.items())).encode()}, opened


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same with nothing kept."""

    def of(*arguments: object) -> dict[str, bytes]:
        with monkeypatch.context() as patch:
            patch.setenv("LESIONARY_CACHE", "")
            return run(*arguments)[0]  # type: ignore[arg-type]

    return of


def test_a_second_run_opens_no_image_and_writes_the_same_bytes(tmp_path: Path, without: Run) -> None:
    cohort = write_listed(tmp_path)
    plain = without(cohort)
    assert not entries(cohort)
    cold, read = run(cohort)
    warm, again = run(cohort)
    assert cold == warm == plain
    assert b"Name" in plain["names"]
    assert len(read) == len(PEOPLE) * 7
    assert not again


def test_of_studies_that_are_added_no_other_is_read(tmp_path: Path, without: Run) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:4])
    run(cohort)
    write_listed(tmp_path, ("abel", *PEOPLE[:4], "zoe"))  # the numbers of all files change
    grown, read = run(cohort)
    assert {path.parts[0] for path in read} == {"abel", "zoe"}
    assert grown == without(cohort)


def test_a_changed_param_crops_anew(tmp_path: Path, without: Run) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:3])
    before, _ = run(cohort)
    larger, read = run(cohort, 8)
    assert len(read) == 3 * 2  # the two slices of each mass
    assert larger == without(cohort, 8) != before
    assert run(cohort, 8) == (larger, set())
    assert run(cohort) == (before, set())


def test_a_box_that_moved_is_cropped_anew_and_no_other(tmp_path: Path, without: Run) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:3])
    run(cohort)
    nothing = dict.fromkeys(("x_min", "y_min", "z_min", "x_max", "y_max", "z_max"), "")
    rows = [lesion(name, **nothing) for name in PEOPLE[1:3]]
    write_lesions(cohort, [lesion("anna", x_min=3), *rows])
    moved, read = run(cohort)
    assert {path.parts[0] for path in read} == {"anna"}
    assert moved == without(cohort)


def test_images_that_changed_are_cropped_anew(tmp_path: Path, without: Run) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:3])
    before, _ = run(cohort)
    for path in (tmp_path / "export" / "carl").glob("*-?.dcm"):
        edit(path, RescaleIntercept=-1000)
    list_anew(cohort)
    after, read = run(cohort)
    assert {path.parts[0] for path in read} == {"carl"}
    assert after == without(cohort) != before


@pytest.mark.parametrize("content", [b"", b"nonsense", b'{"hu": 1}', b"\x08\0\0\0\0\0\0\0{}      "])
def test_what_is_broken_is_made_again(content: bytes, tmp_path: Path, without: Run) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    run(cohort)
    kept = {path: path.read_bytes() for path in entries(cohort)}
    kinds = {path.parts[-3] for path in kept}
    assert kinds == {"headers", "fingerprints", "regions", "identities", "patches", "slices"}
    for path, whole in kept.items():
        path.write_bytes(content or whole[:-3])
    again, _ = run(cohort)
    assert again == without(cohort)
    assert {path: path.read_bytes() for path in entries(cohort)} == kept


def test_what_is_wrong_with_an_image_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])

    def fail(*arguments: object) -> None:
        raise FileError("the disk", "is gone", "bring it back")

    with monkeypatch.context() as patch:
        patch.setattr(Series, "read", fail)
        index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
    whole, _ = run(cohort)
    for path in entries(cohort):
        if path.parts[-3] in ("patches", "slices"):
            path.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(Series, "read", fail)
        broken, _ = run(cohort)
    assert broken["set_aside.csv"].count(b"is gone") == 4
    assert run(cohort)[0] == whole


def test_affines_are_kept(tmp_path: Path, without: Run) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:1])
    (cohort / "cohort.yaml").write_text("name: test\nabout: made by a test\nimages: [dicom, nifti]\n", "utf-8")
    image = nib.Nifti1Image(volume("gina").transpose(2, 1, 0), np.diag([1.0, 1.0, 2.5, 1.0]))
    image.set_qform(np.diag([1.0, 1.0, 3.0, 1.0]), code=1)
    nib.save(image, tmp_path / "export" / "gina.nii.gz")
    same = nib.Nifti1Image(volume("hugo").transpose(2, 1, 0), None)
    nib.save(same, tmp_path / "export" / "hugo.nii.gz")
    list_anew(cohort)
    nothing = dict.fromkeys(("x_min", "y_min", "z_min", "x_max", "y_max", "z_max"), "")
    hugo = {**lesion("hugo"), "series": "../export/hugo.nii.gz"}
    write_lesions(cohort, [lesion("anna", **nothing), hugo])
    cold, _ = run(cohort)
    warm, read = run(cohort)
    assert warm == cold == without(cohort)
    assert read == {Path("gina.nii.gz")}  # its sform and qform differ: what sets an image aside is looked at again
    assert len(pl.read_parquet(tmp_path / "out" / "1.parquet")) == 2
