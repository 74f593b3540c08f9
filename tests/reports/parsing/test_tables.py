"""From reports to pairs, and from pairs to what a judge is given."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.texts import Link, Report
from lesionary.ontology.ours import our_ontology
from lesionary.reports.judges.classifying import Judged, with_predictions
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.tables import bookmarked_sentences, join_judged, mentions_of, pairs_of

TEXT = "FINDINGS: No mass. There is a liver cyst of 14 mm and a spleen nodule of 9 mm.\nStable 3 mm scar."


def report(*links: tuple[str, str | None], text: str = TEXT, name: str = "R-1") -> Report:
    found = tuple(Link(text.index(words), text.index(words) + len(words), lesion) for words, lesion in links)
    return Report(name, "S-1", "P-1", "val", text, found)


def tables(*reports: Report) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    sentences, bookmarks = bookmarked_sentences(reports, {"P-1": "val"}, SetAside())
    return sentences, bookmarks, mentions_of(sentences, MentionFinder(our_ontology()))


def test_a_report_with_hyperlinks_is_taken_at_its_word() -> None:
    sentences, bookmarks, _ = tables(report(("14 mm", "L-1")))
    assert sentences["text"].to_list() == ["There is a liver cyst of 14 mm and a spleen nodule of 9 mm."]
    assert bookmarks.select("kind", "lesion").rows() == [("hyperlink", "L-1")]


def test_without_hyperlinks_sizes_are_the_bookmarks() -> None:
    sentences, bookmarks, _ = tables(report())
    assert len(sentences) == 2
    assert [TEXT[start:end] for start, end in bookmarks.select("start", "end").iter_rows()] == ["14 mm", "9 mm", "3 mm"]


def test_positions_count_in_the_whole_report() -> None:
    _, _, mentions = tables(report(("14 mm", "L-1"), ("9 mm", None)))
    for start, end, label in mentions.select("start", "end", "label").iter_rows():
        assert TEXT[start:end].lower() in {"liver", "liver cyst", "cyst", "spleen", "nodule", "spleen nodule"}, label


def test_every_mention_meets_every_bookmark_of_its_sentence() -> None:
    sentences, bookmarks, mentions = tables(report(("14 mm", "L-1"), ("9 mm", None)))
    pairs = pairs_of(sentences, bookmarks, mentions)
    assert len(pairs) == 2 * len(mentions)
    assert set(pairs["split"]) == {"val"}


def test_a_mention_within_its_bookmark_is_no_pair() -> None:
    text = "See the liver cyst today."
    sentences, bookmarks, mentions = tables(report(("liver cyst", "L-1"), text=text))
    assert len(mentions)
    assert not len(pairs_of(sentences, bookmarks, mentions))


def test_a_judgement_joins_the_mention_that_it_overlaps() -> None:
    drawn = tables(report(("14 mm", "L-1")))
    pairs = pairs_of(*drawn)
    spleen, at = TEXT.index("spleen"), TEXT.index("14 mm")
    rows = [("R-1", spleen - 2, spleen + 3, "spleen", at, "irrelevant"), ("R-1", 0, 4, "spleen", at, "relevant")]
    judged = pl.DataFrame(rows, schema=["report", "start", "end", "label", "bookmark", "relation"], orient="row")
    joined, unmatched = join_judged(pairs, judged)
    assert len(joined) == len(pairs)
    assert joined.filter(pl.col("judged").is_not_null()).select("label", "judged").rows() == [("spleen", "irrelevant")]
    assert unmatched == 1
    known = Judged.of(joined, "val")
    assert (len(known.rows), known.classes.tolist()) == (1, [2])
    with pytest.raises(CohortError, match="has no judged pair of a test patient"):
        Judged.of(joined, "test")


def test_a_report_without_bookmark_is_set_aside() -> None:
    set_aside = SetAside()
    sentences, _ = bookmarked_sentences([report(text="Nothing to see.")], {"P-1": "val"}, set_aside)
    assert not len(sentences)
    assert [(p.subject, p.reason) for p in set_aside.problems] == [("R-1", "has no bookmark")]


@pytest.mark.parametrize(
    "text",
    [
        "Nodules of " + ", ".join(f"{n} mm" for n in range(1, 301)) + ".",
        "A 14 mm " + "liver cyst and " * 3_000 + "scar.",
        "nodule " * 150_000 + "14 mm",
    ],
)
def test_what_is_no_sentence_is_set_aside_and_its_neighbours_are_not(text: str) -> None:
    set_aside = SetAside()
    sentences, bookmarks = bookmarked_sentences(
        [report(text=f"A 9 mm cyst.\n\n{text}\n\nA 3 mm scar.")], {"P-1": "val"}, set_aside
    )
    assert sentences["text"].to_list() == ["A 9 mm cyst.", "A 3 mm scar."]
    assert bookmarks["size_mm"].to_list() == [[9.0], [3.0]]
    assert [(one.kind.value, one.subject) for one in set_aside.problems] == [("sentence", "R-1, sentence 1")]
    assert "over 2000 characters or over 50 bookmarks" in set_aside.problems[0].reason


def test_the_densest_sentence_has_few_enough_pairs_to_judge() -> None:
    text = ("1 mm " * 50 + "nodule " * 300)[:1_999].strip()
    drawn = tables(report(text=text))
    assert len(drawn[1]) == 50
    assert 10_000 < len(pairs_of(*drawn)) < 15_000


def test_in_parts_reports_give_the_same_sentences() -> None:
    reports = [report(name=f"R-{n}", text=TEXT * (n % 3)) for n in range(9)]
    whole = bookmarked_sentences(reports, {"P-1": "val"}, SetAside())
    parts = [bookmarked_sentences([one], {"P-1": "val"}, SetAside()) for one in reports]
    for n in range(2):
        assert pl.concat([part[n] for part in parts]).equals(whole[n])


def test_the_likeliest_relation_is_predicted() -> None:
    table = with_predictions(pl.DataFrame({"label": ["a", "b"]}), np.array([[0.2, 0.5, 0.3], [0.1, 0.2, 0.7]]))
    assert table["predicted"].to_list() == ["uncertain", "irrelevant"]
