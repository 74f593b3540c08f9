import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lesionary.params import PhantomParams
from lesionary.phantom.cohort import make_cohort
from lesionary.phantom.grammar import SINGLE, Slot, Style, grammar
from lesionary.phantom.kinds import catalogue, describe, draw_kind
from lesionary.phantom.reporting import write_report
from lesionary.phantom.sentences import Unsuitable, realise
from lesionary.phantom.telling import Told
from lesionary.phantom.wording import wording

PARAMS = PhantomParams(
    seed=6,
    patients=2,
    screening_patients=20,
    text_studies=80,
    matrix=64,
    max_slices=8,
    noise_hu=12.0,
    overlap=1.0,
    imbalance=1.0,
)
FINDINGS = {Style.TWO: 2, Style.ALIKE: 2, Style.THREE: 3}
HEADER = re.compile(r"[A-Z ]+:\n")


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, list[dict[str, str]]]:
    place = tmp_path_factory.mktemp("reports")
    make_cohort(place / "cohort", place / "truth.csv", PARAMS)
    return {path.stem: table(path) for path in [*(place / "cohort").glob("*.csv"), place / "truth.csv"]}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(seed: int, count: int) -> list[Told]:
    rng = np.random.default_rng([1, seed])
    described = [describe(draw_kind(rng), rng)[0] for _ in range(count)]
    return [Told(what, what.diameter_mm, 0.8 * what.diameter_mm, 2, 10 + index) for index, what in enumerate(described)]


def texts(tables) -> dict[str, str]:
    return {row["report"]: row["text"] for row in tables["reports"]}


def squeezed(text: str) -> str:
    return " ".join(text.lower().split())


def sentence_around(text: str, at: int) -> tuple[int, int]:
    """A full stop ends a sentence unless a digit follows; so do a blank line and a header."""
    ends = [match.end() for match in re.finditer(r"[.?](?!\d)|\n\n", text)] + [
        match.end() for match in HEADER.finditer(text)
    ]
    return max((end for end in ends if end <= at), default=0), min((end for end in ends if end > at), default=len(text))


def test_a_mention_reproduces_a_surface_form_of_its_label_after_a_round_trip(tables):
    forms = {label: {form.lower() for form in said} for label, said in wording().surface_forms().items()}
    for row in tables["relations"]:
        words = texts(tables)[row["report"]][int(row["start"]) : int(row["end"])]
        assert squeezed(words) in forms[row["label"]], row


def test_every_bookmark_lies_inside_its_report_and_reads_like_one(tables):
    like = re.compile(
        r"(\d[\d.]*( x [\d.]+)? (cm|mm)|\(\d+:\d+\)|\(?(series \d+,? )?image \d+\)?|\(IMA \d+-\d+\)|here)", re.I
    )
    assert tables["bookmarks"]
    for row in tables["bookmarks"]:
        text = texts(tables)[row["report"]]
        assert 0 <= int(row["start"]) < int(row["end"]) <= len(text)
        assert like.fullmatch(text[int(row["start"]) : int(row["end"])])


def test_every_judged_mention_belongs_to_the_sentence_of_its_bookmark(tables):
    for row in tables["relations"]:
        start, end = sentence_around(texts(tables)[row["report"]], int(row["bookmark"]))
        assert start <= int(row["start"]) < int(row["end"]) <= end, row


def test_every_judged_pair_names_a_bookmark_once(tables):
    known = {(row["report"], row["start"]) for row in tables["bookmarks"]}
    pairs = [(row["report"], row["start"], row["bookmark"]) for row in tables["relations"]]
    assert {(report, bookmark) for report, _, bookmark in pairs} <= known
    assert len(set(pairs)) == len(pairs)


def test_only_validation_and_test_are_judged_and_only_test_lesions_are_labelled(tables):
    split = {row["report"]: row["split"] for row in tables["reports"]}
    assert {split[row["report"]] for row in tables["relations"]} == {"val", "test"}
    of_lesion = {(row["lesion"], row["study"]): row["split"] for row in tables["lesions"]}
    labelled = {(row["lesion"], row["study"]) for row in tables["labels"]}
    assert labelled == {lesion for lesion, part in of_lesion.items() if part == "test"}


def test_no_patient_stands_in_two_splits(tables):
    parts: dict[str, set[str]] = {}
    for row in [*tables["lesions"], *tables["reports"]]:
        parts.setdefault(row["patient"], set()).add(row["split"])
    assert all(len(splits) == 1 for splits in parts.values())


def test_every_lesion_has_a_bookmark_in_the_report_of_its_study(tables):
    study = {row["report"]: row["study"] for row in tables["reports"]}
    linked = {(row["lesion"], study[row["report"]]) for row in tables["bookmarks"] if row["lesion"]}
    assert linked == {(row["lesion"], row["study"]) for row in tables["lesions"]}


def test_labels_are_the_truth_and_the_truth_is_in_the_vocabulary(tables):
    truth = {row["lesion"]: row["labels"].split("|") for row in tables["truth"]}
    given: dict[str, list[str]] = {}
    for row in tables["labels"]:
        given.setdefault(row["lesion"], []).append(row["label"])
    assert given
    assert all(truth[lesion] == labels for lesion, labels in given.items())
    vocabulary = set(wording().surface_forms())
    assert {label for labels in truth.values() for label in labels} <= vocabulary
    assert {row["label"] for row in tables["relations"]} <= vocabulary


def test_a_relevant_mention_is_true_of_its_lesion(tables):
    truth = {row["lesion"]: set(row["labels"].split("|")) for row in tables["truth"]}
    lesion = {(row["report"], row["start"]): row["lesion"] for row in tables["bookmarks"]}
    entries = {**wording().parts, **wording().types}
    less = {label: {entry.coarse, entry.general} for label, entry in entries.items()}
    checked = 0
    for row in tables["relations"]:
        name = lesion[row["report"], row["bookmark"]]
        if name and row["relation"] == "relevant":
            known = truth[name] | {other for label in truth[name] for other in less.get(label, ())}
            assert row["label"] in known, row
            checked += 1
    assert checked > 20


def test_what_is_denied_or_suspected_is_never_relevant(tables):
    cue = re.compile(
        r"(?:without|no|evidence of|associated|suspicious for|concerning for|worrisome for|may represent|possibly"
        r"|likely|probably|versus|favor|over|differential includes|is not typical of|does not show)(?: an?)? $"
    )
    cued = 0
    for row in tables["relations"]:
        before = squeezed(texts(tables)[row["report"]][: int(row["start"])]) + " "
        if cue.search(before):
            assert row["relation"] != "relevant", (before[-60:], row)
            cued += 1
    assert cued > 10


def test_pairs_divide_about_as_in_the_paper():
    counts: Counter[str] = Counter()
    missing = []
    for seed in range(500):
        findings = told(seed, 1 + seed % 4)
        report = write_report(findings, np.random.default_rng([2, seed]))
        counts.update(judgement.relation for judgement in report.judgements)
        for index, finding in enumerate(findings):
            at = {link.start for link in report.links if link.finding == index}
            said = {j.label for j in report.judgements if j.bookmark in at and j.relation == "relevant"}
            missing.append(len(set(finding.description.labels) - said))
    shares = {relation: count / counts.total() for relation, count in counts.items()}
    # 4648 : 443 : 1167 (5.1)
    assert shares["relevant"] == pytest.approx(0.743, abs=0.03)
    assert shares["uncertain"] == pytest.approx(0.071, abs=0.015)
    assert shares["irrelevant"] == pytest.approx(0.186, abs=0.03)
    assert np.mean(missing) == pytest.approx(1.2, abs=0.15)


def test_wrapping_moves_nothing():
    wrapped = [write_report(told(seed, 3), np.random.default_rng([2, seed])) for seed in range(40)]
    assert any(max(map(len, report.text.split("\n"))) <= 84 for report in wrapped)
    for report in wrapped:
        assert "  " not in report.text
        assert " \n" not in report.text


def test_the_grammar_has_sixty_skeletons_and_a_bookmark_for_every_finding():
    rng = np.random.default_rng(0)
    assert sum(len(group.skeletons) for group in grammar().sentences.values()) >= 60
    for style, group in grammar().sentences.items():
        for text in group.skeletons:
            links = [slot.finding for slot in grammar().expand(text, rng) if isinstance(slot, Slot) and slot.is_link]
            assert sorted(links) == list(range(FINDINGS.get(style, 1))), text


def test_no_word_outside_of_a_slot_names_a_label():
    forms = {form.lower() for said in wording().surface_forms().values() for form in said}
    named = re.compile(r"\b(" + "|".join(sorted(map(re.escape, forms), key=len, reverse=True)) + r")\b", re.I)
    entries = [entry for entries in grammar().lists.values() for entry in entries]
    skeletons = [text for group in grammar().sentences.values() for text in group.skeletons]
    for text in [*entries, *skeletons, *grammar().headers.values()]:
        assert not named.search(re.sub(r"\{[^}]+\}", "|", text)), text


@pytest.mark.parametrize("style", Style)
def test_every_skeleton_suits_some_findings(style):
    nodes = next(kind for kind in catalogue().kinds if kind.name == "retroperitoneal lymph node")
    for text in grammar().sentences[style].skeletons:
        for seed in range(60):
            rng = np.random.default_rng([4, seed])
            findings = told(seed, FINDINGS.get(style, 1))
            if style is Style.NODES:
                what = describe(nodes, rng)[0]
                findings = [Told(what, 20.0, 12.0, 2, 3)]
            if style is Style.ALIKE:
                findings = [findings[0], findings[0]]
            try:
                sentence = realise(grammar().expand(text, rng), findings, rng)
            except Unsuitable:
                continue
            assert sentence.text[0].isupper() or sentence.text[0].isdigit()
            break
        else:
            pytest.fail(f"{text!r} suits nothing")


def test_single_styles_are_for_one_finding():
    assert not set(SINGLE) & set(FINDINGS)
