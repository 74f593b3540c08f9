"""Match the labels of the ontology in the sentences with a bookmark (LesaNet, 3.2).

Reads   reports    sentences.parquet
Writes  mentions   parquet: report, sentence, start, end, label; positions in the report
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.errors import as_one_line
from lesionary.ontology.reading import our_ontology
from lesionary.reports.mentions import MentionFinder
from lesionary.reports.tables import mentions_of


def main(reports: Path, mentions: Path) -> None:
    """Match the sentences of `reports`."""
    found = mentions_of(pl.read_parquet(reports / "sentences.parquet"), MentionFinder(our_ontology()))
    mentions.parent.mkdir(parents=True, exist_ok=True)
    found.write_parquet(mentions)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path)
    parser.add_argument("mentions", type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
