"""Reports without identities."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from lesionary.cohorts.identities import Known
from lesionary.cohorts.naming import Identities
from lesionary.cohorts.texts import Link, Report
from lesionary.params.reports import Scrub
from lesionary.reports.parsing.bookmarks import find_bookmarks
from lesionary.reports.parsing.sentences import split_sentences
from lesionary.reports.scrubbing.scrubbing import Scrubber, scrub

DOE = Identities({"DOE^JANE"}, {"MRN-4711"}, {"19580412"})
TEXT = (
    "HISTORY: Ms. Jane Doe (MRN-4711), born April 12, 1958. Referred by Dr. C. Frollo.\nFINDINGS: Hepatic cyst,\n"
    "2.3 x 2.1 cm on 3/4/2019 and 14 mm now (series 4, image 120). JANE\nDOE was told at "
    "10:35 a.m., phone 555-123-4567.\n"
    "IMPRESSION:\n1. Cyst.\n2. Stable since 2015; see jane@doe.example, 1.2.840.113619.2.55.3"
)
ALL = tuple(Scrub)


def test_nothing_that_names_anybody_is_left() -> None:
    clean, counts = scrub(TEXT, DOE, ALL)
    left = clean.lower()
    told = ("jane", "doe", "frollo", "4711", "1958", "april", "3/4", "10:35", "555", "4567", "840", "example")
    assert not [one for one in told if one in left]
    assert {rule for rule, count in counts.items() if count} == set(Scrub)


def test_every_place_sentence_and_bookmark_stays() -> None:
    clean, _ = scrub(TEXT, DOE, ALL)
    assert len(clean) == len(TEXT)
    assert list(split_sentences(clean)) == list(split_sentences(TEXT))
    assert find_bookmarks(clean) == find_bookmarks(TEXT)
    assert [one.past for one in find_bookmarks(clean) if one.size_mm] == [True, False]


def test_scrubbing_twice_is_scrubbing_once() -> None:
    once, _ = scrub(TEXT, DOE, ALL)
    assert scrub(once, DOE, ALL)[0] == once


def test_a_rule_that_is_off_leaves_what_it_finds() -> None:
    clean, counts = scrub(TEXT, DOE, [Scrub.DATES])
    assert "Jane Doe" in clean
    assert "3/4/2019" not in clean
    assert set(counts) == {Scrub.DATES}
    assert scrub(TEXT, DOE, []) == (TEXT, {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\r\n",
        "É\u0301cole",
        "\U0001f600 Jane\u0301 ",
        "Jane" * 20_000,
        "a@" * 20_000,
        "1." * 20_000,
        "Dr. " + " " * 50_000,
    ],
)
@pytest.mark.timeout(20)
def test_strange_texts_keep_their_length_and_cost_no_square_of_it(text: str) -> None:
    assert len(scrub(text, DOE, ALL)[0]) == len(text)


def report(name: str, text: str, identities: Identities | None = None) -> Report:
    return Report(name, "S-1", "P-1", None, text, (Link(0, 4, None),), identities or Identities())


def test_a_report_is_scrubbed_of_its_study_its_patient_and_its_own_row(tmp_path: Path) -> None:
    known = Known({"S-1": Identities({"Roe"}), "P-1": Identities(set(), {"ABC9"}), "S-2": Identities({"Poe"})})
    scrubber = Scrubber(ALL, known)
    texts = [report("R-1", "Roe, abc9, Poe, X77Y on 3/4/2019.", Identities(set(), {"X77Y"})), report("R-2", "Cyst.")]
    first, second = scrubber(texts)
    assert first.text == "Xxx, xxx0, Poe, X00X on 0/0/0000."
    assert (first.links, first.identities, second.text) == (texts[0].links, Identities(), "Cyst.")
    scrubber.write(tmp_path / "scrubbed.csv")
    assert pl.read_csv(tmp_path / "scrubbed.csv").rows() == [("R-1", "known", 3), ("R-1", "dates", 1)]
