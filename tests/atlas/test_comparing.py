from __future__ import annotations

import json
import math
import re

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from lesionary.atlas.comparing import Line, compare
from lesionary.atlas.markdown import table
from lesionary.atlas.measuring import diameters, long_tail, rank_correlation, words
from lesionary.atlas.reality import Figure, read_figures, read_measured
from lesionary.atlas.statistics import Statistics

RULE = (1, 1, 1)


@pytest.fixture(scope="module")
def counts(material) -> Statistics:
    return Statistics(material, read_measured().labels, RULE)


def test_every_line_of_the_comparison_is_measured(counts):
    for group, measured in counts.figures.items():
        assert set(read_figures()[group].lines) <= set(measured)
    assert list(counts.figures) == list(read_figures())


def test_what_is_missing_is_the_difference_of_what_is_true_and_what_is_said(counts, material):
    truth = dict(material.lesions.select("lesion", "labels").iter_rows())
    said = {lesion: set() for lesion in material.judged["lesion"].drop_nulls()}
    for lesion, label in material.said.iter_rows():
        said[lesion].add(label)
    ontology, listed = material.ontology, set(read_measured().labels)

    def full(labels):
        return set(labels).union(*(ontology.ancestors(label) for label in labels)) & listed

    missing = [len(full(truth[lesion]) - full(labels)) for lesion, labels in said.items()]
    assert counts.lesions["missing"] == pytest.approx(np.mean(missing))
    assert counts.lesions["true"] == pytest.approx(np.mean([len(full(truth[lesion])) for lesion in said]))


def test_relations_are_shares_of_one_whole_and_only_of_the_test_split(counts, material):
    shares = [counts.relations[name] for name in ("relevant", "uncertain", "irrelevant")]
    assert sum(shares) == pytest.approx(1)
    assert counts.relations["judged"] == len(material.judged.filter(pl.col("split") == "test"))


def test_a_stricter_rule_leaves_fewer_labels(material, counts):
    stricter = Statistics(material, {}, (3, 1, 1)).labels["learnable"]
    assert Statistics(material, {}, (10**6, 1, 1)).labels["learnable"] == 0
    assert stricter <= counts.labels["learnable"] <= counts.labels["in_use"]


def test_studies_and_slices_of_sub_types_are_those_of_the_truth(described, counts):
    truth = pl.read_csv(described.truth).filter(pl.col("subtype").fill_null("") != "")
    assert sum(one["slices"] for one in counts.subtypes.values()) == truth["slices"].sum()
    lesions = pl.read_csv(described.cohort / "lesions.csv", infer_schema=False)
    studies = lesions.filter(pl.col("subtype").fill_null("") != "")["study"].n_unique()
    assert sum(one["studies"] for one in counts.subtypes.values()) == studies


def line(ours: float, real: float) -> Line:
    return Line("n", Figure(what="w", source="s", decimals=1, real=real), ours)


@pytest.mark.parametrize(
    ("ours", "agrees"), [(8.0, True), (12.5, True), (12.6, False), (7.9, False), (math.nan, False)]
)
def test_numbers_agree_within_a_quarter(ours, agrees):
    assert line(ours, 10.0).agrees is agrees


def test_a_phantom_like_the_papers_cohort_agrees_with_all_of_table_1():
    real = {"ACA": (54, 1707), "NAA": (35, 245), "GN": (58, 1047), "AM": (33, 350), "PCC": (49, 716)}
    same = {name: {"studies": studies, "slices": slices} for name, (studies, slices) in real.items()}
    empty = {name: dict.fromkeys(group.lines, math.nan) for name, group in read_figures().items()}
    *_, section = compare(empty, same)
    assert [one.ours for one in section.lines] == pytest.approx([one.figure.real for one in section.lines])
    assert [round(one.ours, 3) for one in section.lines[:2]] == [0.236, 0.153]
    *_, lacking = compare(empty, {"ACA": same["ACA"]})
    assert {one.name for one in lacking.lines if one.agrees} == {"slices_a_study_ACA"}


def test_a_figure_is_published_or_measured_and_never_both():
    common = {"what": "w", "source": "s", "decimals": 0}
    for wrong in ({}, {"real": 1.0, "measured": "words_median"}):
        with pytest.raises(ValidationError, match="either real or measured"):
            Figure(**common, **wrong)


def test_equal_frequencies_have_a_long_tail_of_nothing():
    assert long_tail({str(n): 0.25 for n in range(20)}) == {"top_ten_share": 0.5, "below_one_percent": 0.0}


def test_the_opposite_order_is_a_correlation_of_minus_one():
    assert rank_correlation({"a": 0.1, "b": 0.2, "c": 0.3}, {"a": 0.3, "b": 0.2, "c": 0.1}) == -1
    assert math.isnan(rank_correlation({"a": 0.1}, {"a": 0.3}))


def test_nothing_measured_is_not_a_number():
    assert all(math.isnan(value) for value in (*words([]).values(), *diameters([]).values()))


def test_the_table_has_a_line_a_figure_and_says_how_each_differs(described):
    text = described.table.read_text(encoding="utf-8")
    for group in read_figures().values():
        for figure in group.lines.values():
            (found,) = re.findall(rf"^\| {re.escape(figure.what)} \|.*\| {re.escape(figure.source)} \|$", text, re.M)
            assert re.search(r"\| (agrees|not measured|[\d.]+ (times|of) the real) \|", found)


def test_metrics_are_numbers_beside_numbers(described):
    values = json.loads(described.metrics.read_text(encoding="utf-8"))
    assert values["relations"]["relevant"]["real"] == 0.7427
    assert 0 < values["relations"]["relevant"]["phantom"] < 1
    assert set(values) == {*read_figures(), "subtypes", "rank_correlation"}


def test_the_label_table_holds_every_real_label_and_every_true_one(described, material):
    shares = pl.read_csv(described.plots / "labels.csv")
    true = {label for label, column in material.ontology.index.items() if material.true[:, column].any()}
    assert set(shares["label"]) == {*read_measured().labels, *true}
    assert shares["deeplesion"].is_sorted(descending=True)


def test_a_bar_in_a_cell_does_not_break_the_table():
    assert table(("a",), [("x|y",)]).splitlines()[-1] == "| x\\|y |"
