"""Label mentions and plain forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy

from lesionary.ontology.graph import LabelClass, Ontology
from lesionary.ontology.ours import our_ontology
from lesionary.reports.parsing.mentions import Mention, MentionFinder
from lesionary.reports.parsing.tokens import Tokeniser, covering, lemma, plain


@pytest.fixture(scope="module")
def finder() -> MentionFinder:
    return MentionFinder(our_ontology())


def said(finder: MentionFinder, text: str) -> list[tuple[str, str]]:
    return [(text[start:end], label) for start, end, label in finder(text)]


def test_a_word_is_brought_to_its_plain_form_and_not_beyond() -> None:
    pairs = {"masses": "mass", "metastases": "metastasis", "Foci": "focus", "apices": "apex", "mets": "mets"}
    same = ["lower", "left", "pelvis", "hypoattenuating", "pleura", "hematoma", "mass", "ascites", "l4", "hila"]
    assert {word: lemma(word) for word in pairs} == pairs
    assert [lemma(word) for word in same] == same


def test_every_synonym_of_ours_is_found_whole_and_means_its_label(finder: MentionFinder) -> None:
    ontology = our_ontology()
    for label, synonyms in ontology.synonyms.items():
        for synonym in synonyms:
            assert Mention(0, len(synonym), label) in finder(synonym), (label, synonym)


def test_silent_phrases_mention_nothing(finder: MentionFinder) -> None:
    assert [finder(phrase) for phrase in our_ontology().silent] == [[] for _ in our_ontology().silent]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Large NODULES", [("Large", "large"), ("NODULES", "nodule")]),
        ("right\n  lower lobe", [("right\n  lower lobe", "right lower lobe")]),
        ("right\n\nlower lobe", [("lower lobe", "lung")]),
        ("the right. Lower lobe", [("Lower lobe", "lung")]),
        ("ground-glass opacity", [("ground-glass opacity", "ground-glass opacity")]),
        ("sub-pleural, hypo-dense", [("sub-pleural", "subpleural"), ("hypo-dense", "hypoattenuation")]),
        ("renal hilum", [("renal hilum", "renal hilum")]),
        ("humeral head", []),
        ("right lung nodule", [("right lung", "right lung"), ("lung nodule", "lung nodule")]),
        ("RLL mass", [("RLL", "right lower lobe"), ("mass", "mass")]),
        ("massive", [("massive", "large")]),
        ("deliver, chestnut", []),
    ],
)
def test_the_longest_mentions_count(finder: MentionFinder, text: str, expected: list[tuple[str, str]]) -> None:
    assert said(finder, text) == expected


def test_one_place_may_mention_two_labels(finder: MentionFinder) -> None:
    assert {label for _, label in said(finder, "mediastinal adenopathy")} == {
        "mediastinum lymph node",
        "lymphadenopathy",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("left and right kidneys", [("left", "left kidney"), ("right kidneys", "right kidney")]),
        (
            "right upper, middle and lower lobes",
            [("right upper", "right upper lobe"), ("middle", "right mid lung"), ("lower lobes", "right lower lobe")],
        ),
        ("pancreatic head or tail", [("pancreatic head", "pancreatic head"), ("tail", "pancreatic tail")]),
        ("hepatic/renal cysts", [("hepatic", "liver cyst"), ("renal cysts", "kidney cyst")]),
        ("adrenal glands and kidneys", [("adrenal glands", "adrenal gland"), ("kidneys", "kidney")]),
        ("right lung and lower lobe", [("right lung", "right lung"), ("lower lobe", "lung")]),
        ("and", []),
        (", and , left", []),
    ],
)
def test_words_that_two_labels_share_count_for_both(
    finder: MentionFinder, text: str, expected: list[tuple[str, str]]
) -> None:
    assert said(finder, text) == expected


def test_pipe_gives_for_many_texts_what_each_would_give_alone(finder: MentionFinder) -> None:
    texts = ["liver cyst", "", "left kidney " * 5_000, "\x00", "a nodule"] * 3
    assert list(finder.pipe(iter(texts))) == [finder(text) for text in texts]
    assert list(finder.pipe([])) == []


def test_places_hold_although_characters_are_strange(finder: MentionFinder) -> None:
    assert said(finder, "\x00a\x07liver\u2014cyst\x92s\u00a0\x1fmass") == [
        ("liver\u2014cyst", "liver cyst"),
        ("mass", "mass"),
    ]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The hernia neck measures 2.7 cm", "hernia"),
        ("neck of the aneurysm", "aneurysm"),
        ("at the renal artery origin", "blood vessel"),
        ("the left atrium", "cardiac"),
        ("an intracardiac clot", "cardiac"),
        ("the left cerebral peduncle", "head"),
        ("marrow edema", "bone"),
        ("T7 compression", "thoracic spine"),
    ],
)
def test_a_part_or_vessel_is_no_other_organ(finder: MentionFinder, text: str, label: str) -> None:
    assert [mention.label for mention in finder(text)] == [label]


def test_the_window_of_a_picture_is_no_place(finder: MentionFinder) -> None:
    assert said(finder, "on the mediastinal windows, lung windows and bone windows") == []


@pytest.mark.parametrize("unit", ["mass and ", "kidney, ", "kidney/", "(", "left and right kidneys "])
def test_a_report_of_300_000_characters_is_read(finder: MentionFinder, unit: str) -> None:
    text = unit * (300_000 // len(unit))
    assert all(text[start:end].strip() for start, end, _ in finder(text))


def test_any_ontology_will_do() -> None:
    labels = {"left ear": LabelClass.BODYPART}
    own = Ontology(labels, {"left ear": ("left ear", "sinister ear")}, {}, {}, silent=("left ear lobe",))
    assert said(MentionFinder(own), "Sinister ears, left ear lobes, left ears") == [
        ("Sinister ears", "left ear"),
        ("left ears", "left ear"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "right lower lobe nodule; left upper and lower lobe masses, hypoattenuating liver lesions",
        "Metastases in both kidneys/adrenals, lower mediastinal lymphadenopathy, ground-glass opacities.",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\r\n", "\t", "  ", "\u00a0", " \x00", "\x1f ", "\u2003", "\n   "])
def test_any_white_space_between_words_leaves_the_same_words_mentioned(
    finder: MentionFinder, text: str, gap: str
) -> None:
    changed = f"\ufeff\u00e9\U0001f600{gap}{text.replace(' ', gap)}"
    found = [(words.replace(gap, " "), label) for words, label in said(finder, changed)]
    assert found == said(finder, text)
    assert len(found) > 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("right lower lobe", {"right lower lobe"}),  # lower is not low
        ("hypoattenuating lesion", {"hypoattenuation"}),  # not hypoattenuate
        ("masses", {"mass"}),  # not masse
        ("metastases", {"metastasis"}),
        ("right upper and middle lobes", {"right upper lobe", "right mid lung"}),
        ("left and right kidneys", {"left kidney", "right kidney"}),
        ("RLL, LUL", {"right lower lobe", "left upper lung"}),
        ("left lower lobes and left upper lobe", {"left lower lobe", "left upper lung"}),
        ("low density", {"hypoattenuation"}),
    ],
)
def test_the_traps_of_plain_forms_are_avoided(finder: MentionFinder, text: str, expected: set[str]) -> None:
    assert {label for _, label in said(finder, text)} == expected


def test_words_are_those_of_spacy_reading_the_whole_text(shared_data: Path) -> None:
    """Ours are remembered by the run of characters between white space."""
    whole = spacy.blank("en")
    for one in json.loads((shared_data / "mtsamples/mtsamples_radiology.json").read_text("utf-8"))[:80]:
        text = plain(one["text"])
        slow = [(token.text, token.idx) for token in whole(text) if not token.text.isspace()]
        assert [(word.text, word.start) for word in Tokeniser()(text)] == slow


def test_words_have_exact_places() -> None:
    text = "A 2.3cm well-defined\n mass\x00."
    words = Tokeniser()(text)
    assert [text[word.start : word.end] for word in words] == [
        "A", "2.3", "cm", "well", "-", "defined", "mass", ".",
    ]  # fmt: skip
    assert covering(words, 8, 26) == (3, 7)
    assert covering(words, 28, 28) == (0, 0)
    assert len(plain(text)) == len(text)


def test_mentions_of_real_reports_lie_at_word_borders(shared_data: Path, finder: MentionFinder) -> None:
    texts = [one["text"] for one in json.loads((shared_data / "mtsamples/mtsamples_radiology.json").read_text("utf-8"))]
    found = list(finder.pipe(texts[:60]))
    assert sum(map(len, found)) > 500
    for text, mentions in zip(texts, found, strict=False):
        for start, end, _ in mentions:
            assert not text[start - 1 : start + 1].isalnum() or start == 0
            assert not text[end - 1 : end + 1].isalnum() or end == len(text)
