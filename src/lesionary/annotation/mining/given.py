"""Labels that came with a cohort, mined elsewhere, beside those of its own mentions.

They stand in no sentence that is known here. A lesion that has both is labelled by all of them, as by several mentions:
the strongest relation of a label counts (`labels.mine`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from lesionary.annotation.labels import Matrix, quality_of
from lesionary.base.errors import ReportError
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.ontology.graph import Ontology

SCHEMA: dict[str, Any] = {"lesion": pl.String, "label": pl.String, "relation": pl.String}


def read_given(reports: Path, ontology: Ontology, set_aside: SetAside) -> pl.DataFrame:
    """`mined.parquet` of the folder `reports`, or no rows; labels that the ontology lacks are set aside."""
    path = reports / "mined.parquet"
    return known_labels(pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=SCHEMA), ontology, set_aside)


def known_labels(given: pl.DataFrame, ontology: Ontology, set_aside: SetAside) -> pl.DataFrame:
    """The rows whose label the ontology has; the other labels are set aside, each once."""
    for label in given["label"].unique(maintain_order=True):
        with set_aside.guard(Kind.MINED, label):
            if label not in ontology.index:
                cure = "name the ontology that it was mined by (ontology.file), or add it there"
                raise ReportError(f"mined.csv, label {label!r}", "is not in the ontology", cure)
    return given.filter(pl.col("label").is_in(ontology.labels))


def with_given(pairs: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """`pairs` and behind them the given labels, whose relation is `used` and whose place in a report is null."""
    return pl.concat([pairs, given.rename({"relation": "used"})], how="diagonal") if len(given) else pairs


def given_metrics(given: pl.DataFrame, by_hand: Sequence[str], truth: Matrix, ontology: Ontology) -> dict[str, Any]:
    """How many labels were given of how many lesions, and how they agree with the `truth` of the lesions `by_hand`."""
    counts = {"lesions": given["lesion"].n_unique(), "labels": len(given)}
    return counts | dict(quality_of(given, by_hand, truth, ontology, "relation"))
