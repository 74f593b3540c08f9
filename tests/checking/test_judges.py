"""How long judging relations would take."""

from __future__ import annotations

import json
import subprocess
from itertools import count
from pathlib import Path

import pytest
from own_cohort import texts

from lesionary.checking.judges import Asked, Judges, judging_step
from lesionary.checking.mentions import Sample
from lesionary.checking.starting import seconds_to_start
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.texts import Report
from lesionary.ontology.ours import our_ontology
from lesionary.params.phantom import PhantomParams
from lesionary.params.reports import JudgeParams
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.tables import bookmarked_sentences, mentions_of, pairs_of

PARAMS = Path(__file__).parents[2] / "params.yaml"
PHANTOM = Asked(pairs=3_000, val=1_200, test=0)
START = 5.0


@pytest.fixture(scope="module")
def sample() -> Sample:
    """Ten reports, each with a size beside two labels: twenty pairs."""
    reports = [
        Report(str(row["report"]), str(row["study"]), str(row["study"]), "val", str(row["text"]), ())
        for row in texts()["reports"]
    ]
    sentences, bookmarks = bookmarked_sentences(reports, {one.patient: "val" for one in reports}, SetAside())
    mentions = mentions_of(sentences, MentionFinder(our_ontology()))
    return Sample(sentences, bookmarks, mentions, pairs_of(sentences, bookmarks, mentions))


def judges(*rows: str) -> Judges:
    return Judges({row: JudgeParams.load_row(row, PARAMS) for row in rows}, rows[0], "en")


@pytest.fixture
def _a_second_a_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the clock finds it a second later, so that each piece of work that is timed takes one."""
    ticks = count()
    monkeypatch.setattr("lesionary.checking.judges.time.perf_counter", lambda: float(next(ticks)))
    monkeypatch.setattr("lesionary.checking.judges.seconds_to_start", lambda *_: START)


@pytest.mark.usefixtures("_a_second_a_piece")
def test_what_was_timed_counts_as_often_as_there_are_pairs(sample: Sample) -> None:
    step = judging_step(judges("rules"), sample, Asked(pairs=200, val=40, test=60), PHANTOM)
    # of 20 pairs a second each: reading 200, learning 40 (of 20), judging all as the applied row, and those of test
    assert step.seconds == START + 200 / 20 + 40 / 20 + (200 + 60) / 20
    assert step.how == "20 of 200 pairs were timed, and its start"


@pytest.mark.usefixtures("_a_second_a_piece")
def test_a_network_learns_epoch_by_epoch_what_is_judged(sample: Sample) -> None:
    found = judges("cnn")
    step = judging_step(found, sample, Asked(pairs=200, val=40, test=60), PHANTOM)
    epochs = found.rows["cnn"].epochs
    # sentence vectors of all pairs, and each epoch of those that are judged
    assert step.seconds == START + 200 / 20 + 200 / 20 + epochs * 40 / 20 + (200 + 60) / 20


@pytest.mark.usefixtures("_a_second_a_piece")
def test_where_nobody_judged_the_applied_row_alone_learns_what_the_phantom_has(sample: Sample) -> None:
    found = judges("cnn", "rules")
    epochs = found.rows["cnn"].epochs
    step = judging_step(found, sample, Asked(pairs=20, val=0, test=0), PHANTOM)
    # its own pairs are read and judged, the phantom's are read and learnt; a thousand are timed
    assert step.seconds == START + (20 + 3000) / 20 + 3000 / 1000 + epochs * 1200 / 1000 + 20 / 20
    assert step.how == "20 of 20 pairs were timed, and its start; learning of 1200 judgements of the phantom"


def test_the_phantom_has_as_many_pairs_as_are_counted_of_it() -> None:
    counted = json.loads((PARAMS.parent / "metrics" / "relations.json").read_text("utf-8"))["pairs"]
    asked = Asked.of_phantom(PhantomParams.load(PARAMS))
    assert (asked.pairs, asked.val) == pytest.approx((counted["all"], counted["val"]), rel=0.05)


def test_a_start_is_that_of_a_process_of_its_own() -> None:
    assert seconds_to_start("lesionary.base.errors") > 0
    with pytest.raises(subprocess.CalledProcessError):
        seconds_to_start("lesionary.no_such_module")
