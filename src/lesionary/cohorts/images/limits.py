"""What no CT exceeds: a header that promises more is refused before anything is allocated for it."""

from __future__ import annotations

from pathlib import Path

from lesionary.base.errors import FileError

LARGEST_SIDE = 4096
"""Rows or columns of a slice. CT has 512 to 2048; 4096 x 4096 pixels take 134 MB as float64."""
MOST_SLICES = 10_000
"""Slices of a volume: ten metres in slices of a millimetre."""
MOST_DEFLATED = 1032
"""Bytes that one byte of deflate can stand for (its format allows no more, zlib's technical details)."""


def check_size(path: Path, columns: int, rows: int, slices: int) -> None:
    """`FileError` for a size that no CT has."""
    limits = {"columns": (columns, LARGEST_SIDE), "rows": (rows, LARGEST_SIDE), "slices": (slices, MOST_SLICES)}
    for what, (count, most) in limits.items():
        if not 0 < count <= most:
            raise FileError(str(path), f"promises {count} {what}, CT has 1 to {most}", "copy it again, or correct it")


def check_bytes(path: Path, promised: int, *, deflated: bool = False) -> None:
    """`FileError` where a file is too short for the bytes that its header promises."""
    size = path.stat().st_size
    if size * (MOST_DEFLATED if deflated else 1) < promised:
        reason = f"is truncated: its {size} bytes cannot hold the {promised} that its header promises"
        raise FileError(str(path), reason, "copy it again from its source")
