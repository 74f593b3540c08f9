"""A whole import: images listed or copied, spreadsheets taken row by row, the rest of the layout written once.

Everything is decided before anything is written, so that a dry run says what a real one does.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import Description
from lesionary.cohorts.contract.manifest import MANIFEST
from lesionary.cohorts.images.nifti import is_nifti
from lesionary.importing.copying import Copies, copy, plan_copies
from lesionary.importing.linking import CATALOGUE, Catalogue, link_series, link_study
from lesionary.importing.listing import Listing, find_images, list_images, write_listing
from lesionary.importing.merging import Merged, merge, write_whole
from lesionary.importing.sheets import Sheet, read_sheet
from lesionary.importing.taking import Taken, faults_of, match_columns, take_rows
from lesionary.schemas.tables import BOOKMARKS, DESCRIPTION, LABELS, LESIONS, RELATIONS, REPORTS, Finding, Table

KEY = "pseudonym.key"
SHEETS = {"lesions": LESIONS, "reports": REPORTS, "bookmarks": BOOKMARKS, "relations": RELATIONS, "labels": LABELS}


@dataclass(frozen=True)
class Request:
    """What is to be imported, and how."""

    source: Path
    cohort: Path
    memory: Path
    sheets: Mapping[str, Path] = field(default_factory=dict)
    """Spreadsheets by the name of our table."""
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Our column: theirs, by the name of our table."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Which sheet of a workbook, by the name of our table."""
    about: str = ""
    copy: bool = False
    rehash: bool = False
    drop_missing: bool = False


@dataclass
class Plan:
    """What an import writes and says; `write` does it."""

    request: Request
    said: list[str] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    """Rows that are left out, by the names of the spreadsheet."""
    contents: dict[str, bytes] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=Catalogue)
    listing: Listing | None = None
    copies: Copies | None = None

    def write(self) -> None:
        """Write it: what is there already is added to, or left."""
        cohort = self.request.cohort
        cohort.mkdir(parents=True, exist_ok=True)
        if KEY in self.contents:
            descriptor = os.open(cohort / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # its owner's alone
            with open(descriptor, "wb") as file:
                file.write(self.contents[KEY])
        if self.copies is not None:
            copy(self.copies)
        if self.listing is not None:
            write_listing(cohort, self.request.memory, self.listing)
        self.catalogue.write(cohort)
        for name, content in self.contents.items():
            if name != KEY:
                write_whole(cohort / name, content)


def plan_import(request: Request) -> Plan:
    """Decide everything; `CohortError` if the images, a table or a mapping cannot be used as a whole."""
    request = replace(request, source=request.source.resolve(), cohort=request.cohort.resolve())
    cohort, plan = request.cohort, Plan(request)
    if (cohort / ("images" if not request.copy else MANIFEST)).exists():
        reason = "lists its images, copies were asked for" if request.copy else "holds copies, a list was asked for"
        raise CohortError(str(cohort), reason, "import it with --copy as at first, or never")
    key = (cohort / KEY).read_bytes().strip() if (cohort / KEY).is_file() else b""
    if not key:
        if (cohort / KEY).exists():
            raise CohortError(str(cohort / KEY), "is empty", "restore it, or remove it: names downstream then change")
        key = secrets.token_hex().encode()
        plan.contents[KEY] = key + b"\n"
        plan.said.append(f"{KEY}: made; keep it, and give it to nobody")
    images, others = find_images(request.source, cohort)
    _plan_images(plan, images, others, key)
    for name, table in SHEETS.items():
        if name in request.sheets:
            _plan_table(plan, name, table)
    return plan


def _plan_images(plan: Plan, images: list[Path], others: list[Path], key: bytes) -> None:
    request = plan.request
    plan.catalogue = Catalogue() if request.rehash else Catalogue.read(request.cohort)
    if request.copy:
        plan.copies = plan_copies(request.source, images, request.cohort / "images")
        new = images if request.rehash else [source for source, _ in plan.copies.wanted]
        plan.said.append(f"images: {len(plan.copies.wanted)} to copy, {plan.copies.alike} there already")
        plan.refused += [Finding(name, None, "", "is there with other bytes: left as it is")
                         for name in plan.copies.differing]  # fmt: skip
        home: Path = request.source
    else:
        listing = list_images(
            request.cohort, images, request.memory, key, rehash=request.rehash, drop=request.drop_missing
        )
        plan.listing, home = listing, request.cohort
        if listing.changed:
            plan.catalogue = Catalogue()  # what their headers said before is not known
        there = [listing.paths[name] for name in listing.added] if plan.catalogue.series else listing.paths.values()
        new = sorted(there)
        plan.said.append(
            f"{MANIFEST}: {len(listing.rows)} images, {len(listing.added)} of them new, "
            f"{len(listing.changed)} changed, {len(listing.gone)} gone; {listing.hashed} read"
        )
        for what, files in (("new", listing.added), ("changed", listing.changed), ("gone", listing.gone)):
            plan.said += [f"  {what}: {folder} ({count} files)" for folder, count in sorted(_folders(files).items())]
    if others:
        plan.said.append(f"left out, neither DICOM nor NIfTI: {len(others)} files, the first {others[0]}")
    inventory = plan.catalogue.add(home, new)
    studies = len({seen.study or name for name, seen in inventory.series.items()})
    plan.said.append(f"{CATALOGUE}: {len(plan.catalogue.series)} series; {studies} studies read anew")
    _plan_description(plan, images)


def _plan_description(plan: Plan, images: list[Path]) -> None:
    path = plan.request.cohort / DESCRIPTION
    kinds = sorted({"nifti" if is_nifti(image) else "dicom" for image in images})
    if path.is_file():
        named = Description.model_validate(yaml.safe_load(path.read_text("utf-8"))).images
        if lacking := [kind for kind in kinds if kind not in {one.value for one in named}]:
            plan.said.append(f"{DESCRIPTION}: there, but lacks images: {lacking}: add it")
    elif kinds:
        about = plan.request.about or "imported; say here where it is from"
        values = {"name": plan.request.cohort.resolve().name, "about": about, "images": kinds}
        plan.contents[DESCRIPTION] = yaml.safe_dump(values, sort_keys=False, allow_unicode=True).encode()
        plan.said.append(f"{DESCRIPTION}: made")
    else:
        raise CohortError(str(plan.request.source), "holds no DICOM and no NIfTI", "name the folder of the export")


def _plan_table(plan: Plan, name: str, table: Table) -> None:
    request = plan.request
    sheet = read_sheet(request.sheets[name], request.parts.get(name))
    columns = match_columns(table, sheet, request.columns.get(name, {}))
    rows, refused = [], []
    for one in _linked(table, sheet, columns, plan.catalogue):
        if isinstance(one, Finding):
            refused.append(one)
        elif faults := faults_of(table, one, sheet, columns):
            refused += faults
        else:
            rows.append(one)
    merged: Merged = merge(table, request.cohort / table.file, rows, sheet.name)
    if merged.added:
        plan.contents[table.file] = merged.content
    refused += merged.refused
    plan.refused += refused
    unused = [theirs for theirs in sheet.header if theirs and theirs not in columns.values()]
    plan.said.append(
        f"{table.file}: {merged.added} rows new, {merged.alike} there already, "
        f"{len({one.line for one in refused})} left out; {sheet.name} read as {sheet.read_as}"
    )
    matched = ", ".join(f"{ours} = {theirs!r}" if ours != theirs else ours for ours, theirs in columns.items())
    plan.said.append(f"  columns: {matched}" + (f"; not used: {', '.join(unused)}" if unused else ""))


def _linked(table: Table, sheet: Sheet, columns: Mapping[str, str], catalogue: Catalogue) -> Iterator[Taken | Finding]:
    """Rows with the series or study that they mean, and lesions without a name numbered by study."""
    numbers: Counter[str] = Counter()
    for one in take_rows(sheet, columns):
        if isinstance(one, Taken) and table in (LESIONS, REPORTS, LABELS):
            why = (link_series if table is LESIONS else link_study)(one.values, catalogue)
            if why:
                yield Finding(sheet.name, one.line, "", why)
                continue
            if table is LESIONS:
                numbers[one.values["study"]] += 1
                if not one.values.get("lesion"):
                    one.values["lesion"] = str(numbers[one.values["study"]])
        yield one


def _folders(names: list[str]) -> Counter[str]:
    return Counter(name.rpartition("/")[0] for name in names)
