"""Find the sentences of the reports that refer to a lesion (LesaNet, 3.2), and bring the hand-made tables along.

Reads   cohort     data/raw/<cohort>: reports.csv, and bookmarks.csv, relations.csv, labels.csv where there are
        index      of that cohort: lesions.parquet
Writes  sentences.parquet   report, sentence, study, patient, split, section, start, end, text: those with a bookmark
        bookmarks.parquet   report, sentence, start, end, kind, size_mm, series, slice, lesion
        judged.parquet      report, start, end, label, bookmark, relation: judged by hand
        labelled.parquet    lesion, label: labelled by hand
        patients.parquet    patient, split: as given, else drawn
        set_aside.csv       kind, subject, reason, cure

Names are pseudonyms; positions are Python string positions in the report.
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.cohorts.layout import Cohort
from lesionary.cohorts.set_aside import SetAside
from lesionary.cohorts.splits import split_patients
from lesionary.cohorts.texts import read_texts
from lesionary.errors import as_one_line
from lesionary.params import AnnotationParams
from lesionary.reports.tables import bookmarked_sentences


def main(cohort: Path, index: Path, reports: Path) -> None:
    """Read the texts of `cohort` into the folder `reports`."""
    params = AnnotationParams.load()
    set_aside = SetAside()
    lesions = pl.read_parquet(index / "lesions.parquet")
    texts = read_texts(Cohort.open(cohort), lesions, set_aside)
    owners = [*lesions.select("patient", "split").iter_rows(), *((r.patient, r.split) for r in texts.reports)]
    splits = split_patients(owners, params.split_seed)
    sentences, bookmarks = bookmarked_sentences(texts.reports, splits, set_aside)
    reports.mkdir(parents=True, exist_ok=True)
    sentences.write_parquet(reports / "sentences.parquet")
    bookmarks.write_parquet(reports / "bookmarks.parquet")
    texts.judged.write_parquet(reports / "judged.parquet")
    texts.labelled.write_parquet(reports / "labelled.parquet")
    patients = {"patient": list(splits), "split": list(splits.values())}
    pl.DataFrame(patients, schema={"patient": pl.String, "split": pl.String}).write_parquet(
        reports / "patients.parquet"
    )
    set_aside.write(reports / "set_aside.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("cohort", "index", "reports"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
