"""A whole check: the tables by their schemas, then the code of the stages themselves, as params.yaml sets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from lesionary.base.errors import CohortError
from lesionary.base.sections import PARAMS
from lesionary.checking.annotation import Settings, check_annotation
from lesionary.checking.collection import check_collection, is_collection
from lesionary.checking.places import Places, told_once
from lesionary.checking.problems import Problem, Scrubber, Severity
from lesionary.checking.report import Report
from lesionary.checking.spelt import spelt_twice
from lesionary.checking.subtyping import Divided, check_subtyping
from lesionary.checking.tracks import timed
from lesionary.checking.training import training_steps
from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.set_aside import Kind
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.index import Index, index_images
from lesionary.cohorts.inventory import NAMED, Inventory, take_inventory
from lesionary.params.images import IndexParams, SlicesParams
from lesionary.schemas.tables import DESCRIPTION, TABLES, Finding, description_faults, find_faults

TABLE_STEP = "tables"


def check(folder: Path, params: Path = PARAMS, *, pixels: bool = True) -> tuple[Report, Scrubber]:
    """Check a cohort, or pictures of the sub-figure track; the report, and what takes identities out of texts.

    Without `pixels` only headers are read, and the one or two slices a series by which copies are recognised.
    `ParamsError` if params.yaml cannot be used.
    """
    if is_collection(folder):
        return check_collection(folder, params, pixels=pixels), Scrubber(())
    index_params, slices = IndexParams.load(params), SlicesParams.load(params)
    divided, settings = Divided.load(params), Settings.load(params)
    report, findings, inventory = Report(folder.resolve().name, pixels=pixels), list(_findings(folder)), Inventory()
    with told_once():
        try:
            cohort = Cohort.open(folder)
            inventory = take_inventory(cohort.images)
            _describe(report, inventory)
            with timed("index_images") as step:
                index, regions = index_images(
                    cohort,
                    max_gap_mm=index_params.max_gap_mm,
                    tilt_deg=index_params.tilt_deg,
                    corrections=Corrections.of(index_params),
                )
                stopped = _stopped(lambda: index.add_lesions(regions))
            report.steps.append(step)
        except CohortError as error:
            report.problems = [*_stop(error), *_tables(findings, ())]
            return report, Scrubber(inventory.identities)
        places = Places.of(cohort, inventory)
        report.problems += [*stopped, *places.problems("index_images", index.set_aside, index.adjusted)]
        report.problems += spelt_twice(folder, inventory)
        _count(report, index)
        if stopped:
            report.problems += _tables(findings, report.problems)
            return report, Scrubber(places.identities)
        for track in (
            check_subtyping(index, places, slices, divided, pixels=pixels),
            check_annotation(index, places, settings, pixels=pixels),
        ):
            report.tracks.append(track)
            report.problems += track.problems
            report.steps += track.steps
    report.steps += training_steps(report.tracks, params) if pixels else []
    report.problems = [*_with_columns(report.problems, findings), *_tables(findings, report.problems)]
    return report, Scrubber(places.identities)


def _findings(folder: Path) -> Iterable[Finding]:
    if (folder / DESCRIPTION).is_file():
        yield from description_faults(folder / DESCRIPTION)
    for table in TABLES:
        if (folder / table.file).is_file():
            yield from find_faults(table, folder / table.file)


def _stopped(work: Callable[[], None]) -> list[Problem]:
    """What stops it, if anything does."""
    try:
        work()
    except CohortError as error:
        return _stop(error)
    return []


def _stop(error: CohortError) -> list[Problem]:
    return [
        Problem(Severity.STOPS, "index_images", "cohort", "", error.reason, error.cure, place=error.place, quotes=True)
    ]


def _with_columns(problems: Sequence[Problem], findings: Sequence[Finding]) -> list[Problem]:
    """Problems of rows with the column and the value that the schema blames."""
    blamed: dict[tuple[str, int | None], Finding] = {}
    for one in findings:
        blamed.setdefault((one.file, one.line), one)
    return [
        replace(one, column=found.column, value=found.value)
        if one.row and not one.column and (found := blamed.get((one.file, one.row)))
        else one
        for one in problems
    ]


def _tables(findings: Sequence[Finding], problems: Sequence[Problem]) -> list[Problem]:
    """What the schemas say of rows that no stage spoke of, and the second fault and further ones of those it did."""
    spoken = {(one.file, one.row) for one in problems if one.row}
    seen: set[tuple[str, int | None]] = set()
    found = []
    for one in findings:
        if (where := (one.file, one.line)) in spoken and where not in seen:
            seen.add(where)  # its first fault is what the stage spoke of
            continue
        found.append(
            Problem(Severity.NOTICED, TABLE_STEP, "row" if one.line else "table", "", one.reason, one.cure,
                    one.file, one.line, one.column, value=one.value)
        )  # fmt: skip
    return found


def _describe(report: Report, inventory: Inventory) -> None:
    series = sum(1 for seen in inventory.series.values() if "Image Storage" in seen.kind or seen.kind in NAMED)
    report.there = {
        "files": sum(inventory.kinds.values()),
        "bytes": inventory.bytes,
        "patients": inventory.patients,
        "studies": inventory.studies,
        "series of images": series,
    }
    report.kinds, report.syntaxes, report.makers = (
        dict(counts.most_common()) for counts in (inventory.kinds, inventory.syntaxes, inventory.makers)
    )


def _count(report: Report, index: Index) -> None:
    rows = [row for row, _, _ in index.lesions]
    aside = [one.kind for one in index.set_aside.problems]
    report.usable = {
        "patients with a lesion": len({row.patient for row in rows}),
        "studies with a lesion": len({row.study for row in rows}),
        "series": len(index.series),
        "series with a lesion": len({row.series for row in rows}),
        "lesions": len(rows),
        "lesions with a sub-type": sum(row.subtype is not None for row in rows),
        "lesions set aside": aside.count(Kind.LESION),
        "series set aside": aside.count(Kind.SERIES),
        "files set aside": aside.count(Kind.FILE),
    }
