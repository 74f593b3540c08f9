"""What the annotation track can use of mined.csv: the code of find_bookmarks and expand_labels, writing nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from lesionary.checking.problems import Problem, Severity
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.contract.splits import SPLITS
from lesionary.cohorts.mined import TABLE, MinedElsewhere, read_mined
from lesionary.ontology.graph import Ontology

NOTHING = MinedElsewhere(pl.DataFrame(schema={"line": pl.Int64, "lesion": pl.String, "label": pl.String}), {})


def check_mined(
    cohort: Cohort, lesions: pl.DataFrame, ontology: Ontology, set_aside: SetAside
) -> tuple[MinedElsewhere, list[Problem]]:
    """The table without the labels that the ontology lacks, and these and what else there is to notice."""
    mined = read_mined(cohort, lesions, set_aside)
    if mined is None:
        return NOTHING, []
    known = pl.col("label").is_in(ontology.labels)
    return MinedElsewhere(mined.labels.filter(known), mined.splits), [
        *_unknown(mined.labels.filter(~known)),
        *_moved(mined, lesions),
    ]


def used_of(mined: MinedElsewhere, lesions: set[str]) -> dict[str, int]:
    """How much of the table is of `lesions`, which have an image."""
    labels = mined.labels.filter(pl.col("lesion").is_in(list(lesions)))
    return {"lesions with an image and a label that was mined elsewhere": len(lesions), "labels of these": len(labels)}


def divided(lesions: pl.DataFrame, splits: Mapping[str, str], labelled: set[str], tested: set[str]) -> dict[str, int]:
    """Lesions with a label in each part, and how many of test are labelled by hand, mined or not: `tested`."""
    owners = lesions.filter(pl.col("lesion").is_in(list(labelled)))["patient"]
    counts = Counter(splits[patient] for patient in owners)
    parts = {f"of these in {split}": counts[split] for split in SPLITS}
    return parts | {"lesions of test, labelled by hand": len(tested)}


def _unknown(rows: pl.DataFrame) -> list[Problem]:
    """A problem a label, at the first row that has it; what a user wrote may be a name, and stays a value."""
    cure = "name the ontology that it was mined by (ontology.file), or add it there"
    return [
        Problem(Severity.SET_ASIDE, "expand_labels", "mined label", "", "is not in the ontology", cure, TABLE, line,
                "label", value=label)
        for line, label in rows.unique("label", keep="first", maintain_order=True).select("line", "label").iter_rows()
    ]  # fmt: skip


def _moved(mined: MinedElsewhere, lesions: pl.DataFrame) -> list[Problem]:
    """Patients whom the table of lesions puts into another part."""
    there = lesions.select("patient", "split").unique().drop_nulls().iter_rows()
    moved = {patient for patient, split in there if mined.splits.get(patient, split) != split}
    if not moved:
        return []
    reason = f"{len(moved)} patients are in another part than the table of lesions says: annotation takes this one"
    cure = "if that is not meant, leave the column split out"
    return [Problem(Severity.NOTICED, "find_bookmarks", "table", "", reason, cure, TABLE)]
