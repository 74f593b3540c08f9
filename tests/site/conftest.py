"""A tiny run of the whole pipeline, as the report page reads it."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

METRICS = ("accuracy", "sensitivity", "specificity", "precision", "f1")
LABEL_METRICS = ("auc", "precision", "recall", "f1")
CLASSES = {"ACA": 3, "GN": 1}
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><defs><clipPath id="same"/></defs></svg>'
PNG = b"\x89PNG\r\n\x1a\n"
SENTENCE = "Stable 2.1 cm hepatic nodule, no <script>alert(1)</script>\ncyst near a 3 mm node."
STRANGE = '<b class="x">lung</b>'
PARAMS = """
subtyping:
  cohort: phantom
  protocol: folds
  training: {seed: 7, window_hu: [-160.0, 240.0], side_px: 64, width: 8, weights: null, epochs: 7, batch: 10,
    learning_rate: 0.05, momentum: 0.9, weight_decay: 0.0, cosine: true, margin: 1.0, redraw: epoch, partner: uniform,
    same_study: true, scales: 4, similarity: contrastive, mining: none, cross_entropy: 0.0, encoder: resnet,
    synergy: 1.0, cube_px: 32, shape_features: measures, shape_classifier: logistic}
subtypers: {dmrn: {network: dmrn, depth: 101}, my_own: {network: resnet, depth: 18}, clinical: {network: clinical}}
subfigures:
  images: subfigures
  side_px: 64
  validation: 0.1
  split_seed: 9
  training: {seed: 17, width: 8, weights: null, epochs: 7, batch: 10, learning_rate: 0.05, momentum: 0.9,
    weight_decay: 0.0, cosine: true, scales: 4, margin: 1.0, redraw: epoch, partner: uniform, svm_c: 1.0}
sorters: {dmrn: {network: dmrn, depth: 101}, googlenet_alexnet: {network: googlenet+alexnet}}
annotation:
  cohort: phantom
  split_seed: 5
  training: {seed: 11, seeds: 1, objective: cross-entropy, backbone: vgg16, weights: null,
    width: 8, features: 64, epochs: 15, drop_after: 10, batch: 32, learning_rate: 0.01,
    momentum: 0.9, weight_decay: 0.0, clip_norm: 10.0, mined: relevant+uncertain, expansion: true, propagation: true,
    hard_examples: reliable, triplet: true, located: false, consistent: false}
annotators: {lesanet: {}, another: {triplet: false}}
relations: {apply: cnn, pipeline: en, judge: network, seed: 13, epochs: 40, batch: 128, learning_rate: 0.0007,
  filters: 150, word_width: 60, heads: 0, dropout: 0.5, positions: true, kinds: true, encoder: fitted,
  sentence_dimension: 100, balanced: true, dev: 0.2}
figures: {embedded: [dmrn, sdl]}
evaluation: {seed: 3, replicates: 100, level: 0.9}
rows: {subtyping: [dmrn, my_own, clinical], subfigures: [dmrn, googlenet_alexnet],
  annotation: [lesanet, another], relations: [cnn, rules], subsets: [8, 0]}
"""
ROWS = yaml.safe_load(PARAMS)["rows"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """A folder with params.yaml and every file that the page reads; the paths in the order of the command line."""
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMS, encoding="utf-8")
    names = (
        "metrics",
        "plots",
        "subtyping_index",
        "annotation_index",
        "slices",
        "folds",
        "reports",
        "relations",
        "labels",
        "patches",
        "figures",
        "sorted_images",
        "page",
    )
    suffix = {"relations": ".parquet", "page": ".html"}
    at = {"ontology": ROOT / "src/lesionary/ontology/lesions.yaml"}
    at |= {name: tmp_path / f"{name}{suffix.get(name, '')}" for name in names}
    for name in ("subtyping_index", "slices", "folds", "reports", "labels", "patches", "sorted_images"):
        write_csv(at[name] / "set_aside.csv", [], ("kind", "subject", "reason", "cure"))
    problems = [{"kind": "series", "subject": f"s{n}", "reason": "a <hole>", "cure": "fill it"} for n in range(3)]
    write_csv(at["annotation_index"] / "set_aside.csv", problems)
    folds = [{"study": f"t{n}", "patient": f"p{n}", "subtype": "ACA", "fold": n % 2} for n in range(4)]
    write_csv(at["folds"] / "folds.csv", folds)
    counts = {**CLASSES, "total": 4}
    write_json(at["metrics"] / "cohort.json", {"patients": 4, "lesions": 4, "studies": counts, "slices": counts})
    for n, row in enumerate(ROWS["subtyping"]):
        write_subtyper(at["metrics"], at["plots"] / "subtyping" / row, row, n, slices=row != "clinical")
    for n, row in enumerate(ROWS["annotation"]):
        write_annotator(at["metrics"], at["plots"] / "annotation" / row, row, n)
    write_subfigures(at["metrics"] / "subfigures", at["plots"] / "subfigures")
    write_exhibits(at["plots"] / "annotation", at["figures"] / "annotation")
    write_subtyping_exhibits(at["plots"] / "subtyping", at["figures"] / "subtyping")
    write_texts(at)
    return at


@pytest.fixture
def write_page(run: dict[str, Path]) -> Callable[[], str]:
    """Runs the stage and gives its page."""
    stage = runpy.run_path(str(ROOT / "stages" / "write_report.py"))

    def write() -> str:
        stage["main"](**run)
        return run["page"].read_text(encoding="utf-8")

    return write


def write_subtyper(metrics: Path, plots: Path, row: str, n: int, *, slices: bool) -> None:
    units = ("study", "slice") if slices else ("study",)
    values = {name: 0.5 + n / 10 for name in METRICS} | {f"{name}_sd": 0.1 for name in METRICS}
    pairs = {"pairs": {"same_class": 0.6}} if n == 0 else {}
    scores = {"ece": 0.125, "brier": 0.5, "log_loss": 1.0}
    calibration = {"study": values | scores, "study_recalibrated": scores | {"temperature": 1.5}}
    write_json(
        metrics / "subtyping" / f"{row}.json", {**dict.fromkeys(units, values), **calibration, "size": {}, **pairs}
    )
    measured = {"sensitivity": 0.5, "specificity": 0.25, "precision": 0.75, "f1": 0.6 + n / 10}
    per_class = [{"unit": u, "class": c, "cases": k, **measured} for u in units for c, k in CLASSES.items()]
    write_csv(plots / "per_class.csv", per_class)
    spans = [{"unit": u, "metric": m, "value": 0.5, "low": 0.4, "high": 0.9} for u in units for m in METRICS]
    write_csv(plots / "intervals.csv", spans)
    write_csv(plots / "confusion.csv", [{"truth": "ACA", "predicted": "ACA"}, {"truth": "GN", "predicted": "ACA"}])
    epochs = range(1, 2 if row == "clinical" else 4)
    write_csv(plots / "history.csv", [{"epoch": epoch, "loss": 1 / epoch} for epoch in epochs])
    for name in ("confusion", "curves", "tsne", "reliability"):
        (plots / f"{name}.svg").write_text(SVG, encoding="utf-8")


def write_subfigures(metrics: Path, plots: Path) -> None:
    """Two rows of the sub-figure benchmark on three classes; one is not ImageCLEF's and its name needs escaping."""
    classes = ("GFIG", "DRCT", STRANGE)
    parts = {part: dict.fromkeys(classes, n) | {"total": 3 * n} for part, n in (("train", 4), ("validation", 1))}
    test = {"GFIG": 2, "DRCT": 2, STRANGE: 0, "total": 4}
    write_json(metrics / "cohort.json", {"images": 19, "classes": 3, "set_aside": 5, **parts, "test": test})
    published = {"published_train": 1, "published_test": 2}
    counts = [{"class": c, "name": c, "train": 4, "validation": 1, "test": test[c], **published} for c in classes]
    write_csv(plots / "classes.csv", counts)
    (plots / "classes.svg").write_text(SVG, encoding="utf-8")
    for n, row in enumerate(ROWS["subfigures"]):
        values = {name: 0.5 + n / 4 for name in ("accuracy", "precision", "recall", "f1")}
        pairs = {"pairs": {"same_class": 0.375}} if n == 0 else {}
        write_json(metrics / f"{row}.json", {"test": values, "validation": values, "size": {}, **pairs})
        f1 = {"GFIG": 0.75 - n / 4, "DRCT": 0.5, STRANGE: None}
        write_csv(plots / row / "per_class.csv", [{"class": c, "images": test[c], "f1": f1[c]} for c in classes])
        spans = [{"part": "test", "metric": m, "value": v, "low": 0.25, "high": 0.875} for m, v in values.items()]
        write_csv(plots / row / "intervals.csv", spans)
        write_csv(plots / row / "confusion.csv", [{"truth": "GFIG", "predicted": c} for c in ("GFIG", "DRCT")])
        (plots / row / "confusion.svg").write_text(SVG, encoding="utf-8")


def write_annotator(metrics: Path, plots: Path, row: str, n: int) -> None:
    tests = ("text_mined", "hand_labelled")
    values = {test: {name: 0.6 + n / 10 for name in LABEL_METRICS} for test in tests}
    write_json(
        metrics / "annotation" / f"{row}.json",
        {**values, "calibration": dict.fromkeys(tests, 0.0625), "kept_epoch": 3, "size": {}},
    )
    labels = (("liver", "bodypart", 9), ("nodule", "type", 7), (STRANGE, "attribute", 6))
    per_label = [
        {"test": test, "label": label, "class": kind, "train": train, "positives": 2}
        | {"auc": 0.9, "precision": 0.5, "recall": 0.5, "f1": None if kind == "type" else 0.5}
        for test in tests
        for label, kind, train in labels
    ]
    write_csv(plots / "per_label.csv", per_label)
    spans = [{"test": t, "metric": m, "value": 0.6, "low": 0.5, "high": 0.7} for t in tests for m in LABEL_METRICS]
    write_csv(plots / "intervals.csv", spans)
    found = ("map", "recall_at_1", "recall_at_5", "recall_at_10", "chance")
    write_csv(plots / "retrieval.csv", [{"metric": name, "value": 0.5, "low": 0.25, "high": 0.75} for name in found])
    for name in ("curves", "validation"):
        (plots / f"{name}.svg").write_text(SVG, encoding="utf-8")


def write_exhibits(plots: Path, pictures: Path) -> None:
    """Figures of the first row, and a training with frequent labels alone."""
    (plots / "figures").mkdir()
    for name in ("ontology", "propagation", "calibration"):
        (plots / "figures" / f"{name}.svg").write_text(SVG, encoding="utf-8")
    pictures.mkdir(parents=True)
    for name in ("samples", "similar"):
        (pictures / f"{name}.png").write_bytes(PNG)
    tests, metrics = ("text_mined", "hand_labelled"), ("precision", "recall", "f1")
    searched = [{"test": t, "metric": m, "grid": 0.5, "exact": 0.75} for t in tests for m in metrics]
    write_csv(plots / "figures" / "thresholds.csv", searched)
    for cutoff, counts in ((8, (9,)), (0, (9, 7))):
        subset = [{"test": "text_mined", "label": f"label {n}", "train": n, "f1": n / 10} for n in counts]
        write_csv(plots / "subsets" / f"{cutoff}.csv", subset)


def write_subtyping_exhibits(plots: Path, pictures: Path) -> None:
    """Figures of several rows, and each row's differences from dmrn."""
    (plots / "figures").mkdir()
    for name in ("ablations", "embeddings"):
        (plots / "figures" / f"{name}.svg").write_text(SVG, encoding="utf-8")
    pictures.mkdir(parents=True)
    for name in ("typical", "hard"):
        (pictures / f"{name}.png").write_bytes(PNG)
    span = {"value": -0.125, "low": -0.25, "high": -0.0625, "p_folds": 0.0004, "p_corrected": 0.25}
    less = [
        {"row": row, "unit": unit, "metric": metric, **span}
        | {"p_cases": 0.04 if metric == "accuracy" else None}
        | {"p_mcnemar": 0.5 if metric == "accuracy" and unit == "study" else None}
        for row, units in (("my_own", ("study", "slice")), ("clinical", ("study",)))
        for unit in units
        for metric in METRICS
    ]
    write_csv(plots / "differences.csv", less)


def write_texts(at: dict[str, Path]) -> None:
    """One test sentence with three mentions, two of which overlap, and two bookmarks; and one of training."""
    quality = {name: {"precision": 0.5, "recall": 0.5, "f1": 0.5} for name in ("raw", "relevant", "expanded")}
    lesions = {"train": 5, "val": 2, "test": 3, "by_hand": 1}
    said = {"text_mined": 1.5, "hand_labelled": 2.0, "unsaid": 0.5}
    counts = {"lesions": lesions, "labels": 3, "labels_a_lesion": said}
    write_json(at["metrics"] / "labels.json", {**quality, **counts})
    write_judges(at["metrics"], at["plots"] / "relations")
    labels = (("liver", "bodypart"), ("nodule", "type"), (STRANGE, "attribute"))
    rows = [{"label": label, "class": kind, "train": 9, "val": 2, "test": 2} for label, kind in labels]
    write_csv(at["labels"] / "labels.csv", rows)
    place = {"report": "r1", "sentence": 0, "study": "t1", "patient": "p1", "split": "test", "start": 10}
    test = place | {"end": 10 + len(SENTENCE), "text": SENTENCE}
    train = test | {"report": "r0", "split": "train", "text": "TRAINING " + SENTENCE[9:]}
    pl.DataFrame([train, test]).write_parquet(at["reports"] / "sentences.parquet")
    marks = [(place_of("2.1 cm"), "lesion-1"), (place_of("3 mm"), None)]
    bookmarks = [
        {"report": "r1", "sentence": 0, "start": start, "end": end, "kind": "size", "lesion": lesion}
        for (start, end), lesion in marks
    ]
    pl.DataFrame(bookmarks).write_parquet(at["reports"] / "bookmarks.parquet")
    mentions = (("hepatic", "liver", "relevant", None), ("hepatic nodule", "nodule", "relevant", "uncertain"))
    mentions += (("cyst", STRANGE, "irrelevant", "irrelevant"),)
    relations = [
        {"report": "r1", "sentence": 0, "start": place_of(text)[0], "end": place_of(text)[1], "label": label}
        | {"bookmark": bookmarks[0]["start"], "lesion": "lesion-1", "predicted": predicted, "judged": judgement}
        | {"p_relevant": 0.5, "p_uncertain": 0.2, "p_irrelevant": 0.3}
        for text, label, predicted, judgement in mentions
    ]
    pl.DataFrame(relations, infer_schema_length=None).write_parquet(at["relations"])


def write_judges(metrics: Path, plots: Path) -> None:
    """Two judges, one of which is applied."""
    scores = {"precision": 0.8, "recall": 0.7, "f1": 0.75}
    rows = {name: {"macro": scores, "calibration_error": 0.125} for name in ROWS["relations"]}
    write_json(metrics / "relations.json", {"test": {"macro": scores, "relevant": scores}, "rows": rows})
    spans = [
        {"classifier": name, "class": of, "metric": metric, "value": value - n / 8, "low": 0.1, "high": 0.9}
        for n, name in enumerate(ROWS["relations"])
        for of in ("macro", "relevant")
        for metric, value in scores.items()
    ]
    write_csv(plots / "intervals.csv", spans)
    less = [{**one, "value": -0.125, "low": -0.25, "high": 0.0625} for one in spans if one["classifier"] != "cnn"]
    write_csv(plots / "differences.csv", less)
    bins = [
        {"classifier": name, "above": 0.9, "up_to": 1.0, "pairs": 8, "confidence": 0.95, "accuracy": 0.875}
        for name in ROWS["relations"]
    ]
    write_csv(plots / "reliability.csv", bins)


def place_of(part: str) -> tuple[int, int]:
    """Where a part of the test sentence lies in its report."""
    start = 10 + SENTENCE.index(part)
    return start, start + len(part)


def write_json(path: Path, values: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values), encoding="utf-8")


def write_csv(path: Path, rows: list[dict[str, Any]], columns: tuple[str, ...] = ()) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    (pl.DataFrame(rows) if rows else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))).write_csv(path)
