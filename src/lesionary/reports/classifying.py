"""Judging every pair of a cohort: trained on the judgements of validation, scored on those of test (LesaNet, 5.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.cohorts.texts import RELATIONS
from lesionary.errors import CohortError
from lesionary.params import RelationsParams
from lesionary.progress import progress
from lesionary.reports.encoding import Example, blinded
from lesionary.reports.judging import Judge, RuleJudge, Score, cues, fit_linear, measure
from lesionary.reports.relations import RelationJudge, fit_relations
from lesionary.reports.sentence_vectors import LatentVectors
from lesionary.training.loop import Epoch


@dataclass(frozen=True)
class Judged:
    """The judged pairs of one split."""

    rows: NDArray[np.int64]
    """Their numbers among all pairs."""
    classes: NDArray[np.int64]
    patients: NDArray[np.int64]

    @classmethod
    def of(cls, pairs: pl.DataFrame, split: str) -> Judged:
        """Judged pairs of `split`; `CohortError` if there are none."""
        chosen = (pairs["split"] == split) & pairs["judged"].is_not_null()
        rows = np.flatnonzero(chosen.to_numpy())
        if not len(rows):
            reason = f"has no judged pair of a {split} patient"
            raise CohortError("relations.csv", reason, "judge the mentions of some bookmarked sentences by hand")
        part = pairs[rows]
        classes = np.array([RELATIONS.index(relation) for relation in part["judged"]])
        return cls(rows, classes, part["patient"].rank("dense").to_numpy().astype(np.int64))

    def examples(self, everything: Sequence[Example]) -> list[Example]:
        """What the judge is given of them."""
        return [everything[row] for row in self.rows]


def train_judge(
    pairs: pl.DataFrame, examples: Sequence[Example], params: RelationsParams
) -> tuple[RelationJudge, list[Epoch]]:
    """The network, trained on validation; its sentence encoder is fitted on all sentences but those of test."""
    known = Judged.of(pairs, "val")
    seen = [e for e, split in zip(examples, pairs["split"], strict=True) if split != "test"]
    size = params.sentence_dimension
    encoder = LatentVectors.fit([blinded(e) for e in seen], dimension=size, seed=params.seed) if size else None
    fit = fit_relations(
        known.examples(examples),
        known.classes,
        known.patients,
        names=RELATIONS,
        sentences=encoder,
        epochs=params.epochs,
        batch=params.batch,
        learning_rate=params.learning_rate,
        word_width=params.word_width,
        filters=params.filters,
        heads=params.heads,
        dropout=params.dropout,
        dev=params.dev,
        seed=params.seed,
    )
    epochs = list(progress(fit.epochs(), "relation classifier", total=params.epochs))
    return fit.best(), epochs


def baselines(pairs: pl.DataFrame, examples: Sequence[Example]) -> dict[str, Judge]:
    """What the network is compared with: cue words and scopes, and a linear model of the same judgements."""
    known = Judged.of(pairs, "val")
    linear = fit_linear(known.examples(examples), known.classes, names=RELATIONS)
    return {"rules": RuleJudge(cues()), "linear": linear}


def scores(
    judges: Mapping[str, Judge],
    pairs: pl.DataFrame,
    examples: Sequence[Example],
    *,
    replicates: int,
    level: float,
    seed: int,
) -> dict[str, list[Score]]:
    """Each judge's metrics on the judged pairs of test."""
    known = Judged.of(pairs, "test")
    asked = known.examples(examples)
    found = {}
    for name, judge in judges.items():
        order = [judge.names.index(relation) for relation in RELATIONS]
        called = judge.predict(asked)[:, order].argmax(axis=1)
        rng = np.random.default_rng(seed)
        found[name] = measure(
            known.classes, called, known.patients, RELATIONS, replicates=replicates, level=level, rng=rng
        )
    return found


def with_predictions(pairs: pl.DataFrame, probability: NDArray[np.floating]) -> pl.DataFrame:
    """`pairs` with p_<relation> and the likeliest relation as `predicted`."""
    columns = [pl.Series(f"p_{name}", probability[:, n], pl.Float64) for n, name in enumerate(RELATIONS)]
    predicted = [RELATIONS[k] for k in probability.argmax(axis=1)]
    return pairs.with_columns(*columns, pl.Series("predicted", predicted, pl.String))
