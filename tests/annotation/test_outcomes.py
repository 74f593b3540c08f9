"""Single lesions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from lesionary.annotation.dataset import Labels
from lesionary.annotation.outcomes import Verdict, outcomes, sentences_of, spread_lesions

NAMES = ("lung", "left lung", "liver", "nodule")
CLOSURE = np.array([[0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], bool)


def labels(hand: list[list[int]], mined: list[list[int]] | None = None) -> Labels:
    """Test lesions, two a patient, behind a validation lesion that has every label and one that has none."""
    truth = np.array([[1] * 4, [0] * 4, *hand], bool)
    known = np.array([[1] * 4, [0] * 4, *(hand if mined is None else mined)], bool)
    count = len(truth)
    lesions = pl.DataFrame(
        {
            "lesion": [f"l{n}" for n in range(count)],
            "patient": ["v", "v", *(f"p{n // 2}" for n in range(count - 2))],
            "split": ["val"] * 2 + ["test"] * (count - 2),
            "mined": [True] * count,
            "by_hand": [False] * 2 + [True] * (count - 2),
        }
    )
    kinds = ["bodypart"] * 3 + ["type"]
    table = pl.DataFrame({"label": NAMES, "class": kinds, "train": [9, 5, 4, 3]})
    matrices = {"hand": truth, "relevant_expanded": known, "uncertain_expanded": np.zeros_like(truth)}
    return Labels(lesions, NAMES, table, matrices, CLOSURE, np.zeros((4, 4), bool))


def test_parents_of_what_is_shown_are_left_out() -> None:
    known = labels([[1, 1, 0, 1]], [[1, 1, 0, 0]])
    scores = np.array([[0.9] * 4, [0.0] * 4, [0.5, 0.8, 0.6, 0.95]], np.float32)
    found = outcomes(known, scores, 2)
    assert [(one.verdict, one.label, one.unsaid) for one in found] == [
        (Verdict.RIGHT, "nodule", True),
        (Verdict.RIGHT, "left lung", False),
        (Verdict.WRONG, "liver", False),
    ]


def test_of_a_missed_label_its_missed_parent_is_not_said() -> None:
    found = outcomes(labels([[1, 1, 0, 0]]), np.array([[0.9] * 4, [0.0] * 4, [0.1] * 4], np.float32), 2)
    assert [(one.verdict, one.label) for one in found] == [(Verdict.MISSED, "left lung")]


def test_every_coarse_body_part_is_shown_before_one_is_shown_twice() -> None:
    lung, liver = [1, 1, 0, 0], [0, 0, 1, 0]
    known = labels([lung, lung, lung, lung, lung, liver, liver, lung])
    for seed in range(5):
        chosen = spread_lesions(known, 3, np.random.default_rng(seed))
        parts = known.matrices["hand"][chosen]
        assert parts[:, 2].sum() in (1, 2)
        assert known.lesions["patient"].gather(chosen).n_unique() == 3


def test_all_are_shown_where_fewer_are_there_than_wanted() -> None:
    assert sorted(spread_lesions(labels([[1, 0, 0, 0], [0, 0, 0, 1]]), 9, np.random.default_rng(0))) == [2, 3]


def test_where_nothing_was_labelled_by_hand_lesions_are_shown_with_their_mined_labels() -> None:
    known = labels([[0, 0, 0, 0], [0, 0, 0, 0]], [[1, 1, 0, 0], [0, 0, 1, 0]])
    known = replace(known, lesions=known.lesions.with_columns(by_hand=pl.lit(value=False)))
    assert sorted(spread_lesions(known, 9, np.random.default_rng(0))) == [2, 3]
    found = outcomes(known, np.array([[0.9] * 4, [0.0] * 4, [0.8, 0.8, 0.8, 0.1], [0.1] * 4], np.float32), 2)
    assert [(one.verdict, one.label, one.unsaid) for one in found] == [
        (Verdict.RIGHT, "left lung", False),
        (Verdict.WRONG, "liver", False),
    ]


def test_a_lesion_of_which_no_report_speaks_is_not_shown() -> None:
    known = labels([[1, 1, 0, 0], [0, 0, 1, 0]])
    known = replace(known, lesions=known.lesions.with_columns(mined=pl.col("lesion") != "l3"))
    assert spread_lesions(known, 9, np.random.default_rng(0)) == [2]


def test_the_reference_to_a_lesion_is_covered_in_its_sentence() -> None:
    text = "A cyst \n(4:120) of the liver."
    sentences = pl.DataFrame({"report": ["r"], "sentence": [0], "start": [50], "end": [50 + len(text)], "text": [text]})
    place = 50 + text.index("4:120")
    marks = pl.DataFrame({"report": ["r"], "sentence": [0], "start": [place], "end": [place + 5], "lesion": ["l"]})
    assert sentences_of(["l", "other"], sentences, marks) == {"l": "A cyst (BOOKMARK) of the liver."}
