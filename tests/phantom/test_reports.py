import csv
from pathlib import Path

import pytest

from lesionary.ontology.ours import our_ontology
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.cohort import make_cohort
from lesionary.phantom.wording import wording
from lesionary.reports.parsing.sentences import split_sentences

PARAMS = PhantomParams(
    seed=6,
    patients=1,
    screening_patients=8,
    text_studies=80,
    matrix=64,
    max_slices=8,
    noise_hu=12.0,
    overlap=1.0,
    imbalance=1.0,
    label_noise=1.0,
    typos=0.01,
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, list[dict[str, str]]]:
    place = tmp_path_factory.mktemp("reports")
    make_cohort(place / "cohort", place / "images", place / "truth.csv", PARAMS)
    return {path.stem: table(path) for path in [*(place / "cohort").glob("*.csv"), place / "truth.csv"]}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def texts(tables) -> dict[str, str]:
    return {row["report"]: row["text"] for row in tables["reports"]}


def squeezed(text: str) -> str:
    return " ".join(text.lower().split())


def test_a_mention_reproduces_a_surface_form_of_its_label_after_a_round_trip(tables):
    forms = wording().surface_forms()
    for row in tables["relations"]:
        words = texts(tables)[row["report"]][int(row["start"]) : int(row["end"])]
        assert squeezed(words) in forms[row["label"]], row


def test_every_judged_mention_lies_in_the_sentence_of_its_bookmark(tables):
    sentences = {report: list(split_sentences(text)) for report, text in texts(tables).items()}
    for row in tables["relations"]:
        start, end, _ = next(one for one in sentences[row["report"]] if one.start <= int(row["bookmark"]) < one.end)
        assert start <= int(row["start"]) < int(row["end"]) <= end, row


def test_every_judged_pair_names_a_bookmark_once(tables):
    known = {(row["report"], row["start"]) for row in tables["bookmarks"]}
    pairs = [(row["report"], row["start"], row["end"], row["label"], row["bookmark"]) for row in tables["relations"]]
    assert {(pair[0], pair[-1]) for pair in pairs} <= known
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


def test_labels_are_the_truth_and_the_ontology_knows_them(tables):
    truth = {row["lesion"]: row["labels"].split("|") for row in tables["truth"]}
    given: dict[str, list[str]] = {}
    for row in tables["labels"]:
        given.setdefault(row["lesion"], []).append(row["label"])
    assert given
    assert all(truth[lesion] == labels for lesion, labels in given.items())
    said = {label for labels in truth.values() for label in labels} | {row["label"] for row in tables["relations"]}
    assert said <= set(our_ontology().labels)
