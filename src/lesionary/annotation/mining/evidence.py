"""Where every label of every lesion comes from: the mention that gave it, or whose parent it is (LesaNet, 4.2); or the
table of labels that were mined elsewhere, which has no place in a report.

The rows of a relation are exactly the cells of that relation's expanded matrix, over all labels of the ontology: those
called relevant give `relevant_expanded`, with the uncertain ones `relevant_uncertain_expanded`, all of them
`mentioned_expanded`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import polars as pl

from lesionary.cohorts.relations import RELATIONS
from lesionary.ontology.graph import Ontology

PLACE = ("report", "start", "end", "bookmark")
"""Of a mention and of the bookmark that it was judged with, in the report's text."""


class Source(StrEnum):
    """How a label was come by."""

    MENTION = "mention"
    EXPANSION = "expansion"
    """It is a parent, near or far, of the label that was mentioned or given."""
    GIVEN = "given"
    """By mined.csv: place and probabilities are null, as they are of its parents."""


def evidence(pairs: pl.DataFrame, lesions: Sequence[str], ontology: Ontology) -> pl.DataFrame:
    """A row for every mention of a lesion's label, or where it was given, and for each parent of that label.

    `pairs` tell in `used` the relation that counts. Columns: lesion, label, source, from_label (as mentioned), report,
    start, end, bookmark, relation, judged (by hand, or null), p_<relation>. Sorted by lesion, label, place.
    """
    rows = [(label, label, Source.MENTION.value) for label in ontology.labels]
    rows += [(label, up, Source.EXPANSION.value) for label in ontology.labels for up in ontology.ancestors(label)]
    implied = pl.DataFrame(rows, ["from_label", "label", "source"], orient="row")
    chances = [f"p_{relation}" for relation in RELATIONS]
    mentions = pairs.filter(pl.col("lesion").is_in(lesions) & pl.col("used").is_not_null())
    mentions = mentions.select("lesion", *PLACE, "judged", *chances, from_label="label", relation="used")
    found = mentions.join(implied, on="from_label")
    elsewhere = pl.col("report").is_null() & (pl.col("source") == Source.MENTION.value)
    source = pl.when(elsewhere).then(pl.lit(Source.GIVEN.value)).otherwise("source")
    order = ("lesion", "label", *PLACE, "source", "from_label")
    columns = ("lesion", "label", "source", "from_label", *PLACE, "relation", "judged", *chances)
    return found.with_columns(source=source).select(columns).sort(order)
