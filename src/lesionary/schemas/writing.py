"""docs/schemas: the JSON schemas as files."""

from __future__ import annotations

import json
from pathlib import Path

from lesionary.schemas.tables import schemas


def write_schemas(folder: Path) -> list[Path]:
    """Write each schema into `folder`; the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = folder / name
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")
        written.append(path)
    return written
