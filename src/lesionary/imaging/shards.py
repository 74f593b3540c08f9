"""Many equal arrays in few files: numbered `.npy` shards that are read by memory map."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


class ShardWriter:
    """Appends arrays of one shape and type; a shard is closed when it holds `capacity` of them.

    Bytes depend on the arrays and their order alone, not on how they were grouped into `append` calls.
    """

    def __init__(self, folder: Path, capacity: int = 512) -> None:
        self.folder, self.capacity = folder, capacity
        self.count = 0
        self._open: list[NDArray[Any]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def append(self, arrays: NDArray[Any]) -> range:
        """Append `arrays` (first axis counts them); their numbers."""
        first = self.count
        for array in arrays:
            self._open.append(array)
            self.count += 1
            if len(self._open) == self.capacity:
                self._close_shard()
        return range(first, self.count)

    def _close_shard(self) -> None:
        if self._open:
            number = (self.count - 1) // self.capacity
            np.save(self.folder / f"{number:04d}.npy", np.stack(self._open))
            self._open.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._close_shard()


def read_shards(folder: Path) -> Iterator[NDArray[Any]]:
    """Shards in order, memory-mapped; each has the arrays along its first axis."""
    for path in sorted(folder.glob("*.npy")):
        yield np.load(path, mmap_mode="r", allow_pickle=False)
