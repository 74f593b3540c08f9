"""What is to be done with many items, and the bundles in which workers are given them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lesionary.base.errors import LesionaryError

Item = TypeVar("Item")
Result = TypeVar("Result")

_SHOWN = 300  # characters of an item that an error shows


@dataclass(frozen=True)
class Bundle(Generic[Item]):
    """Items that a worker does one after the other; `first` is the number of the first of them."""

    first: int
    items: Sequence[Item]


@dataclass(frozen=True)
class Work(Generic[Item, Result]):
    """A function, its items, what errors call the work, and what stands for an item that no worker survives."""

    function: Callable[[Item], Result]
    items: Sequence[Item]
    text: str
    lost: Callable[[Item, LesionaryError], Result]
    bundle: int

    def bundles(self, workers: int) -> list[Bundle[Item]]:
        """All items in order; as many a bundle as is asked for, fewer where some worker would get none."""
        size = max(1, min(self.bundle, -(-len(self.items) // workers)))
        return [Bundle(first, self.items[first : first + size]) for first in range(0, len(self.items), size)]

    def place(self, number: int) -> str:
        """An item, for an error."""
        return f"{self.text}, item {number + 1} of {len(self.items)}, {repr(self.items[number])[:_SHOWN]}"


def each(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """What a worker does."""
    return [function(item) for item in items]
