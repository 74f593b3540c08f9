"""What reading images found, kept by the images' content, so that what was read once is not read again.

An entry is named by the hashes that images.csv gives for its images, and by what else its value depends on: the source
of the code that makes it, the libraries that decode. Another value of any of these is another entry, so nothing is ever
out of date; what is broken, or gone, is made again. A cohort without images.csv keeps nothing: whether a file has
changed would have to be read from the file.

Entries hold what headers hold, patients' identifiers among it. They lie in the cohort's own folder, `.cache`, which DVC
leaves out of account (.dvcignore), unless `LESIONARY_CACHE` names another folder; empty, it keeps nothing. They may be
deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from lesionary.cohorts.contract.manifest import Listed
from lesionary.running.code import code_hash

VARIABLE = "LESIONARY_CACHE"
FOLDER = ".cache"
MAKERS = ("base", "cohorts", "imaging", "params/images.py")
"""What an entry is made by, below the package."""
STATE = re.compile(r"[0-9a-f]{16}")
"""Names of folders, each of which holds what one state of the code made."""
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Kept:
    """Entries of one cohort that one state of the code made; `folder` is None where nothing is kept."""

    folder: Path | None = None

    @classmethod
    def of(cls, cohort: Path, images: Sequence[Listed], *makers: str) -> Self:
        """Where the environment says, else in the cohort's folder; `makers` are needed beside `MAKERS`."""
        if not all(_HASH.fullmatch(image.sha256) for image in images):
            return cls()
        folder = place(cohort)
        return cls(folder and folder / code_hash((*MAKERS, *makers))[:16])

    def get(self, kind: str, images: Iterable[Listed], *depends: object) -> Any:
        """What was kept, as JSON gives it back; None where there is nothing usable."""
        with suppress(ValueError):
            return json.loads(self._read(kind, images, depends) or b"null")
        return None

    def put(self, value: Any, kind: str, images: Iterable[Listed], *depends: object) -> None:
        """Keep `value` (of JSON), whole or not at all.

        Not where an image has another size than it is listed with; and a folder that cannot be written keeps nothing.
        """
        if self.folder is not None:
            self._write(json.dumps(value, separators=(",", ":")).encode(), kind, tuple(images), depends)

    def get_arrays(self, kind: str, images: Iterable[Listed], *depends: object) -> dict[str, NDArray[Any]] | None:
        """Arrays that were kept; None where there is nothing usable."""
        body = self._read(kind, images, depends)
        with suppress(SafetensorError):
            return None if body is None else load(body)
        return None

    def put_arrays(
        self, arrays: Mapping[str, NDArray[Any]], kind: str, images: Iterable[Listed], *depends: object
    ) -> None:
        """As `put`, of arrays."""
        if self.folder is not None:
            body = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
            self._write(body, kind, tuple(images), depends)

    def _read(self, kind: str, images: Iterable[Listed], depends: tuple[object, ...]) -> bytes | None:
        if self.folder is None:
            return None
        try:
            digest, _, body = self._path(kind, images, depends).read_bytes().partition(b"\n")
        except OSError:
            return None
        return body if _digest(body) == digest else None

    def _write(self, body: bytes, kind: str, images: Sequence[Listed], depends: tuple[object, ...]) -> None:
        if not all(_as_listed(image) for image in images):
            return
        path = self._path(kind, images, depends)
        with suppress(OSError):
            path.parent.mkdir(0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as part:  # its owner's alone
                part.write(_digest(body) + b"\n" + body)
            os.replace(part.name, path)

    def _path(self, kind: str, images: Iterable[Listed], depends: tuple[object, ...]) -> Path:
        assert self.folder is not None
        key = json.dumps([kind, [image.sha256 for image in images], *map(repr, depends)])
        name = hashlib.sha256(key.encode()).hexdigest()
        return self.folder / kind / name[:2] / name


def place(cohort: Path) -> Path | None:
    """The folder that holds what was kept of a cohort; None where nothing is to be kept."""
    told = os.environ.get(VARIABLE)
    if told == "":
        return None
    return cohort / FOLDER if told is None else Path(told) / cohort.resolve().name


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode()


def _as_listed(image: Listed) -> bool:
    try:
        return image.path.stat().st_size == image.size
    except OSError:
        return False
