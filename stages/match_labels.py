"""Match the labels of the ontology in the sentences with a bookmark (LesaNet, 3.2).

Reads   ontology   YAML written like lesionary/ontology/lesions.yaml, or a released workbook (.xlsx)
        reports    sentences.parquet
Writes  mentions   parquet: report, sentence, start, end, label; positions in the report
"""

import argparse
from pathlib import Path

from lesionary.base.errors import as_one_line
from lesionary.ontology.reading import read_ontology
from lesionary.reports.growing import GrowingTable, parts_of
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.tables import MENTIONS, mentions_of
from lesionary.running.progress import progress


def main(ontology: Path, reports: Path, mentions: Path) -> None:
    """Match the sentences of `reports`."""
    finder = MentionFinder(read_ontology(ontology))
    with GrowingTable(mentions, MENTIONS) as table:
        for sentences in progress(parts_of(reports / "sentences.parquet"), "matching labels"):
            table.append(mentions_of(sentences, finder))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("ontology", "reports", "mentions"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
