"""Train, validation and test parts by patient: as the user divided them, else drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from lesionary.base.errors import CohortError, ItemError

SPLITS = ("train", "val", "test")
SHARES = (0.7, 0.15, 0.15)


def read_split(written: str | None, place: str, error: type[ItemError]) -> str | None:
    """What a user wrote in a column `split`, None for nothing; `error` for what is no part, whoever reads the table.

    >>> read_split(" ", "lesions.csv, line 2", ItemError), read_split("test", "lesions.csv, line 3", ItemError)
    (None, 'test')
    """
    if not (written or "").strip():
        return None
    if written not in SPLITS:  # what was written may be a name: not in the reason
        reason = f"column split is none of {', '.join(SPLITS)}"
        raise error(f"{place}, split {str(written)[:40]!r}", reason, "write one of them, or nothing")
    return written


def split_patients(rows: Iterable[tuple[str, str | None]], seed: int) -> dict[str, str]:
    """The split of each patient out of rows (patient, split or None), in order of first appearance.

    Patients without one are drawn by `SHARES`; `CohortError` for a split of another name, or a patient in two.

    >>> split_patients([("a", "test"), ("a", None)], seed=0)
    {'a': 'test'}
    """
    given: dict[str, str | None] = {}
    for patient, split in rows:
        if split is not None and split not in SPLITS:
            raise CohortError("the column split", f"reads {split!r}", f"write one of {', '.join(SPLITS)}, or nothing")
        before = given.get(patient)
        if before is not None and split is not None and before != split:
            cure = "keep each patient in one split"
            raise CohortError(f"patient {patient}", f"stands in {before} and in {split}", cure)
        given[patient] = before or split
    return {name: split or drawn for (name, split), drawn in zip(given.items(), _draw(list(given), seed), strict=True)}


def overruled(rows: Iterable[tuple[str, str | None]], settled: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """Rows (patient, split or None) with what `settled` says of a patient in place of their own.

    >>> list(overruled([("a", "test"), ("b", None)], {"a": "train"}))
    [('a', 'train'), ('b', None)]
    """
    return ((patient, settled.get(patient, split)) for patient, split in rows)


def _draw(patients: Sequence[str], seed: int) -> list[str]:
    order = np.random.default_rng(seed).permutation(len(patients))
    edges = np.cumsum(SHARES) * len(patients)
    return [SPLITS[min(2, int(np.searchsorted(edges, place, side="right")))] for place in order]
