"""The released label files, when they are not as released."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lesionary.annotation.released import read_hand_labelled, read_released
from lesionary.base.errors import CohortError

MINED = {
    "term_list": ["chest", "lung"],
    **{f"{part}_lesion_idxs": [7] for part in ("train", "val", "test")},
    **{f"{part}_{kind}_labels": [[0, 0]] for part in ("train", "val", "test") for kind in ("relevant", "uncertain")},
}


def write(folder: Path, content: Any) -> Path:
    path = folder / "released.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_labels_of_a_lesion_that_stands_twice_are_joined_and_each_counts_once(tmp_path: Path) -> None:
    given = [(8, ["cyst"]), (3, ["lung", "lung"]), (8, ["liver", "cyst"])]
    path = write(tmp_path, [{"text": "", "lesion_idx": n, "expanded_terms": terms} for n, terms in given])
    assert read_hand_labelled(path, 9) == [(3, ["lung"]), (8, ["cyst", "liver"])]


HAND = {
    "no JSON": ("[", "is no JSON"),
    "mined": (MINED, "holds labels that were mined from text, not given by hand"),
    "no list": ({"lesion_idx": 1}, "is no list of lesions"),
    "no lesion": ([{"expanded_terms": []}], "lesion 0: has no lesion_idx or no expanded_terms"),
    "no terms": ([{"lesion_idx": 1, "expanded_terms": "cyst"}], "lesion 0: has no lesion_idx or no expanded_terms"),
    "a number": ([3], "lesion 0: has no lesion_idx"),
    "beyond": ([{"lesion_idx": 9, "expanded_terms": []}], "lesion 0: its lesion_idx 9 is no row of 9"),
    "below": ([{"lesion_idx": -1, "expanded_terms": []}], "its lesion_idx -1 is no row"),
}


@pytest.mark.parametrize(("content", "reason"), HAND.values(), ids=HAND)
def test_a_file_of_hand_labelled_lesions_that_is_none_is_told(tmp_path: Path, content: Any, reason: str) -> None:
    with pytest.raises(CohortError, match=reason):
        read_hand_labelled(write(tmp_path, content), 9)


MINED_FAULTS = {
    "another length": (MINED | {"val_relevant_labels": []}, "has lists of different length for val .take the released"),
    "no list": ({name: lists for name, lists in MINED.items() if name != "test_lesion_idxs"}, "for test .KeyError."),
    "no lists": (MINED | {"train_uncertain_labels": 3}, "has no lists of lesions and labels for train .TypeError."),
    "a name": (MINED | {"val_lesion_idxs": ["seven"]}, "has no lists of lesions and labels for val .ValueError."),
    "a label beyond": (MINED | {"test_relevant_labels": [[2]]}, "for test .IndexError."),
    "a label below": (MINED | {"test_relevant_labels": [[-1]]}, "for test .ValueError."),
    "no labels": ({"train_lesion_idxs": [7]}, "holds no term_list"),
    "given by hand": ([], "holds a list, as the hand-labelled lesions .* .give it as --labels"),
    "no JSON": ("{", "is no JSON"),
}


@pytest.mark.parametrize(("content", "reason"), MINED_FAULTS.values(), ids=MINED_FAULTS)
def test_a_file_of_mined_labels_that_is_none_is_told(tmp_path: Path, content: Any, reason: str) -> None:
    with pytest.raises(CohortError, match=reason):
        read_released(write(tmp_path, content))


def test_a_label_that_stands_twice_counts_once_and_what_is_not_listed_is_not_said(tmp_path: Path) -> None:
    found = read_released(write(tmp_path, MINED | {"train_irrelevant_labels": [[1]]}))
    assert found["val"].labels == ("chest", "lung")
    assert (found["val"].lesions.tolist(), found["val"].relevant.tolist()) == ([7], [[True, False]])
    assert [found[part].irrelevant.tolist() for part in ("train", "val")] == [[[False, True]], [[False, False]]]


def test_the_real_files_are_told_apart(shared_data: Path) -> None:
    folder = shared_data / "lesanet"
    found = read_hand_labelled(folder / "hand_labeled_test_set_first100.json", 32_735)
    assert (len(found), dict(found)[1725][:2]) == (100, ["abdomen", "abdomen lymph node"])
    with pytest.raises(CohortError, match="mined from text"):
        read_hand_labelled(folder / "text_mined_labels_171_and_split.json", 32_735)
