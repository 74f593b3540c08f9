"""Rows of the subtyping tables against DMRN on the same studies and slices (DMRN, 3.1 and the p of Tables 2 and 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lesionary.base.errors import CohortError
from lesionary.evaluation.intervals import bootstrap, by_patient
from lesionary.evaluation.multiclass import NAMES, averages
from lesionary.evaluation.paired import corrected_t, mcnemar, paired_t
from lesionary.params.results import EvaluationParams
from lesionary.subtyping.measuring import Decisions

REFERENCE = "dmrn"
TESTS = ("p_folds", "p_corrected", "p_cases", "p_mcnemar")

SCHEMA = {
    **dict.fromkeys(("row", "unit", "metric"), pl.String),
    **dict.fromkeys(("value", "low", "high", *TESTS), pl.Float64),
}

Units = Mapping[str, Decisions]
"""Of one row, at study and (where it sees slices) at slice level."""


def reference_of(rows: Sequence[str]) -> str:
    """DMRN, or the first row where that is not built.

    >>> reference_of(["resnet101", "dmrn"]), reference_of(["resnet101", "clinical"])
    ('dmrn', 'resnet101')
    """
    return REFERENCE if REFERENCE in rows else next(iter(rows), REFERENCE)


def differences(rows: Mapping[str, Units], evaluation: EvaluationParams) -> pl.DataFrame:
    """Every other row less the reference, a line a unit and metric: `SCHEMA` says which columns.

    value: of all folds pooled, with the interval low to high over draws of patients that all rows share.
    p_folds, p_corrected: t-tests over the folds' values, plain and corrected for common training cases (none of one).
    p_cases: t-test over cases (studies or slices) that are right or wrong; p_mcnemar: the same question asked exactly.
    Both concern accuracy, the one metric that a single case has; McNemar's is left out where cases are slices, which
    are anything but independent.
    """
    reference = reference_of(tuple(rows))
    lines: list[dict[str, object]] = []
    for row, units in rows.items():
        for unit in units if row != reference else ():
            if unit in rows[reference]:
                lines += compare(units[unit], rows[reference][unit], evaluation, row=row, unit=unit)
    return pl.DataFrame(lines, SCHEMA).with_columns(pl.selectors.float().round(4).fill_nan(None))


def compare(
    own: Decisions, other: Decisions, evaluation: EvaluationParams, *, row: str, unit: str
) -> list[dict[str, object]]:
    """One row less another at one level, a line a metric."""
    same_cases(own, other, row)
    values, intervals = difference(own, other, evaluation)
    own_folds, other_folds = own.each_fold(), other.each_fold()
    ratio = 1 / max(own.cases.folds - 1, 1)  # a fold is tested by the networks that the others trained
    lines: list[dict[str, object]] = []
    for name in NAMES:
        low, high = intervals[name]
        found = {"row": row, "unit": unit, "metric": name, "value": values[name], "low": low, "high": high}
        plain = paired_t(own_folds[name], other_folds[name])
        corrected = corrected_t(own_folds[name] - other_folds[name], ratio)
        lines.append({**found, "p_folds": plain, "p_corrected": corrected})
    accuracy = lines[NAMES.index("accuracy")]
    accuracy["p_cases"] = paired_t(own.right.astype(float), other.right.astype(float))
    accuracy["p_mcnemar"] = mcnemar(own.right, other.right) if unit == "study" else None
    return lines


def difference(
    own: Decisions, other: Decisions, evaluation: EvaluationParams
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Pooled metrics of `own` less those of `other`, and their intervals over patients.

    Draws follow from the seed and the number of patients alone: all rows are measured on the same ones.
    """
    cases = own.cases
    each = [by_patient(cases.label, one.predicted, cases.patient, len(cases.classes)) for one in (own, other)]
    counts = np.stack(each, axis=1)

    def less(matrices: NDArray[np.number]) -> dict[str, NDArray[np.float64]]:
        return {name: both[..., 0] - both[..., 1] for name, both in averages(matrices).items()}

    rng = np.random.default_rng(evaluation.seed)
    found = bootstrap(counts, less, replicates=evaluation.replicates, level=evaluation.level, rng=rng)
    return {name: float(value) for name, value in less(counts.sum(axis=0)).items()}, found


def same_cases(own: Decisions, other: Decisions, row: str) -> None:
    """`CohortError` unless both decide on the same cases in the same order and folds."""
    columns = [name for name in ("lesion", "study", "patient", "subtype", "z", "fold") if name in own.cases.table]
    if not own.cases.table.select(columns).equals(other.cases.table.select(columns)):
        reason = f"was predicted on {len(own.predicted)} cases that are not the {len(other.predicted)} of the reference"
        raise CohortError(f"row {row}", reason, "dvc repro fit_svm predicts every row on the folds of now")
