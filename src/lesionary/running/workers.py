"""How many processes a stage may use, and where."""

from __future__ import annotations

import os

from lesionary.base.errors import LesionaryError

VARIABLE = "LESIONARY_WORKERS"
CLUSTER = "LESIONARY_DASK"


def workers() -> int:
    """The environment's `LESIONARY_WORKERS`, else one a core. It never changes a result."""
    text = os.environ.get(VARIABLE)
    if text is None:
        return os.cpu_count() or 1
    if not text.isdecimal() or int(text) < 1:
        raise LesionaryError(VARIABLE, f"{text!r} is no number of processes", "set it to 1 or more, or unset it")
    return int(text)


def scheduler() -> str:
    """The environment's `LESIONARY_DASK`: the address of a Dask scheduler that runs already; empty means none."""
    return os.environ.get(CLUSTER, "").strip()
