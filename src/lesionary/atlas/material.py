"""A phantom as the pipeline reads it, joined to the truth that no reader of the cohort sees."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pydicom

from lesionary.annotation.labels import Matrix, mine
from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.contract.splits import split_patients
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.texts import Texts
from lesionary.ontology.expansion import expand
from lesionary.ontology.graph import Ontology
from lesionary.ontology.ours import our_ontology
from lesionary.params.images import IndexParams
from lesionary.reports.parsing.tables import bookmarked_sentences

TRUTH = ("lesion", "kind", "labels", "subtype", "mean_hu", "diameter_mm", "slices")
"""Columns of the truth that are shown; it may have more."""


@dataclass(frozen=True)
class Material:
    """Everything there is to show. All names are pseudonyms, as everywhere behind `data/raw`."""

    files: tuple[Path, ...]
    series: dict[str, Series]
    lesions: pl.DataFrame
    """The index's columns, and those of `TRUTH`; `labels` is a list."""
    sentences: pl.DataFrame
    """Those with a bookmark (`reports.tables.SENTENCES`)."""
    bookmarks: pl.DataFrame
    judged: pl.DataFrame
    """Judged mentions with the lesion of their bookmark (null without an image), and `split`."""
    ontology: Ontology

    def expanded(self, pairs: pl.DataFrame, lesions: list[str]) -> Matrix:
        """Labels of `pairs` (lesion, label) with their parents, shape (lesions, labels)."""
        relevant = mine(pairs.with_columns(relation=pl.lit("relevant")), lesions, self.ontology, "relation").relevant
        return expand(relevant, self.ontology.closure)

    @cached_property
    def true(self) -> Matrix:
        """True labels with their parents, in the order of `lesions`."""
        pairs = self.lesions.select("lesion", label="labels").explode("label")
        return self.expanded(pairs, self.lesions["lesion"].to_list())

    @cached_property
    def said(self) -> pl.DataFrame:
        """lesion, label: what judged sentences say of a lesion with an image, without a doubt."""
        certain = self.judged.filter((pl.col("relation") == "relevant") & pl.col("lesion").is_not_null())
        return certain.select("lesion", "label").unique(maintain_order=True)

    @cached_property
    def protocols(self) -> pl.DataFrame:
        """How each series was written: series, subtyped, manufacturer, syntax, images, pixel_mm, thickness_mm."""
        subtyped = set(self.lesions.filter(pl.col("subtype") != "")["series"])
        return pl.DataFrame(
            [{"series": name, "subtyped": name in subtyped, **self._protocol(one)} for name, one in self.series.items()]
        )

    def _protocol(self, series: Series) -> dict[str, Any]:
        first = next(self.files[n] for n in series.files if n is not None)
        header = pydicom.dcmread(first, stop_before_pixels=True, specific_tags=["SliceThickness"])
        return {
            "manufacturer": series.manufacturer,
            "syntax": header.file_meta.TransferSyntaxUID.name,
            "images": len(series.files),
            "pixel_mm": series.geometry.spacing_mm[0],
            "thickness_mm": float(header.get("SliceThickness") or np.nan),
        }


def read_material(folder: Path, truth: Path, params: IndexParams) -> Material:
    """Read the cohort in `folder` with the readers that every cohort goes through, and its truth."""
    cohort, set_aside = Cohort.open(folder), SetAside()
    corrections = Corrections.of(params)
    index = index_cohort(cohort, max_gap_mm=params.max_gap_mm, tilt_deg=params.tilt_deg, corrections=corrections)
    named = pl.DataFrame(
        [(row.lesion, index.name(Entity.LESION, f"{row.study}\0{row.lesion}")) for row, _, _ in index.lesions],
        schema={"told": pl.String, "lesion": pl.String},
        orient="row",
    )
    lesions = index.lesion_table()
    texts = Texts(cohort, lesions, set_aside)
    owners = [*lesions.select("patient", "split").iter_rows(), *texts.patients()]
    sentences, bookmarks = bookmarked_sentences(texts.reports(), split_patients(owners, seed=0), set_aside)
    ends = bookmarks.select("report", "lesion", bookmark="start").unique(("report", "bookmark"), maintain_order=True)
    splits = sentences.select("report", "split").unique(maintain_order=True)
    judged = texts.judged().join(ends, on=("report", "bookmark"), how="left", maintain_order="left")
    return Material(
        files=cohort.files,
        series={index.name(Entity.SERIES, name): one for name, one in index.series.items()},
        lesions=_with_truth(lesions.drop("subtype").join(named, on="lesion", maintain_order="left"), truth),
        sentences=sentences,
        bookmarks=bookmarks,
        judged=judged.join(splits, on="report", how="left", maintain_order="left"),
        ontology=our_ontology(),
    )


def _with_truth(lesions: pl.DataFrame, path: Path) -> pl.DataFrame:
    """Lesions with the columns of `TRUTH`; a lesion without a truth is an error, as is a table without a column."""
    table = pl.read_csv(path, schema_overrides=dict.fromkeys(TRUTH[:4], pl.String))
    if missing := [column for column in TRUTH if column not in table.columns]:
        raise CohortError(str(path), f"lacks the columns {missing}", "make the phantom again: dvc repro make_phantom")
    known = table.select(TRUTH).with_columns(
        pl.col("subtype").fill_null(""), labels=pl.col("labels").fill_null("").str.split("|")
    )
    joined = lesions.join(known, left_on="told", right_on="lesion", how="left", maintain_order="left")
    if strangers := joined.filter(pl.col("kind").is_null())["told"].to_list():
        raise CohortError(str(path), f"says nothing of lesion {strangers[0]}", "it belongs to another cohort")
    return joined.drop("told")
