from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ct import edit, uid, volume
from drawings import planar, polygon, sources, write_seg, write_sr
from listed import PEOPLE, entries, list_anew, write_listed
from multiframe import enhanced, write_enhanced
from opened import opened_below

from lesionary.cohorts import kept as keeping
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.corrections import NOTHING, Corrections
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.params.images import Masked, Mixed


def index(cohort: Path, corrections: Corrections = NOTHING, max_gap_mm: float = 0.0) -> tuple[dict[str, bytes], set]:
    """Every byte that the stage would write, and the images that were opened for it."""
    out = cohort.parent / "index"
    out.mkdir(exist_ok=True)
    with opened_below(cohort.parent / "cohort" / ".." / "export") as opened:
        found = index_cohort(Cohort.open(cohort), max_gap_mm=max_gap_mm, tilt_deg=0.5, corrections=corrections)
    found.series_table().write_parquet(out / "series.parquet")
    found.lesion_table().write_parquet(out / "lesions.parquet")
    found.set_aside.write(out / "set_aside.csv")
    found.adjusted.write(out / "adjusted.csv")
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}, opened


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, bytes]]:
    """The same with nothing kept."""

    def run(*arguments: object) -> dict[str, bytes]:
        with monkeypatch.context() as patch:
            patch.setenv("LESIONARY_CACHE", "")
            return index(*arguments)[0]  # type: ignore[arg-type]

    return run


def test_a_second_run_opens_no_image_and_writes_the_same_bytes(
    tmp_path: Path, without: Callable[..., dict[str, bytes]]
) -> None:
    cohort = write_listed(tmp_path)
    plain = without(cohort)
    assert not entries(cohort)
    cold, read = index(cohort)
    warm, again = index(cohort)
    assert cold == warm == plain
    assert len(read) == len(PEOPLE) * 7
    assert not again


def test_what_was_added_is_read_and_nothing_else(tmp_path: Path, without: Callable[..., dict[str, bytes]]) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:4])
    index(cohort)
    write_listed(tmp_path, ("abel", *PEOPLE[:4], "zoe"))  # the numbers of all files change
    grown, read = index(cohort)
    assert {path.parts[0] for path in read} == {"abel", "zoe"}
    assert len(read) == 2 * 7
    assert grown == without(cohort)


def test_an_image_that_changed_is_read_again(tmp_path: Path, without: Callable[..., dict[str, bytes]]) -> None:
    cohort = write_listed(tmp_path)
    before, _ = index(cohort)
    for path in (tmp_path / "export" / "carl").glob("*-?.dcm"):
        edit(path, Manufacturer="another")
    list_anew(cohort)
    after, read = index(cohort)
    assert {path.parts[0] for path in read} == {"carl"}
    assert after == without(cohort) != before


@pytest.mark.parametrize("content", [b"", b"nonsense", b'{"headers": 1}', b"\x80\x04K\x01."])
def test_what_is_broken_is_made_again(content: bytes, tmp_path: Path, without: Callable[..., dict[str, bytes]]) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    index(cohort)
    kept = {path: path.read_bytes() for path in entries(cohort)}
    assert {path.parts[-3] for path in kept} == {"headers", "fingerprints", "regions"}
    for path, whole in kept.items():
        path.write_bytes(content or whole[:-3])
    again, read = index(cohort)
    assert again == without(cohort)
    assert len(read) == 2 * 7
    assert {path: path.read_bytes() for path in entries(cohort)} == kept


def test_one_flipped_letter_is_found(tmp_path: Path, without: Callable[..., dict[str, bytes]]) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    index(cohort)
    for path in entries(cohort):
        path.write_bytes(path.read_bytes().replace(b"1", b"7"))
    assert index(cohort)[0] == without(cohort)


def test_other_code_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    index(cohort)
    monkeypatch.setattr(keeping, "code_hash", lambda parts: "0" * 64)
    assert len(index(cohort)[1]) == 2 * 7


def test_a_changed_param_reads_only_what_it_affects(tmp_path: Path, without: Callable[..., dict[str, bytes]]) -> None:
    """A gap in one series: to interpolate it makes its fingerprint and the regions on it anew."""
    cohort = write_listed(tmp_path)
    edit(tmp_path / "export" / "bert" / "02-5.dcm", ImagePositionPatient=[0, 0, 15.0])
    list_anew(cohort)
    strict, _ = index(cohort)
    loose, read = index(cohort, NOTHING, 6.0)
    assert {path.parts[0] for path in read} == {"bert"}
    assert len(read) < 7
    assert loose == without(cohort, NOTHING, 6.0) != strict
    assert index(cohort) == (strict, {Path("bert/drawn.dcm")})  # of a drawing, what was found last is kept
    assert index(cohort, Corrections(mixed=Mixed.LARGEST)) == (strict, set())


def test_segments_are_read_again_where_components_count(
    tmp_path: Path, without: Callable[..., dict[str, bytes]]
) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    mask = np.zeros(volume("anna").shape, np.uint8)
    mask[1:3, 2:5, 2:5] = 1
    mask[4:5, 8:10, 8:10] = 1
    (tmp_path / "export" / "anna" / "drawn.dcm").unlink()
    write_seg(tmp_path / "export" / "anna" / "seg.dcm", tmp_path / "export" / "anna", mask)
    list_anew(cohort)
    index(cohort)
    parts = Corrections(masked=Masked.COMPONENTS)
    found, read = index(cohort, parts)
    assert read == {Path("anna/seg.dcm")}
    assert found == without(cohort, parts)


def test_measurement_reports_and_many_frames_are_kept_too(
    tmp_path: Path, without: Callable[..., dict[str, bytes]]
) -> None:
    cohort, anna = write_listed(tmp_path, PEOPLE[:2]), tmp_path / "export" / "anna"
    (anna / "drawn.dcm").unlink()
    image = sources(anna)[2]
    write_sr(anna / "sr.dcm", anna, [planar("1", polygon(image, [(2, 2), (8, 2), (8, 9), (2, 2)]), (8.0, 4.0))])
    write_enhanced(tmp_path / "export" / "gina" / "all.dcm", enhanced("gina"))
    list_anew(cohort)
    cold, _ = index(cohort)
    assert index(cohort) == (cold, set())
    assert cold == without(cohort)
    assert b"long_axis_mm" in cold["lesions.parquet"]


def test_a_drawing_on_a_series_that_went_is_read_again(
    tmp_path: Path, without: Callable[..., dict[str, bytes]]
) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    index(cohort)
    for path in (tmp_path / "export" / "anna").glob("*-?.dcm"):
        path.unlink()
    list_anew(cohort)
    found, _ = index(cohort)
    assert found == without(cohort)
    assert b"was drawn on a series that is not among the usable ones" in found["set_aside.csv"]


def test_what_is_wrong_with_a_file_is_kept_but_not_that_it_could_not_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    (tmp_path / "export" / "anna" / "notes.dcm").write_bytes(b"no DICOM at all" * 20)
    list_anew(cohort)
    wrong, _ = index(cohort)
    assert b"is no DICOM file (InvalidDicomError)" in wrong["set_aside.csv"]
    assert index(cohort) == (wrong, set())

    def fail(*arguments: object, **more: object) -> None:
        raise OSError("the network is down")

    for path in entries(cohort):
        path.unlink()
    with monkeypatch.context() as patch:
        patch.setattr("lesionary.cohorts.images.dicom._read_elements", fail)
        unreachable, _ = index(cohort)
    assert b"is no DICOM file (OSError)" in unreachable["set_aside.csv"]
    assert not entries(cohort)
    assert index(cohort)[0] == wrong


def test_a_file_that_is_not_as_long_as_listed_is_not_kept_as_the_listed_one(tmp_path: Path) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    path = tmp_path / "export" / "anna" / "00-0.dcm"
    listed = path.read_bytes()
    path.write_bytes(listed + b"\0\0")
    index(cohort)
    path.write_bytes(listed)
    _, read = index(cohort)
    assert {one.parts[0] for one in read} == {"anna"}


def test_entries_lie_where_identities_may_and_are_their_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    index(cohort)
    assert any(uid("anna", "series").encode() in path.read_bytes() for path in entries(cohort))
    assert {path.stat().st_mode & 0o077 for path in entries(cohort)} == {0}
    monkeypatch.setenv("LESIONARY_CACHE", str(tmp_path / "elsewhere"))
    assert len(index(cohort)[1]) == 2 * 7
    assert (tmp_path / "elsewhere" / "cohort").is_dir()
    assert not index(cohort)[1]


def test_a_cohort_that_cannot_be_written_keeps_nothing_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])

    def refuse(*arguments: object, **more: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        first, _ = index(cohort)
    assert index(cohort)[0] == first


def test_a_cohort_without_a_list_keeps_nothing(tmp_path: Path) -> None:
    cohort = write_listed(tmp_path, PEOPLE[:2])
    (cohort / "images.csv").unlink()
    (tmp_path / "export").rename(cohort / "images")
    index(cohort)
    assert not entries(cohort)


def test_two_processes_write_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = write_listed(tmp_path)
    monkeypatch.setenv("LESIONARY_WORKERS", "2")
    cold, _ = index(cohort)
    two = {path: path.read_bytes() for path in entries(cohort)}
    monkeypatch.setenv("LESIONARY_WORKERS", "1")
    assert index(cohort) == (cold, set())
    for path in two:
        path.unlink()
    assert index(cohort)[0] == cold
    assert sorted(entries(cohort)) == sorted(two)
