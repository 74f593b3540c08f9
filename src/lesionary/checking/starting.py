"""How long a stage takes before its first line of work: a fresh interpreter that imports what it imports, timed."""

from __future__ import annotations

import os
import subprocess
import sys
import time


def seconds_to_start(*modules: str) -> float:
    """Of a process that imports `modules` and ends: on two cores 4.8 s of a CPU with torch and spaCy among them."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {', '.join(modules)}"], env=environment, check=True)
    return time.perf_counter() - begun
