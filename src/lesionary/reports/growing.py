"""Tables that are read and written part by part, so that memory does not grow with a cohort."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self, TypeVar

import polars as pl

ROWS = 20_000
"""Of a part that is read; also of a group in the file that is written, whatever the parts were."""
T = TypeVar("T")


class GrowingTable(AbstractContextManager["GrowingTable"]):
    """A parquet file to which parts are appended; it is there when the block ends without an error."""

    def __init__(self, path: Path, schema: dict[str, Any]) -> None:
        self._path, self._schema, self._parts = path, schema, 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._folder = TemporaryDirectory(dir=self._path.parent, prefix=f".{self._path.stem}-")
        self.append(pl.DataFrame(schema=self._schema))
        return self

    def append(self, part: pl.DataFrame) -> None:
        """Write the rows of `part` behind those written so far."""
        part.write_parquet(Path(self._folder.name, f"{self._parts:06d}.parquet"))
        self._parts += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._folder:
            if kind is None:
                parts = pl.scan_parquet(Path(self._folder.name, "*.parquet"))
                parts.sink_parquet(self._path, row_group_size=ROWS, maintain_order=True)


def parts_of(path: Path) -> Iterator[pl.DataFrame]:
    """The rows of a parquet file, so many at a time, in their order."""
    yield from pl.scan_parquet(path).collect_batches(chunk_size=ROWS, maintain_order=True)


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """`size` items at a time.

    >>> list(batches("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
