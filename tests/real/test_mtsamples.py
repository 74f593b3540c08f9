"""What was judged by hand in MTSamples, whose text is not in the repository."""

from __future__ import annotations

import json
import runpy
from collections import Counter
from pathlib import Path

import pytest

from lesionary.ontology.ours import our_ontology
from lesionary.reports.audit import Audit
from lesionary.reports.parsing.sentences import split_sentences

JUDGED = Path(__file__).parents[2] / "real" / "judged"


@pytest.fixture(scope="module")
def audit() -> Audit:
    return Audit.read(JUDGED, "mtsamples")


@pytest.fixture(scope="module")
def texts(shared_data: Path) -> list[str]:
    return [one["text"] for one in json.loads((shared_data / "mtsamples/mtsamples_radiology.json").read_text("utf-8"))]


def test_150_sentences_are_judged_those_of_ct_apart(audit: Audit) -> None:
    assert Counter(audit.sentences["modality"]) == {"CT": 85, "other": 65}


def test_every_judged_label_is_in_the_ontology(audit: Audit) -> None:
    assert set(audit.mentions["label"]) <= set(our_ontology().labels)


def test_judged_places_hold_words_of_the_text(audit: Audit, texts: list[str]) -> None:
    for table in (audit.sentences, audit.bookmarks, audit.mentions):
        for record, start, end in table.select("record", "start", "end").iter_rows():
            words = texts[record][start:end]
            assert len(words) == end - start
            assert words == words.strip()
            assert not texts[record][start - 1 : start + 1].isalnum() or start == 0
            assert not texts[record][end - 1 : end + 1].isalnum() or end == len(texts[record])


def test_judged_sentences_are_sentences(audit: Audit, texts: list[str]) -> None:
    for record, start, end, _ in audit.sentences.iter_rows():
        assert (start, end) in {(one.start, one.end) for one in split_sentences(texts[record])}


def test_no_pair_is_left_unjudged(audit: Audit, texts: list[str]) -> None:
    pairs, examples = audit.pairs(texts)
    assert len(pairs) == len(examples) == len(audit.relations)
    assert pairs["judged"].null_count() == 0


def test_what_is_covered_is_what_was_judged(texts: list[str]) -> None:
    """Where a rule finds other passages than then, its precision would be of others: `scrubbed` ends the program."""
    scrubbed = runpy.run_path(str(JUDGED.parent / "mtsamples_scrubbed.py"))["scrubbed"]
    rows, characters = scrubbed(texts)
    assert characters == 529_851
    assert {row[0]: row[1] for row in rows} == {"known": 0, "dates": 365, "names": 12, "numbers": 0, "contacts": 0}
    with pytest.raises(SystemExit, match="judge them again"):
        scrubbed([])
