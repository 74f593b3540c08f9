from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from lesionary.base.errors import FileError
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.images.dicom import Class, Companion, Header
from lesionary.cohorts.indexing.headers import Numbered, Told, batches, groups, pack, unpack

HEADER = Header(
    3, "1.2.3", "1.2", "1", "Ané\udce9", (0.1, -2.5e-17, 1e300), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.7, 0.7), 1.25,
    (512, 512), "Maker", 4, None, "1", "1.9", 7, False,
)  # fmt: skip


def listed(*names: str) -> list[Numbered]:
    hashed = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    return [Numbered(n, Listed(name, Path(name), 1, hashed[name])) for n, name in enumerate(names)]


def names(group: list[Numbered]) -> tuple[str, ...]:
    return tuple(one.image.name for one in group)


@pytest.mark.parametrize("told", [
    [HEADER, HEADER], Companion(3, Class.REPORT, "1.2.9"), FileError("a/b.dcm", "is no DICOM file", "move it"),
])  # fmt: skip
def test_what_is_packed_comes_back_through_json(told: Told) -> None:
    back = unpack(json.loads(json.dumps(pack(told))), Numbered(3, Listed("b", Path("a/b.dcm"))))
    assert str(back) == str(told) if isinstance(told, FileError) else back == told
    assert repr(back) == repr(told)


def test_a_file_that_moved_in_the_listing_has_its_new_number() -> None:
    (back,) = unpack(pack([HEADER]), Numbered(99, Listed("b", Path("b"))))  # type: ignore[misc]
    assert (back.file, back.instance) == (99, "1.2.3")


def test_groups_hold_every_file_once_in_order_and_none_of_two_folders() -> None:
    files = listed(*sorted(f"{n % 7}/{n}" for n in range(3000)))
    found = list(groups(files))
    assert [one for group in found for one in group] == files
    assert all(len({one.image.name[0] for one in group}) == 1 for group in found)
    assert [one for batch in batches(iter(found)) for group in batch for one in group] == files


def test_a_file_that_is_added_to_a_long_folder_changes_one_group() -> None:
    every = sorted(f"flat/{n:05d}" for n in range(0, 4000, 2))
    before = {names(group) for group in groups(listed(*every))}
    after = {names(group) for group in groups(listed(*sorted([*every, "flat/01001"])))}
    assert len(before) > 20
    assert len(after - before) <= 2
