"""The commands and their options; what they do is the library's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lesionary.errors import LesionaryError

app = typer.Typer(
    help="From CT and reports of your own to a cohort that the pipeline reads.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
REPORTS = Path("data/interim/check")
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
    """Tell what a cohort holds, which track can use what of it, and what is wrong, where, and how to cure it.

    Exit status: 0 all can be used, 1 some was set aside, 2 no track can run.
    """
    from lesionary.checking.checking import check as check_cohort
    from lesionary.checking.showing import as_markdown, in_terminal

    try:
        report, scrubber = check_cohort(cohort, params, pixels=not headers)
    except LesionaryError as error:
        _stop(error)
    typer.echo(in_terminal(report, everything=everything), nl=False)
    leaving = report.to_leave(scrubber)
    folder = out or REPORTS / cohort.resolve().name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "check.md").write_text(as_markdown(leaving), "utf-8")
    (folder / "check.json").write_text(json.dumps(leaving.as_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    typer.echo(f"\nUnder pseudonyms: {folder / 'check.md'}, {folder / 'check.json'}")
    raise typer.Exit(int(report.status))


@app.command()
def schema(folder: Annotated[Path, typer.Argument(help="where the schemas go")] = Path("docs/schemas")) -> None:
    """Write the JSON schema of each table of a cohort."""
    from lesionary.schemas.writing import write_schemas

    for path in write_schemas(folder):
        typer.echo(str(path))


def _stop(error: LesionaryError) -> None:
    typer.echo(f"error: {error}", err=True)
    raise typer.Exit(WRONG)
