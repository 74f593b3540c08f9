"""How a sentence with its mentions and bookmarks is parted."""

from __future__ import annotations

from typing import Any

import polars as pl

from lesionary.site.sentences import blocks, choose

TEXT = "left lung nodule 5 mm, cyst"


def mention(text: str, label: str, predicted: str = "relevant") -> dict[str, Any]:
    start = 100 + TEXT.index(text)
    chances = {f"p_{name}": 1 / 3 for name in ("relevant", "uncertain", "irrelevant")}
    return {"start": start, "end": start + len(text), "label": label, "predicted": predicted, "bookmark": 117} | {
        **chances,
        "judged": None,
    }


def parted(*mentions: dict[str, Any]) -> list[tuple[str, list[str]]]:
    sentence = {"start": 100, "end": 100 + len(TEXT), "text": TEXT}
    mark = {"start": 117, "end": 121}
    found = blocks(sentence, [mark], mentions, {})
    return [("".join(piece.text for piece in one.pieces), [tag.label for tag in one.tags]) for one in found]


def test_mentions_that_overlap_share_a_block() -> None:
    assert parted(mention("left lung", "left lung"), mention("lung nodule", "nodule"), mention("cyst", "cyst")) == [
        ("left lung nodule", ["left lung", "nodule"]),
        (" 5 mm, ", []),
        ("cyst", ["cyst"]),
    ]


def test_mentions_that_touch_do_not() -> None:
    assert [text for text, labels in parted(mention("left ", "left"), mention("lung", "lung")) if labels] == [
        "left ",
        "lung",
    ]


def test_no_character_is_lost_or_said_twice() -> None:
    for mentions in ([], [mention("nodule 5", "x")], [mention(TEXT, "all"), mention("lung", "lung")]):
        assert "".join(text for text, _ in parted(*mentions)) == TEXT


def test_a_block_has_the_colour_of_its_strongest_relation() -> None:
    pair = [mention("left lung", "a", "irrelevant"), mention("lung nodule", "b", "uncertain")]
    sentence = {"start": 100, "end": 100 + len(TEXT), "text": TEXT}
    assert next(blocks(sentence, [], pair, {})).relation == "uncertain"


def test_every_patient_is_heard_before_one_is_heard_twice() -> None:
    places = [("r1", 0, "p1"), ("r1", 1, "p1"), ("r2", 0, "p2"), ("r3", 0, "p3")]
    said = {"r1": ["relevant", "uncertain"], "r2": ["relevant"], "r3": ["relevant"]}
    sentences = pl.DataFrame(
        [
            {"report": report, "sentence": n, "patient": patient, "split": "train" if report == "r3" else "test"}
            for report, n, patient in places
        ]
    )
    relations = pl.DataFrame(
        [
            {"report": report, "sentence": n, "label": "cyst", "predicted": relation, "lesion": None}
            for report, n, _ in places
            for relation in said[report]
        ]
    )
    chosen = [(row["report"], row["sentence"]) for row in choose(sentences, relations, 5)]
    assert chosen == [("r1", 0), ("r2", 0), ("r1", 1)]
