"""What is found in the sentences of MTSamples that were judged by hand: bookmarks, mentions and relations.

A room of `mtsamples.py`. Judgements lie in `real/judged`, their rules in `docs/real-data/judging.md`.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.arrays import load_arrays
from lesionary.cohorts.texts import RELATIONS
from lesionary.evaluation.intervals import bootstrap, by_patient
from lesionary.evaluation.multiclass import averages, per_class
from lesionary.params import EvaluationParams
from lesionary.reports.audit import Audit, Place, Share, agreement, halves, precision_recall
from lesionary.reports.bookmarks import find_bookmarks
from lesionary.reports.encoding import Example, blinded
from lesionary.reports.judging import Judge, RuleJudge, cues, fit_linear
from lesionary.reports.mentions import MentionFinder
from lesionary.reports.relations import RelationJudge, fit_relations
from lesionary.reports.sentence_vectors import LatentVectors
from lesionary.reports.tables import examples_of
from lesionary.training.devices import fix_threads

MODALITIES = ("CT", "other")
FOLD_SEED = 19
EPOCHS = 40

Classes = NDArray[np.int64]


def found_and_true(audit: Audit, texts: Sequence[str], finder: MentionFinder) -> list[tuple[object, ...]]:
    """Rows of a table: precision and recall of bookmarks and of mentions, for each modality.

    Of CT every report was read to its end, so that a bookmark found outside the judged sentences counts as wrong.
    """
    params, rows = EvaluationParams.load(), []
    for modality in MODALITIES:
        sentences = [row[:3] for row in audit.sentences.filter(modality=modality).iter_rows()]
        records = sorted({record for record, _, _ in sentences})
        marks, labels = [], []
        for record, start, end in sentences:
            labels += [Place(record, start + a, start + b, label) for a, b, label in finder(texts[record][start:end])]
        for record in records:
            own = [(start, end) for one, start, end in sentences if one == record]
            marks += [
                Place(record, one.start, one.end)
                for one in find_bookmarks(texts[record])
                if modality == "CT" or any(start <= one.start < end for start, end in own)
            ]
        here = audit.bookmarks.filter(pl.col("record").is_in(records))
        lesions = [Place(*row) for row in here.filter(refers="lesion").select("record", "start", "end").iter_rows()]
        whole = [Place(*row) for row in here.select("record", "start", "end").iter_rows()]
        said = audit.mentions.filter(pl.col("record").is_in(records)).select("record", "start", "end", "label")
        mentions = [Place(*row) for row in said.iter_rows()]
        for what, found, true in (
            ("bookmarks of a lesion", marks, lesions),
            ("any size or image reference", marks, whole),
            ("mentions", labels, mentions),
        ):
            counts, rng = agreement(found, true, records), np.random.default_rng(params.seed)
            shares = precision_recall(counts, replicates=params.replicates, level=params.level, rng=rng)
            rows.append((modality, what, len(true), len(found), *map(shown, shares)))
    return rows


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
        for where in MODALITIES
        for name, answer in called.items()
    ]


def two_fold(
    examples: Sequence[Example],
    truth: Classes,
    records: Classes,
    known: tuple[list[Example], Classes, NDArray[np.str_]],
    like: RelationJudge,
) -> dict[str, Classes]:
    """Answers on each half of the records by judges that were taught the other half, too."""
    first = halves(records, np.random.default_rng(FOLD_SEED))
    names = ("linear, half", "linear, phantom and half", "network, phantom and half")
    called = {name: np.zeros_like(truth) for name in names}
    for test in (first, ~first):
        own, asked = [examples[row] for row in np.flatnonzero(~test)], [examples[row] for row in np.flatnonzero(test)]
        both, classes = [*known[0], *own], np.concatenate([known[1], truth[~test]])
        patients = np.concatenate([known[2], records[~test].astype(str)])
        taught: tuple[Judge, ...] = (
            fit_linear(own, truth[~test], names=RELATIONS),
            fit_linear(both, classes, names=RELATIONS),
            taught_anew(both, classes, patients, like),
        )
        for name, judge in zip(names, taught, strict=True):
            called[name][test] = likeliest(judge, asked)
    return called


def taught_anew(
    examples: Sequence[Example], classes: Classes, patients: NDArray[np.str_], like: RelationJudge
) -> RelationJudge:
    """A network of the same settings, with a vocabulary and sentence vectors of its own examples."""
    size = like.sentences.dimension if like.sentences else 0
    encoder = LatentVectors.fit([blinded(e) for e in examples], dimension=size, seed=FOLD_SEED) if size else None
    shape = {key: like.settings[key] for key in ("word_width", "filters", "heads", "dropout")}
    fit = fit_relations(
        examples, classes, patients, names=RELATIONS, sentences=encoder, epochs=EPOCHS, seed=FOLD_SEED, **shape
    )
    for _ in fit.epochs():
        pass
    return fit.best()


def phantom(interim: Path) -> tuple[list[Example], Classes, NDArray[np.str_]]:
    """The judged pairs of the phantom's validation reports, their classes and patients."""
    sentences, bookmarks = (pl.read_parquet(interim / "reports" / f"{name}.parquet") for name in ("sentences", "bookmarks"))
    relations = pl.read_parquet(interim / "relations.parquet")
    pairs = relations.filter((pl.col("split") == "val") & pl.col("judged").is_not_null())
    examples = examples_of(pairs, sentences, bookmarks, pl.read_parquet(interim / "mentions.parquet"))
    return examples, np.array([RELATIONS.index(one) for one in pairs["judged"]]), pairs["patient"].to_numpy().astype(str)


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
    return (*(shown(Share(float(values[name]), *intervals[name])) for name in ("accuracy", "f1")), *classes)


def shown(share: Share) -> str:
    """A proportion with its interval."""
    return f"{share.value:.3f} [{share.low:.3f}, {share.high:.3f}]"
