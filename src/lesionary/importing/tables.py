"""Spreadsheets taken row by row into the tables of a cohort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from lesionary.importing.linking import Catalogue, link_series, link_study
from lesionary.importing.merging import merge
from lesionary.importing.plan import Plan
from lesionary.importing.sheets import Sheet, read_sheet
from lesionary.importing.taking import LINKING, Taken, faults_of, match_columns, take_rows
from lesionary.schemas.tables import BOOKMARKS, LABELS, LESIONS, MINED, RELATIONS, REPORTS, Finding, Table

SHEETS = {
    "lesions": LESIONS,
    "reports": REPORTS,
    "bookmarks": BOOKMARKS,
    "relations": RELATIONS,
    "labels": LABELS,
    "mined": MINED,
}


def plan_tables(plan: Plan, names: Sequence[str]) -> None:
    """Add the rows of the spreadsheets that were given for the tables `names`.

    `CohortError` if a spreadsheet, or the table that is there, cannot be used as a whole.
    """
    for name in names:
        if name in plan.request.sheets:
            _plan_table(plan, name, SHEETS[name])


def _plan_table(plan: Plan, name: str, table: Table) -> None:
    request = plan.request
    sheet = read_sheet(request.sheets[name], request.parts.get(name))
    columns = match_columns(table, sheet, request.columns.get(name, {}))
    rows, refused = [], []
    for one in _linked(table, sheet, columns, plan.catalogue or Catalogue()):
        if isinstance(one, Finding):
            refused.append(one)
        elif faults := faults_of(table, one, sheet, columns):
            refused += faults
        else:
            rows.append(one)
    refused += add_rows(plan, table, rows, sheet.name)
    plan.refused += refused
    unused = [theirs for theirs in sheet.header if theirs and theirs not in columns.values()]
    plan.said[-1] += f", {len({one.line for one in refused})} left out; {sheet.name} read as {sheet.read_as}"
    matched = ", ".join(f"{ours} = {theirs!r}" if ours != theirs else ours for ours, theirs in columns.items())
    plan.said.append(f"  columns: {matched}" + (f"; not used: {', '.join(unused)}" if unused else ""))


def add_rows(plan: Plan, table: Table, rows: Sequence[Taken], sheet: str) -> list[Finding]:
    """Add rows to a table of the cohort and say how many are new; those that are there with other values."""
    merged = merge(table, plan.request.cohort / table.file, rows, sheet)
    if merged.added:
        plan.contents[table.file] = merged.content
    plan.said.append(f"{table.file}: {merged.added} rows new, {merged.alike} there already")
    return merged.refused


def _linked(table: Table, sheet: Sheet, columns: Mapping[str, str], catalogue: Catalogue) -> Iterator[Taken | Finding]:
    """Rows with the series or study that they mean, and lesions without a name numbered by study."""
    numbers: Counter[str] = Counter()
    for one in take_rows(sheet, columns):
        if isinstance(one, Taken) and table in (LESIONS, REPORTS, LABELS, MINED):
            why = (link_series if table is LESIONS else link_study)(one.values, catalogue)
            if why:
                named = next((one.values[name] for name in LINKING if one.values.get(name)), "")
                yield Finding(sheet.name, one.line, "", why, named)
                continue
            if table is LESIONS:
                numbers[one.values["study"]] += 1
                if not one.values.get("lesion"):
                    one.values["lesion"] = str(numbers[one.values["study"]])
        yield one
