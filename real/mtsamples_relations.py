"""How well the relations of the judged pairs of MTSamples are told, by what was taught the phantom and the text itself.

A room of `mtsamples.py`.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.base.arrays import load_arrays
from lesionary.cohorts.relations import RELATIONS
from lesionary.evaluation.intervals import bootstrap, by_patient
from lesionary.evaluation.multiclass import averages, per_class
from lesionary.params.results import EvaluationParams
from lesionary.reports.audit import Audit, Share, halves
from lesionary.reports.judges.encoding import Example, blinded, normalised
from lesionary.reports.judges.examples import examples_of
from lesionary.reports.judges.judging import Judge, RuleJudge, cues, fit_linear
from lesionary.reports.judges.relations import RelationJudge, fit_relations
from lesionary.reports.judges.sentence_vectors import LatentVectors
from lesionary.training.devices import fix_threads

FOLD_SEED = 19
EPOCHS = 20

Classes = NDArray[np.int64]
Known = tuple[list[Example], Classes, NDArray[np.str_]]
"""Judged pairs, their relations, and whose they are."""


def relation_rows(audit: Audit, texts: Sequence[str], model: Path, interim: Path) -> list[tuple[object, ...]]:
    """Rows of a table: how well each judge tells the relations of the judged pairs, for each modality."""
    fix_threads()
    pairs, examples = audit.pairs(texts)
    truth = np.array([RELATIONS.index(relation) for relation in pairs["judged"]])
    records, modality = pairs["patient"].to_numpy(), pairs["split"].to_numpy()
    known = phantom(interim)
    judges: dict[str, Judge] = {
        "rules": RuleJudge(cues()),
        "linear, phantom": fit_linear(known[0], known[1], names=RELATIONS),
        "network, phantom": restored(model),
    }
    called = {"always relevant": np.full(len(truth), RELATIONS.index("relevant"))}
    called |= {name: likeliest(judge, examples) for name, judge in judges.items()}
    called |= two_fold(examples, truth, records, known, restored(model))
    return [
        (where, name, *scored(truth[modality == where], answer[modality == where], records[modality == where]))
        for where in np.unique(modality)
        for name, answer in called.items()
    ]


def two_fold(
    examples: Sequence[Example],
    truth: Classes,
    records: Classes,
    known: Known,
    like: RelationJudge,
) -> dict[str, Classes]:
    """Answers on each half of the records by judges that were taught the other half, too."""
    first = halves(records, np.random.default_rng(FOLD_SEED))
    called: dict[str, Classes] = {}
    for test in (first, ~first):
        own, asked = ([e for e, chosen in zip(examples, part, strict=True) if chosen] for part in (~test, test))
        half = own, truth[~test], records[~test].astype(str)
        both, even = joined(known, half, 1), joined(known, half, round(len(known[0]) / len(own)))
        taught: dict[str, Judge] = {
            "linear, half": fit_linear(*half[:2], names=RELATIONS),
            "linear, phantom and half": fit_linear(*both[:2], names=RELATIONS),
            "network, phantom and half": taught_anew(both, like),
            "network, phantom and half repeated": taught_anew(even, like),
        }
        for name, judge in taught.items():
            called.setdefault(name, np.zeros_like(truth))[test] = likeliest(judge, asked)
    return called


def joined(known: Known, half: Known, times: int) -> Known:
    """Both, the second `times` times."""
    return (
        [*known[0], *half[0] * times],
        np.concatenate([known[1], np.tile(half[1], times)]),
        np.concatenate([known[2], np.tile(half[2], times)]),
    )


def taught_anew(known: Known, like: RelationJudge) -> RelationJudge:
    """A network of the same settings, with a vocabulary and sentence vectors of its own examples."""
    examples, classes, patients = known
    size = like.sentences.dimension if like.sentences else 0
    encoder = LatentVectors.fit([blinded(e) for e in examples], dimension=size, seed=FOLD_SEED) if size else None
    shape = {key: like.settings[key] for key in ("word_width", "filters", "heads", "dropout")}
    fit = fit_relations(
        examples, classes, patients, names=RELATIONS, sentences=encoder, epochs=EPOCHS, seed=FOLD_SEED, **shape
    )
    for _ in fit.epochs():
        pass
    return fit.best()


def phantom(interim: Path) -> Known:
    """The judged pairs of the phantom's validation reports, their classes and patients."""
    sentences, bookmarks = (
        pl.read_parquet(interim / "reports" / f"{name}.parquet") for name in ("sentences", "bookmarks")
    )
    relations = pl.read_parquet(interim / "relations.parquet")
    pairs = relations.filter((pl.col("split") == "val") & pl.col("judged").is_not_null())
    examples = examples_of(pairs, sentences, bookmarks, pl.read_parquet(interim / "mentions.parquet"))
    return (
        examples,
        np.array([RELATIONS.index(one) for one in pairs["judged"]]),
        pairs["patient"].to_numpy().astype(str),
    )


def restored(model: Path) -> RelationJudge:
    """The network that the stage classify_relations trained."""
    vectors = model / "sentences.safetensors"
    encoder = LatentVectors.from_arrays(load_arrays(vectors)) if vectors.is_file() else None
    data = json.loads((model / "network.json").read_text("utf-8"))
    return RelationJudge.restored(load_arrays(model / "network.safetensors"), data, encoder)


def likeliest(judge: Judge, examples: Sequence[Example]) -> Classes:
    """Numbers of `RELATIONS`."""
    order = [judge.names.index(relation) for relation in RELATIONS]
    answers: Classes = judge.predict(examples)[:, order].argmax(axis=1)
    return answers


def scored(truth: Classes, called: Classes, records: Classes) -> tuple[str, ...]:
    """Accuracy, macro F1, and precision and recall of each relation; records are drawn for the intervals."""
    params = EvaluationParams.load()
    counts = by_patient(truth, called, np.unique(records, return_inverse=True)[1], len(RELATIONS))

    def measure(matrices: NDArray[np.float64]) -> Mapping[str, NDArray[np.float64]]:
        whole = averages(matrices)
        return {"accuracy": whole["accuracy"], "f1": whole["f1"]}

    values, rng = measure(counts.sum(axis=0).astype(np.float64)), np.random.default_rng(params.seed)
    intervals = bootstrap(counts, measure, replicates=params.replicates, level=params.level, rng=rng)
    each = per_class(counts.sum(axis=0))
    classes = [f"{p:.2f} / {r:.2f}" for p, r in zip(each.precision, each.sensitivity, strict=True)]
    return (*(str(Share(float(values[name]), *intervals[name])) for name in ("accuracy", "f1")), *classes)


def strangers(audit: Audit, texts: Sequence[str], model: Path) -> float:
    """Share of the words that the network's vocabulary lacks; a sentence counts once."""
    sentences = {example.tokens for example in audit.pairs(texts)[1]}
    words = [normalised(token) for tokens in sentences for token in tokens]
    known = restored(model).vocabulary.word_ids
    return sum(word not in known for word in words) / len(words)
