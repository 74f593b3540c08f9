"""An export of a PACS with a spreadsheet, and what imports it."""

from __future__ import annotations

from pathlib import Path

from ct import write_series

from lesionary.importing.importing import plan_import
from lesionary.importing.plan import Plan
from lesionary.importing.request import Request

PEOPLE = ("anna", "bert", "carl", "dora")
COLUMNS = {"lesions": {"patient": "Pat.-Nr.", "subtype": "Größe und Art", "x_min": "links"}}


def export(folder: Path, people: tuple[str, ...] = PEOPLE) -> Path:
    """What a PACS writes: folders and files that name nothing, a DICOMDIR, and a viewer's leftovers."""
    for number, name in enumerate(people):
        write_series(folder / f"PA{number:06d}" / "ST000000", name, AccessionNumber=f"ACC{name}")
    (folder / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM")
    (folder / "autorun.inf").write_text("[autorun]", "utf-8")
    return folder


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def german(path: Path) -> Path:
    """A table in Latin-1 with semicolons and decimal commas, of boxes."""
    rows = [f"{name};{'AB'[n % 2]}\xe4;2,0;3;1;8,5;9;4" for n, name in enumerate(PEOPLE)]
    return write(
        path, "\r\n".join(["Pat.-Nr.;Gr\xf6\xdfe und Art;links;y_min;z_min;x_max;y_max;z_max", *rows]), "latin-1"
    )


def run(request: Request) -> Plan:
    plan = plan_import(request)
    plan.write()
    return plan


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
