from collections import Counter

import numpy as np
import pytest

from lesionary.ontology.ours import our_ontology
from lesionary.phantom.kinds import Description, describe, draw_kind
from lesionary.phantom.manner import Manner
from lesionary.phantom.pages import Report
from lesionary.phantom.reporting import write_report
from lesionary.phantom.telling import Relation, Told
from lesionary.phantom.wording import Side, wording
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.sentences import split_sentences

Written = list[tuple[list[Told], Report]]
ONTOLOGY = our_ontology()


def told(sex: str, rng: np.random.Generator) -> Told:
    while True:
        what, part = describe(draw_kind(rng, sex), rng)
        if wording().suits(what.labels, sex):
            side = Side.of(part.place.value)
            return Told(what, what.diameter_mm, 0.8 * what.diameter_mm, 2, int(rng.integers(8, 99)), side)


def written(number: int, *, noise: float = 1.0, typos: float = 0.0) -> Written:
    reports = []
    for seed in range(number):
        rng, sex = np.random.default_rng([1, seed]), "FM"[seed % 2]
        findings = [told(sex, rng) for _ in range(1 + seed % 4)]
        reports.append((findings, write_report(findings, Manner(sex, noise, typos), np.random.default_rng([2, seed]))))
    return reports


@pytest.fixture(scope="module")
def usual() -> Written:
    return written(500)


def above(labels: set[str]) -> set[str]:
    return labels.union(*(ONTOLOGY.ancestors(label) for label in labels)) if labels else labels


def unsaid(reports: Written) -> list[int]:
    """Labels that are true and that no sentence says, a finding; both with all their parents."""
    missing = []
    for findings, report in reports:
        for index, finding in enumerate(findings):
            at = {link.start for link in report.links if link.finding == index}
            said = {j.label for j in report.judgements if j.bookmark in at and j.relation is Relation.RELEVANT}
            missing.append(len(above(set(finding.description.labels)) - above(said)))
    return missing


def shares(reports: Written) -> dict[Relation, float]:
    counts = Counter(judgement.relation for _, report in reports for judgement in report.judgements)
    return {relation: counts[relation] / counts.total() for relation in Relation}


def test_pairs_divide_as_in_the_paper(usual):
    share = shares(usual)  # 4648 : 443 : 1167 (LesaNet, 5.1)
    assert share[Relation.RELEVANT] == pytest.approx(0.743, abs=0.03)
    assert share[Relation.UNCERTAIN] == pytest.approx(0.071, abs=0.015)
    assert share[Relation.IRRELEVANT] == pytest.approx(0.186, abs=0.03)


def test_as_many_labels_are_unsaid_as_in_the_paper(usual):
    assert np.mean(unsaid(usual)) == pytest.approx(1.2, abs=0.15)  # 4.2 of 5.4 (LesaNet, 5.1)


def test_without_noise_nothing_is_hedged_and_next_to_nothing_unsaid():
    quiet = written(60, noise=0.0)
    assert shares(quiet)[Relation.UNCERTAIN] == 0
    assert np.mean(unsaid(quiet)) < 0.1


def test_more_noise_leaves_more_unsaid_and_open(usual):
    loud = written(200, noise=2.0)
    assert np.mean(unsaid(loud)) > np.mean(unsaid(usual)) + 0.3
    assert shares(loud)[Relation.UNCERTAIN] > shares(usual)[Relation.UNCERTAIN] + 0.02


def test_equal_seeds_write_equal_reports():
    assert [report for _, report in written(8, typos=0.05)] == [report for _, report in written(8, typos=0.05)]


def test_every_finding_has_a_bookmark_and_every_mention_says_its_label():
    forms = wording().surface_forms()
    for findings, report in written(120, typos=0.05):
        assert {link.finding for link in report.links} == set(range(len(findings)))
        for judged in report.judgements:
            said = " ".join(report.text[judged.start : judged.end].lower().split())
            assert said in forms[judged.label], judged


def test_every_judged_mention_lies_in_the_sentence_of_its_bookmark(usual):
    for _, report in usual:
        sentences = list(split_sentences(report.text))
        for judged in report.judgements:
            start, end, _ = next(one for one in sentences if one.start <= judged.bookmark < one.end)
            assert start <= judged.start < judged.end <= end, report.text[start:end]


def test_what_is_judged_is_what_a_matcher_finds(usual):
    """To 99 of 100, so that hand-made judgements meet the mentions that a pipeline finds."""
    finder = MentionFinder(ONTOLOGY)
    judged: set[tuple[int, int, int, str]] = set()
    found: set[tuple[int, int, int, str]] = set()
    for number, (_, report) in enumerate(usual[:250]):
        judged |= {(number, j.start, j.end, j.label) for j in report.judgements}
        for start, end, _ in split_sentences(report.text):
            links = [link for link in report.links if start <= link.start < end]
            here = finder(report.text[start:end]) if links else []
            apart = [m for m in here if all(start + m.end <= x.start or x.end <= start + m.start for x in links)]
            found |= {(number, start + m.start, start + m.end, m.label) for m in apart}
    assert len(judged & found) > 0.99 * max(len(judged), len(found))


def test_a_relevant_mention_is_true_of_its_finding(usual):
    for findings, report in usual:
        finding = {link.start: findings[link.finding].description for link in report.links}
        for judged in report.judgements:
            if judged.relation is Relation.RELEVANT:
                true = above(set(finding[judged.bookmark].labels))
                general = wording().above(true)
                of_parts = above({judged.label}) - {judged.label}  # "hepatic" and "mass" make a hepatic mass
                assert judged.label in true | general or (of_parts and of_parts <= above(general)), judged


def test_nobody_is_told_what_their_sex_cannot_have():
    words = {"F": ("prostate", "gynecomastia"), "M": ("uterus", "ovar", "adnexa", "hysterectomy")}
    for seed, (_, report) in enumerate(written(200)):
        assert not any(word in report.text.lower() for word in words["FM"[seed % 2]]), report.text


def test_the_page_names_the_region_that_holds_the_finding():
    for part, name in (("right lower lobe", "ch"), ("spleen", "abd"), ("urinary bladder", "pel")):
        finding = Told(Description("any", (part,), ("mass",), (), 20, (), ()), 20.0, 15.0, 2, 30)
        heading = write_report([finding], Manner("M"), np.random.default_rng(1)).text.split("\n")[0].lower()
        assert name in heading or "c/a/p" in heading or "thor" in heading or "a/p" in heading


def test_lines_are_broken_at_spaces_alone(usual):
    narrow = [report.text for _, report in usual if max(map(len, report.text.split("\n"))) <= 84]
    assert narrow
    for _, report in usual:
        assert "  " not in report.text
        assert " \n" not in report.text
        assert "\n " not in report.text
