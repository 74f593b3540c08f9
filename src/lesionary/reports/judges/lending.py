"""The phantom's judged sentences, for a cohort of which nobody judged a mention.

They are read as those of any cohort, but for what needs an image: a judge is given words and never a lesion. Labels are
those of our own ontology, in which the phantom is written, whatever the run's.
"""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.contract.splits import split_patients
from lesionary.cohorts.texts import Texts
from lesionary.ontology.ours import our_ontology
from lesionary.reports.judges.encoding import Example
from lesionary.reports.judges.examples import examples_of
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.tables import bookmarked_sentences, join_judged, mentions_of, pairs_of
from lesionary.reports.parsing.tokens import Tokeniser


@dataclass(frozen=True)
class School:
    """What judges learn from: pairs with their judgements, and the same pairs as a judge is given them."""

    pairs: pl.DataFrame
    examples: list[Example]


def read_school(cohort: Path, tokeniser: Tokeniser) -> School:
    """Pairs of the sentences of `cohort`, a folder whose reports all name their split; images are not looked at."""
    opened, set_aside = Cohort.open(cohort), SetAside()
    with redirect_stderr(io.StringIO()):  # what is set aside of the lender is no matter of whoever borrows
        texts = Texts(opened, _owners(opened), set_aside)
        reports = list(texts.reports())
        splits = split_patients(((one.patient, one.split) for one in reports), seed=0)
        sentences, bookmarks = bookmarked_sentences(reports, splits, set_aside)
        judged = texts.judged()
    mentions = mentions_of(sentences, MentionFinder(our_ontology()))
    pairs, _ = join_judged(pairs_of(sentences, bookmarks, mentions), judged)
    return School(pairs, examples_of(pairs, sentences, bookmarks, mentions, tokeniser))


def _owners(cohort: Cohort) -> pl.DataFrame:
    """lesion, study, patient, split of lesions.csv: what an index would say of them."""
    rows = [
        {
            "lesion": pseudonym(cohort.key, Entity.LESION, f"{study}\0{lesion}"),
            "study": pseudonym(cohort.key, Entity.STUDY, study),
            "patient": pseudonym(cohort.key, Entity.PATIENT, patient),
            "split": split,
        }
        for lesion, study, patient, split in cohort.lesions().select("lesion", "study", "patient", "split").iter_rows()
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("lesion", "study", "patient", "split"), pl.String))
