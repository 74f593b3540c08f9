"""Find the sentences of the reports that refer to a lesion (LesaNet, 3.2), and bring the hand-made tables along.

Reads   cohort     data/raw/<cohort>: reports.csv or mined.csv, and bookmarks.csv, relations.csv, labels.csv where there
                   are
        index      of that cohort: lesions.parquet, series.parquet
Writes  sentences.parquet   report, sentence, study, patient, split, section, start, end, text: those with a bookmark
        bookmarks.parquet   report, sentence, start, end, kind, size_mm, series, slice, lesion: hyperlinks, or where a
                            report has none what was found in it, with the lesion that alone agrees
        judged.parquet      report, start, end, label, bookmark, relation: judged by hand
        labelled.parquet    lesion, label: labelled by hand
        mined.parquet       lesion, label, relation: mined elsewhere; only of a cohort that has mined.csv
        patients.parquet    patient, split: as given (in mined.csv, else elsewhere), else drawn
        set_aside.csv       kind, subject, reason, cure
        scrubbed.csv        report, rule, count: how many passages of a text were covered before it was read

Names are pseudonyms; positions are Python string positions in the report, which scrubbing does not move. Reports
are read and sentences written some at a time, so that their number does not matter.
"""

import argparse
from itertools import chain
from pathlib import Path

import polars as pl

from lesionary.base.errors import as_one_line
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.contract.splits import overruled, split_patients
from lesionary.cohorts.mined import read_mined
from lesionary.cohorts.texts import Texts
from lesionary.params.annotation import AnnotationParams
from lesionary.params.reports import BookmarksParams
from lesionary.reports.growing import GrowingTable, batches
from lesionary.reports.parsing.matching import Matcher, Tolerance, targets_by_study
from lesionary.reports.parsing.tables import BOOKMARKS, SENTENCES, bookmarked_sentences
from lesionary.reports.scrubbing.scrubbing import Scrubber
from lesionary.running.progress import progress

REPORTS = 1_000
"""Read at a time."""


def main(cohort: Path, index: Path, reports: Path) -> None:
    """Read the texts of `cohort` into the folder `reports`."""
    params = AnnotationParams.load()
    parsing = BookmarksParams.load()
    set_aside = SetAside()
    lesions, series = (pl.read_parquet(index / f"{name}.parquet") for name in ("lesions", "series"))
    opened = Cohort.open(cohort)
    texts = Texts(opened, lesions, set_aside)
    scrubbed = Scrubber.of(opened, parsing.scrub, lesions, series)
    mined = read_mined(opened, lesions, set_aside)
    given = chain(lesions.select("patient", "split").iter_rows(), texts.patients())
    splits = split_patients(overruled(given, mined.splits if mined else {}), params.split_seed)
    match = Matcher(targets_by_study(lesions, series), Tolerance(parsing.tolerance_mm, parsing.tolerance_share))
    with (
        GrowingTable(reports / "sentences.parquet", SENTENCES) as sentences,
        GrowingTable(reports / "bookmarks.parquet", BOOKMARKS) as bookmarks,
    ):
        for batch in batches(scrubbed(progress(texts.reports(), "finding bookmarks")), REPORTS):
            for table, part in zip(
                (sentences, bookmarks), bookmarked_sentences(batch, splits, set_aside, match), strict=True
            ):
                table.append(part)
    match.report(set_aside)
    texts.judged().write_parquet(reports / "judged.parquet")
    texts.labelled().write_parquet(reports / "labelled.parquet")
    if mined:
        mined.labels.drop("line").write_parquet(reports / "mined.parquet")
    patients = {"patient": list(splits), "split": list(splits.values())}
    pl.DataFrame(patients, schema={"patient": pl.String, "split": pl.String}).write_parquet(
        reports / "patients.parquet"
    )
    set_aside.write(reports / "set_aside.csv")
    scrubbed.write(reports / "scrubbed.csv")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("cohort", "index", "reports"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
