"""Write the page on which all results stand beside the published ones.

Reads   ontology       the file that the labels were matched by
        metrics        cohort.json, relations.json, labels.json, {subtyping, annotation, subfigures}/<row>.json,
                       subfigures/cohort.json
        plots          {subtyping, annotation, subfigures}/<row>: tables and pictures; subfigures/classes.{csv, svg};
                       relations: intervals.csv, differences.csv, reliability.csv; annotation/figures;
                       annotation/subsets/<cut-off>.csv; annotation/differences.csv where it is;
                       subtyping/differences.csv, subtyping/figures
        subtyping_index, annotation_index    set_aside.csv of each track's cohort, named after it; they may be one
        slices, folds, reports, labels, patches, sorted_images    set_aside.csv
        folds          folds.csv
        reports        sentences.parquet, bookmarks.parquet
        relations      parquet: mentions with what the classifier says of them and, where judged by hand, a person
        labels         labels.csv
        figures        annotation/{samples, similar}.png: lesions and what annotation makes of them;
                       subtyping/{typical, hard}.png: masses and what subtyping makes of them
Writes  page           HTML, one file: style and pictures are inside, nothing is fetched. It quotes reports, if any.
"""

import argparse
from functools import partial
from pathlib import Path

import polars as pl

from lesionary.base.errors import as_one_line
from lesionary.figures.annotation import describe as describe_annotator
from lesionary.ontology.reading import read_ontology
from lesionary.params.annotation import AnnotationParams, AnnotatorParams
from lesionary.params.figures import FiguresParams
from lesionary.params.reports import RelationsParams
from lesionary.params.results import EvaluationParams, RowsParams
from lesionary.params.sorting import SorterParams, SubfiguresParams
from lesionary.params.subtyping import SubtyperParams, SubtypingParams
from lesionary.site.agreement import agreements, recall_lost
from lesionary.site.annotation import only_test, read_annotation
from lesionary.site.differences import read_differences
from lesionary.site.excluded import read_excluded
from lesionary.site.exhibits import read_exhibits
from lesionary.site.frequency import Bands, by_frequency
from lesionary.site.order import subtyping_orders
from lesionary.site.page import Page, render
from lesionary.site.published import read_published
from lesionary.site.relations import read_relations
from lesionary.site.rows import read_rows
from lesionary.site.sentences import samples
from lesionary.site.subfigures import read_subfigures
from lesionary.site.subtyping import read_subtyping
from lesionary.site.subtyping_exhibits import read_subtyping_exhibits
from lesionary.subfigures.describing import describe as describe_sorter
from lesionary.subtyping.describing import describe as describe_subtyper


def main(
    ontology: Path,
    metrics: Path,
    plots: Path,
    subtyping_index: Path,
    annotation_index: Path,
    slices: Path,
    folds: Path,
    reports: Path,
    relations: Path,
    labels: Path,
    patches: Path,
    figures: Path,
    sorted_images: Path,
    page: Path,
) -> None:
    """Write `page` from everything that was measured."""
    rows, published = RowsParams.load(), read_published()
    subtypers = {row: SubtyperParams.load_row(row) for row in rows.subtyping}
    sorters = {row: SorterParams.load_row(row) for row in rows.subfigures}
    annotators = {row: AnnotatorParams.load_row(row) for row in rows.annotation}
    subtyped = read_rows("subtyping", subtypers, describe_subtyper, metrics, plots)
    benchmark = SubfiguresParams.load()
    sorting = read_rows("subfigures", sorters, partial(describe_sorter, side_px=benchmark.side_px), metrics, plots)
    annotated = read_rows("annotation", annotators, describe_annotator, metrics, plots)
    applied = RelationsParams.load().apply
    partners = {row: one.partner.value for row, one in subtypers.items()}
    sentences, bookmarks = (pl.read_parquet(reports / f"{name}.parquet") for name in ("sentences", "bookmarks"))
    pairs = pl.read_parquet(relations)
    bands = Bands.of(pl.read_csv(labels / "labels.csv")["train"].to_list())
    indices = {f"images of {index.name}": index for index in (subtyping_index, annotation_index)}
    tracks = {"slices": slices, "folds": folds, "sub-figures": sorted_images}
    set_aside = {**indices, **tracks, "reports": reports, "labels": labels, "patches": patches}
    content = Page(
        cohorts=(SubtypingParams.load().cohort, AnnotationParams.load().cohort),
        level=EvaluationParams.load().level,
        subtyping=read_subtyping(subtyped, partners, metrics, folds, published),
        subtyping_exhibits=read_subtyping_exhibits(rows.subtyping, FiguresParams.load().embedded, plots, figures),
        subtyping_differences=read_differences(rows.subtyping, plots, published),
        subtyping_orders=subtyping_orders(subtyped, published),
        subfigures=read_subfigures(benchmark.images, sorting, metrics, plots, published),
        annotation=read_annotation(annotated, metrics, labels, only_test(pairs, sentences), published),
        exhibits=read_exhibits(annotated, plots, figures / "annotation", rows.subsets),
        frequency=by_frequency(annotated, bands),
        agreements=agreements(annotated, published),
        recall_lost=recall_lost(annotated, bands, published),
        relations=read_relations(applied, metrics / "relations.json", plots / "relations", published),
        samples=samples(sentences, bookmarks, pairs, read_ontology(ontology)),
        quotes_reports=not sentences.is_empty(),
        excluded=read_excluded(set_aside),
    )
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(content), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tables = ["metrics", "plots", "subtyping_index", "annotation_index", "slices", "folds"]
    texts = ["reports", "relations", "labels", "patches", "figures", "sorted_images"]
    for name in ["ontology", *tables, *texts, "page"]:
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
