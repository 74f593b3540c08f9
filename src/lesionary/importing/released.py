"""The labels released with LesaNet, by official row number, as rows of labels.csv and mined.csv, by lesion.

The numbers are those of the table that is given, which must be whole.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from lesionary.annotation.released import read_hand_labelled, read_released
from lesionary.base.errors import CohortError
from lesionary.cohorts.images.deeplesion import TABLE, lesion_name, official_numbers, read_table, study_of
from lesionary.cohorts.relations import RELATIONS
from lesionary.importing.taking import Taken

CURE = f"take the official {TABLE}, and the file as it was released"


def hand_labelled(path: Path, source: Path) -> list[Taken]:
    """Rows of labels.csv; `CohortError` where a number of `path` does not name a lesion of the table in `source`."""
    table = _whole_table(source)
    rows = []
    for number, labels in read_hand_labelled(path, len(table)):
        lesion = _lesion(table, number)
        rows += [Taken(number, {**lesion, "label": label}) for label in labels]
    return rows


def mined(path: Path, source: Path) -> list[Taken]:
    """Rows of mined.csv, with the released split; of several relations of one label the strongest.

    `CohortError` where a number of `path` does not name a lesion of the table in `source`, or where the lists put a
    patient into two parts: then they are not of this table.
    """
    table, rows = _whole_table(source), list[Taken]()
    parts: dict[str, str] = {}
    for split, released in read_released(path).items():
        for place, number in enumerate(released.lesions.tolist()):
            if not 0 <= number < len(table):
                raise CohortError(f"{path}, {split}", f"its lesion {number} is no row of {len(table)}", CURE)
            before = parts.setdefault(table["Patient_index"][number], split)
            if before != split:
                raise CohortError(f"{path}, {split}", f"its lesion {number} is of a patient of {before}, too", CURE)
            lesion = _lesion(table, number)
            told = np.stack([released.relevant[place], released.uncertain[place], released.irrelevant[place]])
            for label in np.flatnonzero(told.any(axis=0)).tolist():
                relation = RELATIONS[int(told[:, label].argmax())]  # the first that holds: they fall in strength
                values = {**lesion, "label": released.labels[label], "relation": relation, "split": split}
                rows.append(Taken(number, values))
    return rows


def _whole_table(source: Path) -> pl.DataFrame:
    place = source / TABLE
    table = read_table(place)
    official_numbers(table, str(place))
    return table


def _lesion(table: pl.DataFrame, number: int) -> dict[str, str]:
    values = table.row(number, named=True)
    return {"lesion": lesion_name(values), "study": study_of(values)}
