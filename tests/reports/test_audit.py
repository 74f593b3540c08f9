"""Judged text, and its agreement with what is found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lesionary.base.errors import CohortError
from lesionary.reports.audit import Audit, Place, agreement, halves, precision_recall

TEXTS = ["No mass. Cyst, 2 cm, near the liver; nodule, 3 mm."]
TABLES = {
    "sentences": "record,start,end,modality\n0,9,50,CT\n",
    "bookmarks": "record,start,end,refers\n0,15,19,lesion\n0,45,49,lesion\n",
    "mentions": "record,start,end,label\n0,9,13,cyst\n0,30,35,liver\n",
    "relations": (
        "record,start,end,label,bookmark,relation\n0,9,13,cyst,15,relevant\n0,9,13,cyst,45,irrelevant\n"
        "0,30,35,liver,15,irrelevant\n0,30,35,liver,45,irrelevant\n"
    ),
}


def written(folder: Path, **changed: str) -> Path:
    for part, text in (TABLES | changed).items():
        (folder / f"own_{part}.csv").write_text(text, "utf-8")
    return folder


def in_order(row: str) -> list[int]:
    return [int(cell) for cell in row.split(",")[:3]]


def test_every_pair_of_a_mention_and_a_bookmark_is_asked(tmp_path: Path) -> None:
    pairs, examples = Audit.read(written(tmp_path), "own").pairs(TEXTS)
    assert list(pairs.select("label", "bookmark", "judged").iter_rows()) == [
        ("cyst", 15, "relevant"),
        ("cyst", 45, "irrelevant"),
        ("liver", 15, "irrelevant"),
        ("liver", 45, "irrelevant"),
    ]
    first = examples[0]
    assert [" ".join(first.tokens[slice(*span)]) for span in (first.first, first.second)] == ["cyst", "2 cm"]
    assert [" ".join(first.tokens[slice(*span)]) for span in (*first.others, *first.other_bookmarks)] == [
        "liver",
        "3 mm",
    ]


@pytest.mark.parametrize(
    ("part", "row", "reason"),
    [
        ("bookmarks", "0,50,50,lesion", "does not start before"),
        ("bookmarks", "0,40,42,organ", "refers"),
        ("mentions", "0,3,7,mass", "in no judged sentence"),
        ("mentions", "0,48,52,mass", "in no judged sentence"),
        ("mentions", "0,30,35,liver", "does not start before"),
        ("relations", "0,37,43,nodule,45,relevant", "no mention"),
        ("relations", "0,30,35,liver,46,relevant", "no bookmark"),
        ("relations", "0,30,35,liver,46,maybe", "relation"),
    ],
)
def test_a_row_that_cannot_be_is_named(tmp_path: Path, part: str, row: str, reason: str) -> None:
    head, *rows = TABLES[part].splitlines()
    folder = written(tmp_path, **{part: "\n".join([head, *sorted([*rows, row], key=in_order)])})
    with pytest.raises(CohortError, match=rf"own_{part}.csv: row {row}.*{reason}"):
        Audit.read(folder, "own")


def test_what_overlaps_and_says_the_same_agrees() -> None:
    true = [Place(0, 10, 20, "cyst"), Place(1, 0, 4, "mass")]
    found = [Place(0, 5, 11, "cyst"), Place(0, 10, 20, "mass"), Place(0, 20, 24, "cyst")]
    assert agreement(found, true, [0, 1]).tolist() == [[[1, 3], [1, 1]], [[0, 0], [0, 1]]]


def test_precision_and_recall_count_over_all_records() -> None:
    counts = np.array([[[3, 4], [3, 3]], [[1, 1], [1, 2]]])
    precision, recall = precision_recall(counts, replicates=500, level=0.95, rng=np.random.default_rng(1))
    assert (precision.value, recall.value) == (4 / 5, 4 / 5)
    assert (precision.low, precision.high) == (3 / 4, 1)  # of one record alone or the other
    assert (recall.low, recall.high) == (1 / 2, 1)


def test_no_record_lies_in_both_halves() -> None:
    records = np.repeat(np.arange(9), [1, 2, 3, 4, 5, 1, 1, 2, 7])
    first = halves(records, np.random.default_rng(0))
    assert not set(records[first]) & set(records[~first])
    assert len(set(records[first])) == 4
