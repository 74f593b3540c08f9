"""Everything that can go wrong, in one tree.

    LesionaryError
    |-- ParamsError     params.yaml: an unknown key, a wrong type, a value out of range
    |-- CohortError     a cohort cannot be read at all: a missing table or column, no usable study
    |-- FileError       one file cannot be used
    |-- SeriesError     one series cannot be used: a missing slice, a tilted gantry
    |-- LesionError     one lesion cannot be used: its box lies outside its series
    |-- ClassError      one class cannot be used: fewer patients than folds
    |-- ReportError     one report, or a row that refers to it, cannot be used: offsets out of range
    |-- OntologyError   an ontology contradicts itself, or names a label that it does not have
    `-- WeightsError    pre-trained weights that are not there or do not fit

The first two and OntologyError stop a stage. The others concern one item: it is set aside with its reason and the
rest goes on (`cohorts.set_aside`).

An error says where, what and the way out. Where (`place`) may name a patient, since folder and file names
often do: it is shown on the terminal of the person who holds the data and written nowhere. `reason` and `cure`
hold numbers and field names alone, so they may travel.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class LesionaryError(Exception):
    """Root of the tree; `place`, `reason` and `cure` are kept apart for whoever lists the error."""

    def __init__(self, place: str, reason: str, cure: str) -> None:
        super().__init__(place, reason, cure)
        self.place, self.reason, self.cure = place, reason, cure

    def __str__(self) -> str:
        return f"{self.place}: {self.reason} ({self.cure})"


class ParamsError(LesionaryError):
    """A key of params.yaml is unknown, missing or has an impossible value."""


class CohortError(LesionaryError):
    """The cohort as a whole cannot be used."""


class ItemError(LesionaryError):
    """One item cannot be used; the rest of the cohort can."""


class FileError(ItemError):
    """One file cannot be used."""


class SeriesError(ItemError):
    """One series cannot be used."""


class LesionError(ItemError):
    """One lesion cannot be used."""


class ClassError(ItemError):
    """One class cannot be used."""


class OntologyError(LesionaryError):
    """The ontology as a whole cannot be used."""


class ReportError(ItemError):
    """One report, or a row that refers to it, cannot be used."""


class WeightsError(LesionaryError):
    """Pre-trained weights are not there, or are not this network's."""


@contextmanager
def as_one_line() -> Iterator[None]:
    """End the program with an error of this tree in one line; whoever runs a stage needs no traceback."""
    try:
        yield
    except LesionaryError as error:
        raise SystemExit(f"error: {error}") from None
