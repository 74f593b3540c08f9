"""Sentences of a report."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from lesionary.reports.parsing.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end, _ in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A cyst. No mass.", ["A cyst.", "No mass."]),
        ("A nodule of 2.3 x 2.1 cm. No mass.", ["A nodule of 2.3 x 2.1 cm.", "No mass."]),
        ("It is 14 mm. in diameter.", ["It is 14 mm. in diameter."]),
        ("Cyst vs. abscess, e.g. of Dr. J. Smith.", ["Cyst vs. abscess, e.g. of Dr. J. Smith."]),
        ("It weighs 353 g. The rest is well.", ["It weighs 353 g.", "The rest is well."]),
        ("Series 4. Image 120.", ["Series 4.", "Image 120."]),
        ("? metastasis in the liver. Cyst.", ["? metastasis in the liver.", "Cyst."]),
        ("Nodule? Stable.", ["Nodule?", "Stable."]),
        ("Large mass.No nodes.", ["Large mass.", "No nodes."]),
        ("Small cyst. the spleen is normal.", ["Small cyst.", "the spleen is normal."]),
        ("(A cyst.) No mass.", ["(A cyst.)", "No mass."]),
        ("1. Cyst.\n2. Mass measuring\n   3 cm.\n10) Scar", ["Cyst.", "Mass measuring 3 cm.", "Scar"]),
        ("IMPRESSION: 1. Cyst. 2. Mass.", ["Cyst.", "Mass."]),
        ("- cyst\n- mass\n* scar\n• node", ["cyst", "mass", "scar", "node"]),
        ("A mass in the right\nlower lobe. A\nnode.", ["A mass in the right lower lobe.", "A node."]),
        ("A mass in the\nRight lower lobe.", ["A mass in the Right lower lobe."]),
        ("CT OF THE CHEST\nThe lungs are clear.", ["CT OF THE CHEST", "The lungs are clear."]),
        ("LIVER: A 2 cm cyst.", ["LIVER: A 2 cm cyst."]),
        ("No mass\r\n\r\nNo node", ["No mass", "No node"]),
        ("", []),
        (" \n\t\x00 .\n--\n", []),
    ],
)
def test_a_report_is_parted_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_full_line_goes_on_in_the_next_one_even_before_a_capital() -> None:
    text = "There is a low attenuation lesion with a\nHounsfield value of 12.\nNo mass."
    assert sentences(text) == ["There is a low attenuation lesion with a Hounsfield value of 12.", "No mass."]


def test_every_sentence_knows_its_heading() -> None:
    text = "CT chest.\nREASON FOR EXAM: Cough.\nFindings: Cyst. IMPRESSION: Scar.\nTechnique and findings\nMass."
    assert [(text[s.start : s.end], s.section) for s in split_sentences(text)] == [
        ("CT chest.", ""),
        ("Cough.", "reason for exam"),
        ("Cyst.", "findings"),
        ("Scar.", "impression"),
        ("Mass.", "technique and findings"),
    ]


def test_places_are_those_of_the_text_as_written() -> None:
    text = "FINDINGS:\r\n\x00 A “2.3 × 2.1” cm\x1fmass\x0c\r\nin the lung."
    (only,) = split_sentences(text)
    assert text[only.start : only.end] == "A “2.3 × 2.1” cm\x1fmass\x0c\r\nin the lung."


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\x0c\n"])
def test_sentences_are_the_same_with_any_line_ends(end: str) -> None:
    lines = [
        "FINDINGS:",
        "A mass in the right",
        "lower lobe, 2.3 x",
        "2.1 cm\u2003\x00here. \ufeffNo node.",
        "",
        "1. Cyst.",
    ]
    parted = [text[s.start : s.end].replace(end, "\n") for text in [end.join(lines)] for s in split_sentences(text)]
    assert parted == ["A mass in the right\nlower lobe, 2.3 x\n2.1 cm\u2003\x00here.", "\ufeffNo node.", "Cyst."]


@pytest.mark.parametrize("unit", ["a. ", "1. ", ". ", "\n", "a\n", "A. B ", "x", " ", "findings: ", "-"])
def test_a_report_of_300_000_characters_is_read(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    for first, second in pairwise(split_sentences(text)):
        assert first.start < first.end <= second.start


def test_sentences_of_real_reports_follow_each_other_and_lose_no_finding(shared_data: Path) -> None:
    for report in json.loads((shared_data / "mtsamples" / "mtsamples_radiology.json").read_text("utf-8")):
        text, at, lost = report["text"], 0, ""
        for start, end, _ in split_sentences(text):
            assert at <= start < end
            assert text[start:end] == text[start:end].strip()
            lost += text[at:start]
            at = end
        assert not [word for word in (lost + text[at:]).lower().split() if word in ("mm", "cm", "mass", "cyst")]
