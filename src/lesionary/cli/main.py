"""The commands and their options; what they do is the library's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from lesionary.base.errors import CohortError, LesionaryError

app = typer.Typer(
    help="From CT and reports of your own to a cohort that the pipeline reads.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
REPORTS = Path("data/interim/check")
MEMORY = Path("data/interim/import")
_Sheet = Annotated[str | None, typer.Option(help="a spreadsheet, CSV or xlsx", metavar="FILE[:SHEET]")]
WRONG = 2
"""Exit status of a command that cannot do what it was asked."""


@app.command()
def check(
    cohort: Annotated[Path, typer.Argument(help="the folder, data/raw/<cohort>")],
    out: Annotated[Path | None, typer.Option(help="where check.md and check.json go, under pseudonyms")] = None,
    params: Annotated[Path, typer.Option(help="params.yaml")] = Path("params.yaml"),
    headers: Annotated[bool, typer.Option("--headers", help="decode no lesion: quicker, sees less")] = False,
    everything: Annotated[bool, typer.Option("--all", help="show the place of every problem")] = False,
) -> None:
    """Tell what a cohort holds, or pictures in folders of their classes: which track can use what of it, what is wrong,
    where, and how to cure it.

    Exit status: 0 all can be used, 1 some was set aside, 2 no track can run.
    """
    from lesionary.checking.checking import check as check_cohort
    from lesionary.checking.showing import as_markdown, in_terminal

    folder = out or REPORTS / cohort.resolve().name
    if not cohort.is_dir():
        _stop(CohortError(str(cohort), "is no folder", "name the folder of a cohort: lesionary import makes one"))
    _check_free(folder)
    try:
        report, scrubber = check_cohort(cohort, params, pixels=not headers)
    except LesionaryError as error:
        _stop(error)
    typer.echo(in_terminal(report, everything=everything), nl=False)
    leaving = report.to_leave(scrubber)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "check.md").write_text(as_markdown(leaving), "utf-8")
    (folder / "check.json").write_text(json.dumps(leaving.as_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    typer.echo(f"\nUnder pseudonyms: {folder / 'check.md'}, {folder / 'check.json'}")
    raise typer.Exit(int(report.status))


@app.command("import")
def import_(
    source: Annotated[Path, typer.Argument(help="what there is: a folder, or an npz")],
    cohort: Annotated[Path, typer.Argument(help="the folder to make or to add to, data/raw/<cohort>")],
    lesions: _Sheet = None,
    reports: _Sheet = None,
    bookmarks: _Sheet = None,
    relations: _Sheet = None,
    labels: _Sheet = None,
    mined: _Sheet = None,
    columns: Annotated[Path | None, typer.Option(help="YAML: lesions: {our column: your column}")] = None,
    about: Annotated[str, typer.Option(help="where the cohort is from, a sentence for cohort.yaml")] = "",
    copy: Annotated[bool, typer.Option("--copy", help="copy the images; else they are listed where they lie")] = False,
    deidentify: Annotated[
        bool, typer.Option("--deidentify", help="copy DICOM cleaned, as the command deidentify does, tables to match")
    ] = False,
    shift_dates: Annotated[bool, typer.Option("--shift-dates", help="of these move dates, else drop them")] = False,
    rehash: Annotated[bool, typer.Option("--rehash", help="read every image again, not new ones alone")] = False,
    drop_missing: Annotated[bool, typer.Option("--drop-missing", help="forget images that are gone")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be done and write nothing")] = False,
    everything: Annotated[bool, typer.Option("--all", help="show every row that is left out")] = False,
    memory: Annotated[Path | None, typer.Option(help="where hashes are remembered")] = None,
    classes: Annotated[str, typer.Option(help="of an npz: what its labels 0, 1 ... mean, divided by commas")] = "",
    spacing_mm: Annotated[float | None, typer.Option(help="of an npz: edge of its voxels", min=1e-6)] = None,
    test_share: Annotated[float | None, typer.Option(help="of pictures: share that tests", min=0.0, max=1.0)] = None,
) -> None:
    """Bring images and tables into the layout of a cohort; again, to add what is new. Nothing is overwritten.

    What the source is decides what becomes of it:

    - an export of a PACS, DICOM or NIfTI in any nesting, with spreadsheets: CSV (any separator, UTF-8 or Latin-1),
      file.xlsx, or file.xlsx:sheet

    - DeepLesion, a folder with DL_info.csv and Images_png; --labels may be the hand-labelled lesions released with
      LesaNet (.json), --mined the labels that its authors mined from reports (.json)

    - an npz of volumes as MedMNIST distributes them; it takes no spreadsheet

    - pictures in folders of their classes, {train,test}/<class>/ or, with --test-share, <class>/; they are copied

    Exit status: 0 every row was taken, 1 some were left out, 2 nothing was written.
    """
    from lesionary.importing.deidentified import plan_deidentified
    from lesionary.importing.importing import plan_import
    from lesionary.importing.request import Request
    from lesionary.importing.showing import left_out
    from lesionary.importing.taking import read_columns
    from lesionary.subfigures.reading.folders import shown

    _check_free(cohort)
    given = {"lesions": lesions, "reports": reports, "bookmarks": bookmarks, "relations": relations, "labels": labels,
             "mined": mined}  # fmt: skip
    sheets = {name: _file_and_part(text) for name, text in given.items() if text}
    try:
        request = Request(
            source,
            cohort,
            memory or MEMORY / f"{cohort.resolve().name}.csv",
            {name: path for name, (path, _) in sheets.items()},
            read_columns(columns) if columns else {},
            {name: part for name, (_, part) in sheets.items() if part},
            about,
            copy,
            rehash,
            drop_missing,
            tuple(name.strip() for name in classes.split(",")) if classes else (),
            spacing_mm,
            test_share,
        )
        plan = plan_deidentified(request, shift_dates=shift_dates) if deidentify else plan_import(request)
        if not dry_run:
            plan.write()
    except LesionaryError as error:
        _stop(error)
    for line in (*plan.said, *left_out(plan.refused, everything=everything)):
        typer.echo(shown(line))
    typer.echo("dry run: nothing was written" if dry_run else f"written to {cohort}; now: lesionary check {cohort}")
    raise typer.Exit(1 if plan.refused else 0)


@app.command()
def deidentify(
    source: Annotated[Path, typer.Argument(help="a folder of DICOM files, in any nesting")],
    target: Annotated[Path, typer.Argument(help="a new folder, for copies that name nobody")],
    key: Annotated[Path, typer.Option(help="a file with a secret: the same key, the same pseudonyms and UIDs")],
    shift_dates: Annotated[bool, typer.Option("--shift-dates", help="move dates by patient, else drop them")] = False,
    names: Annotated[Path | None, typer.Option(help="where to tell who is who now, as CSV: keep it as the key")] = None,
) -> None:
    """Copy CT, RTSTRUCT, SEG and SR by the basic profile of DICOM PS3.15, Annex E; what cannot be cleaned is refused.

    Exit status: 0 every file was copied, 1 some were refused, 2 nothing was written.
    """
    from lesionary.deidentifying.deidentifying import deidentify_folder
    from lesionary.deidentifying.showing import in_terminal

    _check_free(target)
    try:
        done = deidentify_folder(source, target, key, shift_dates=shift_dates, names=names)
    except LesionaryError as error:
        _stop(error)
    for line in in_terminal(done):
        typer.echo(line)
    raise typer.Exit(1 if done.refused else 0)


@app.command()
def cache(
    cohort: Annotated[Path, typer.Argument(help="the folder, data/raw/<cohort>")],
    drop_old: Annotated[bool, typer.Option("--drop-old", help="delete what the code as it is cannot use")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="delete everything that is kept")] = False,
) -> None:
    """Tell what reading the images of a cohort has kept, so that it is not read again; results are the same without.

    Exit status: 0, 2 if there is no such cohort or nothing is to be kept.
    """
    from lesionary.cli import cache as kept

    try:
        found = kept.states(cohort)
    except LesionaryError as error:
        _stop(error)
    for line in kept.in_terminal(found):
        typer.echo(line)
    if drop or drop_old:
        typer.echo(f"deleted {kept.megabytes(kept.drop(found, everything=drop))}")


@app.command()
def schema(folder: Annotated[Path, typer.Argument(help="where the schemas go")] = Path("docs/schemas")) -> None:
    """Write the JSON schema of each table of a cohort."""
    from lesionary.schemas.writing import write_schemas

    _check_free(folder)
    for path in write_schemas(folder):
        typer.echo(str(path))


def _file_and_part(text: str) -> tuple[Path, str | None]:
    """A spreadsheet, and which sheet of it.

    >>> _file_and_part("a.xlsx:Patients"), _file_and_part("a.csv")
    ((PosixPath('a.xlsx'), 'Patients'), (PosixPath('a.csv'), None))
    """
    file, mark, part = text.rpartition(".xlsx:")
    return (Path(f"{file}.xlsx"), part) if mark else (Path(text), None)


def _check_free(folder: Path) -> None:
    """Stop where a file stands in the place of a folder that is to be made."""
    there = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    if not there.is_dir():
        _stop(CohortError(str(there), "is a file, where a folder is to be made", "name another folder"))


def _stop(error: LesionaryError) -> NoReturn:
    from lesionary.subfigures.reading.folders import shown

    typer.echo(f"error: {shown(str(error))}", err=True)
    raise typer.Exit(WRONG)
