"""What a result was made with: the package's own source, Python, and the libraries that change numbers."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
LIBRARIES = (
    "highdicom", "imagecodecs", "nibabel", "numpy", "pillow", "pydicom", "pylibjpeg", "pylibjpeg-openjpeg",
    "python-gdcm", "scikit-image", "scikit-learn", "scipy", "torch",
)  # fmt: skip


def code_hash(parts: Sequence[str] = ("",)) -> str:
    """SHA-256 of every file below `parts` of the package ("" is all of it), with the versions of `LIBRARIES`.

    It is of the files as they lie now: whoever wants to know what a process runs asks when the process starts.
    """
    named = [PACKAGE / part for part in parts]
    found = {path for part in named for path in (part, *part.rglob("*")) if path.is_file()}
    digest = hashlib.sha256(f"Python {platform.python_version()} {platform.machine()}\n".encode())
    for path in sorted(path for path in found if path.suffix != ".pyc"):
        own = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(PACKAGE).as_posix()} {own}\n".encode())
    for name in LIBRARIES:
        digest.update(f"{name} {_version(name)}\n".encode())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
