"""Judging every pair of a cohort: trained on the judgements of validation, scored on those of test (LesaNet, 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.base.errors import CohortError
from lesionary.cohorts.relations import RELATIONS
from lesionary.params.reports import JudgeParams, Judging
from lesionary.reports.judges.encoders import pick_encoder
from lesionary.reports.judges.encoding import Channel, Example, blinded
from lesionary.reports.judges.judging import Judge, RuleJudge, cues, fit_linear
from lesionary.reports.judges.relations import RelationFit, fit_relations
from lesionary.running.progress import progress
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
        rows = np.flatnonzero(_of_split(pairs, split).to_numpy())
        if not len(rows):
            reason = f"has no judged pair of a {split} patient"
            raise CohortError("relations.csv", reason, "judge the mentions of some bookmarked sentences by hand")
        part = pairs[rows]
        classes = np.array([RELATIONS.index(relation) for relation in part["judged"]])
        return cls(rows, classes, part["patient"].rank("dense").to_numpy().astype(np.int64))

    def examples(self, everything: Sequence[Example]) -> list[Example]:
        """What the judge is given of them."""
        return [everything[row] for row in self.rows]


def count_judged(pairs: pl.DataFrame, split: str) -> int:
    """Judged pairs of `split`."""
    return int(_of_split(pairs, split).sum())


def _of_split(pairs: pl.DataFrame, split: str) -> pl.Series:
    return (pairs["split"] == split) & pairs["judged"].is_not_null()


@dataclass(frozen=True)
class Row:
    """One row of the table of relations, ready to judge."""

    judge: Judge
    epochs: tuple[Epoch, ...] = ()
    """Of a network's training."""


def train_row(row: str, params: JudgeParams, pairs: pl.DataFrame, examples: Sequence[Example]) -> Row:
    """Learn from the judged pairs of validation, as far as this row learns at all."""
    match params.judge:
        case Judging.RULES:
            return Row(RuleJudge(cues()))
        case Judging.LINEAR:
            known = Judged.of(pairs, "val")
            asked = known.examples(examples)
            return Row(fit_linear(asked, known.classes, names=RELATIONS, balanced=params.balanced))
        case Judging.NETWORK:
            fit = prepare_network(params, pairs, examples)
            epochs = tuple(progress(fit.epochs(), f"relations, {row}", total=params.epochs))
            return Row(fit.best(), epochs)


def prepare_network(params: JudgeParams, pairs: pl.DataFrame, examples: Sequence[Example]) -> RelationFit:
    """The network and its training, not begun; a sentence encoder is fitted on all sentences but those of test."""
    known = Judged.of(pairs, "val")
    seen = [blinded(e) for e, split in zip(examples, pairs["split"], strict=True) if split != "test"]
    return fit_relations(
        known.examples(examples),
        known.classes,
        known.patients,
        names=RELATIONS,
        sentences=pick_encoder(params.encoder, seen, dimension=params.sentence_dimension, seed=params.seed),
        epochs=params.epochs,
        batch=params.batch,
        learning_rate=params.learning_rate,
        word_width=params.word_width,
        filters=params.filters,
        heads=params.heads,
        dropout=params.dropout,
        channels=channels_of(params),
        balanced=params.balanced,
        dev=params.dev,
        seed=params.seed,
    )


def channels_of(params: JudgeParams) -> list[Channel]:
    """What a network is told of every word."""
    untold = set() if params.positions else {Channel.TO_FIRST, Channel.TO_SECOND}
    untold |= set() if params.kinds else {Channel.KIND}
    return [channel for channel in Channel if channel not in untold]


def predictions(judge: Judge | None, examples: Sequence[Example]) -> NDArray[np.float64]:
    """Probabilities of `RELATIONS`, in that order, (examples, relations); without examples there need be no judge."""
    if judge is None:
        assert not examples  # every pair has a judge
        return np.zeros((0, len(RELATIONS)))
    order = [judge.names.index(relation) for relation in RELATIONS]
    return np.asarray(judge.predict(examples)[:, order])


def with_predictions(pairs: pl.DataFrame, probability: NDArray[np.floating]) -> pl.DataFrame:
    """`pairs` with p_<relation> and the likeliest relation as `predicted`."""
    columns = [pl.Series(f"p_{name}", probability[:, n], pl.Float64) for n, name in enumerate(RELATIONS)]
    predicted = [RELATIONS[k] for k in probability.argmax(axis=1)]
    return pairs.with_columns(*columns, pl.Series("predicted", predicted, pl.String))
