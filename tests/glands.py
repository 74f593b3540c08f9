"""A cohort that is an npz as MedMNIST's, for tests to break."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np

COUNTS = {"train": 3, "val": 2, "test": 2}


def arrays() -> dict[str, np.ndarray]:
    """Each volume a block, thicker with each number; axes of different length, so that none is taken for another."""
    found: dict[str, np.ndarray] = {}
    for k, (part, count) in enumerate(COUNTS.items()):
        images = np.zeros((count, 8, 7, 6), np.uint8)
        for n in range(count):
            images[n, 1 + k : 4 + k, 2:5, 1 : 3 + n] = 255
        found[f"{part}_images"], found[f"{part}_labels"] = images, np.arange(count, dtype=np.uint8)[:, None] % 2
    return found


Changed = dict[str, np.ndarray | bytes | None]
"""Arrays by name that stand in for the sound ones, bytes as the whole entry, None for none."""


def write_glands(folder: Path, changed: Changed | None = None, description: str = "") -> Path:
    """A cohort, without a fault unless something is `changed`."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "images" / "glands.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in {**arrays(), **(changed or {})}.items():
            if isinstance(array, np.ndarray):
                stream = io.BytesIO()
                np.save(stream, array)
                archive.writestr(f"{name}.npy", stream.getvalue())
            elif array is not None:
                archive.writestr(f"{name}.npy", array)
    text = description or "images: [npz]\nnpz: {classes: [normal, mass], spacing_mm: 0.5}"
    (folder / "cohort.yaml").write_text(f"name: glands\nabout: made by a test\n{text}\n", "utf-8")
    (folder / "pseudonym.key").write_text("secret\n", "utf-8")
    return folder


def header(shape: str, dtype: str = "|u1") -> bytes:
    """The head of a .npy file without its array."""
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()
