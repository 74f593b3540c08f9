"""How many processes a stage may use."""

from __future__ import annotations

import os

from lesionary.base.errors import LesionaryError

VARIABLE = "LESIONARY_WORKERS"


def workers() -> int:
    """The environment's `LESIONARY_WORKERS`, else one a core. It never changes a result."""
    text = os.environ.get(VARIABLE)
    if text is None:
        return os.cpu_count() or 1
    if not text.isdecimal() or int(text) < 1:
        raise LesionaryError(VARIABLE, f"{text!r} is no number of processes", "set it to 1 or more, or unset it")
    return int(text)
