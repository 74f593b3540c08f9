"""Which series a row of a spreadsheet means, where it names a patient, a study or an accession number alone."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import polars as pl

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.inventory import CT, Inventory, Seen, note, take_inventory
from lesionary.cohorts.spelling import plain, spellings
from lesionary.importing.taking import ACCESSION, LINKING

CATALOGUE = "series.csv"
"""In the cohort's folder: every series of its images, for the user to look up. No stage reads it."""
_OWNERS = ("patient", "study", "accession")
_COLUMNS = ("series", "patient", "study", "accession", "kind", "files", "description")


@dataclass
class Catalogue:
    """The series of a cohort's images, by name: what series.csv holds."""

    series: dict[str, Seen] = field(default_factory=dict)
    _by_value: dict[tuple[str, str], set[str]] = field(default_factory=dict, repr=False)
    _by_plain: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set), repr=False)

    @classmethod
    def read(cls, cohort: Path) -> Catalogue:
        """As it was last written; an empty one if there is none. `CohortError` if it cannot be read."""
        path = cohort / CATALOGUE
        if not path.is_file():
            return cls()
        try:
            table = pl.read_csv(path, infer_schema=False)
            told = pl.col("description") if "description" in table.columns else pl.lit("").alias("description")
            rows = table.select(*_COLUMNS[:-1], told).fill_null("").iter_rows()
            return cls(
                {name: Seen(who, study, number, kind, int(n), text) for name, who, study, number, kind, n, text in rows}
            )
        except (pl.exceptions.PolarsError, ValueError):
            raise CohortError(str(path), "cannot be read", "remove it and import with --rehash") from None

    def add(self, cohort: Path, images: Sequence[Path]) -> Inventory:
        """Read the headers of more images."""
        listed = [Listed(Path(os.path.relpath(image, cohort)).as_posix(), image) for image in images]
        found = take_inventory(listed)
        self._by_value.clear()
        self._by_plain.clear()
        for name, seen in found.series.items():
            note(self.series, name, seen)
        return found

    def write(self, cohort: Path) -> None:
        """Write it, sorted by patient, study and series."""
        rows = [
            (name, seen.patient, seen.study, seen.accession, seen.kind, seen.files, seen.description)
            for name, seen in self.series.items()
        ]
        pl.DataFrame(sorted(rows, key=lambda row: (row[1], row[2], row[0])), _COLUMNS, orient="row").write_csv(
            cohort / CATALOGUE
        )

    def fitting(self, row: Mapping[str, str]) -> dict[str, Seen]:
        """Series of CT that agree with all that a row names of patient, study, series and accession number."""
        given = [(name, row[name]) for name in LINKING if row.get(name)]
        places = self._places()
        names = sorted(set.intersection(*(places.get(one, set()) for one in given))) if given else []
        return {name: self.series[name] for name in names}

    def nearly(self, row: Mapping[str, str]) -> bool:
        """Whether series of CT would agree with a row but for capitals, spaces, accents and leading zeros."""
        if not self._by_plain:
            for (column, value), names in self._places().items():
                self._by_plain[column, plain(value)] |= names
        given = [(name, plain(row[name])) for name in LINKING if row.get(name)]
        return bool(given) and bool(set.intersection(*(self._by_plain.get(one, set()) for one in given)))

    def spellings(self) -> list[list[str]]:
        """Patients of CT series who may be one, written in several ways."""
        return spellings(seen.patient for seen in self.series.values() if seen.kind in CT and seen.patient)

    def _places(self) -> dict[tuple[str, str], set[str]]:
        """Names of series by column and value."""
        if self._by_value:
            return self._by_value
        for name, seen in self.series.items():
            if seen.kind == "NIfTI":  # it names nobody: its file and its folders do
                words = {PurePosixPath(name).name.split(".nii")[0], *PurePosixPath(name).parts}
                told = [("series", name), ("study", name), *(("patient", word) for word in words)]
            elif seen.kind in CT:
                told = [("series", name), *((column, str(getattr(seen, column))) for column in _OWNERS)]
            else:
                continue
            for one in told:
                self._by_value.setdefault(one, set()).add(name)
        return self._by_value


def link_series(row: dict[str, str], catalogue: Catalogue) -> str | None:
    """Fill patient, study and series of a row of lesions.csv from the one series that it can mean; why not, else.

    A row that names all three is left as it is.
    """
    if all(row.get(name) for name in ("patient", "study", "series")):
        return None
    fitting = catalogue.fitting(row)
    named = ", ".join(name for name in LINKING if row.get(name))
    if not named:
        return f"names none of {', '.join(LINKING)} (of merged cells the first alone holds the value: fill the others)"
    if not fitting and catalogue.nearly(row):
        return (
            f"names {named}, which CT series have in other capitals, spaces, accents or leading zeros: see {CATALOGUE}"
        )
    if not fitting:
        return f"names {named}, which no CT series of the images has"
    if len(fitting) > 1:
        return f"names {named}, which {len(fitting)} CT series have: add a column series ({CATALOGUE} lists them)"
    ((name, seen),) = fitting.items()
    row["series"] = name
    row["study"] = seen.study or row.get("study") or name
    row["patient"] = seen.patient or row.get("patient") or row["study"]
    return None


def link_study(row: dict[str, str], catalogue: Catalogue) -> str | None:
    """Fill the study of a report or label; why not, if several could be meant. One that has no images is its own."""
    if row.get("study"):
        return None
    studies = {seen.study or name for name, seen in catalogue.fitting(row).items()}
    if len(studies) > 1:
        return f"{len(studies)} studies of the images fit: add a column study or accession"
    alone = row.get(ACCESSION) or row.get("report") or ""
    row["study"] = next(iter(studies), alone)
    return None if row["study"] else "names no study"
