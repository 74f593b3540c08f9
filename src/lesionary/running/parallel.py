"""Work shared among processes without a trace in the results: they come in the order of the items."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from lesionary.running.progress import progress
from lesionary.running.workers import workers

Item = TypeVar("Item")
Result = TypeVar("Result")

_IN_FLIGHT = 4  # items a worker that are under way or wait for their turn: what bounds memory


def in_order(function: Callable[[Item], Result], items: Sequence[Item], text: str) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, with progress; one worker means this process itself."""
    yield from progress(_results(function, items), text, total=len(items))


def _results(function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    count = min(workers(), len(items))
    if count <= 1:
        yield from map(function, items)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= count * _IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def here(function: Callable[[Item], Result], items: Sequence[Item], text: str) -> Iterator[Result]:
    """As `in_order`, in this process: for work that a device does, of which there is one."""
    yield from progress(map(function, items), text, total=len(items))
