"""DeepLesion as NIH distributes it: DL_info.csv with Images_png beside it, and the labels released with LesaNet."""

from __future__ import annotations

from pathlib import Path

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import ImageKind
from lesionary.cohorts.images.deeplesion import TABLE, read_table, series_of
from lesionary.importing.laying import check_apart, describe, find_key, find_readable, lay_images
from lesionary.importing.plan import Plan
from lesionary.importing.released import hand_labelled, mined
from lesionary.importing.tables import SHEETS, add_rows, plan_tables
from lesionary.schemas.tables import Finding

RELEASED = {"labels": hand_labelled, "mined": mined}
"""What reads the file that was released with LesaNet, in place of a spreadsheet."""
ABOUT = "DeepLesion (NIH Clinical Center), as distributed."


def plan_deeplesion(plan: Plan) -> None:
    """Decide what becomes of the folder; `CohortError` if its table, its slices or the labels cannot be used."""
    source, cohort = plan.request.source, plan.request.cohort
    check_apart(source, cohort)
    table = read_table(source / TABLE)
    named = {series_of(name) for name in table["File_name"]}
    slices, others = find_readable(plan, lambda path: is_slice(path) and path.parent.name in named)
    if not slices:
        cure = "unpack Images_png beside it: Images_png/000001_01_01/103.png"
        raise CohortError(str(source), f"holds no slice of a series that {TABLE} names", cure)
    lay_images(plan, slices, source, find_key(plan))
    there = {path.parent.name for path in slices}
    usable = sum(series_of(name) in there for name in table["File_name"])
    plan.said.append(f"{TABLE}: {len(table)} rows, {usable} of them of the {len(there)} series that are there")
    if strangers := [path for path in others if path != source / TABLE]:
        plan.said.append(f"left out, no slice of a series of {TABLE}: {len(strangers)} files, the first {strangers[0]}")
    _take_table(plan, source / TABLE, cohort / TABLE)
    describe(plan, [ImageKind.DEEPLESION], ABOUT)
    plan_tables(plan, ("reports", "bookmarks", "relations"))
    for name, released in RELEASED.items():
        path = plan.request.sheets.get(name)
        if path and path.suffix.lower() == ".json":
            plan.refused += add_rows(plan, SHEETS[name], released(path, source), path.name)
        else:
            plan_tables(plan, (name,))


def is_slice(path: Path) -> bool:
    """Whether a file is called like a slice of a series: `<series>/<number>.png`.

    >>> is_slice(Path("Images_png/000001_01_01/103.png")), is_slice(Path("Images_png/preview.png"))
    (True, False)
    """
    return path.suffix == ".png" and path.stem.isdecimal()


def _take_table(plan: Plan, theirs: Path, ours: Path) -> None:
    """A copy of the table, unless there is one."""
    content = theirs.read_bytes()
    if not ours.is_file():
        plan.contents[TABLE] = content
    elif ours.read_bytes() != content:
        plan.refused.append(Finding(TABLE, None, "", "is there with other rows: left as it is"))
