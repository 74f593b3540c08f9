"""Work shared among processes without a trace in the results: they come in the order of the items."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from lesionary.running.progress import progress
from lesionary.running.workers import scheduler, workers

Item = TypeVar("Item")
Result = TypeVar("Result")

IN_FLIGHT = 4
"""Items a worker that are under way or wait for their turn: what bounds memory."""


def in_order(function: Callable[[Item], Result], items: Sequence[Item], text: str) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, with progress.

    On the Dask cluster that the environment names, else in a pool of processes; one worker is this process itself.
    """
    address = scheduler()
    if address and items:
        from lesionary.running.cluster import on_cluster

        results = on_cluster(function, items, text, address, IN_FLIGHT)
    else:
        results = _in_pool(function, items)
    yield from progress(results, text, total=len(items))


def _in_pool(function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    count = min(workers(), len(items))
    if count <= 1:
        yield from map(function, items)
        return
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[Result]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= count * IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def here(function: Callable[[Item], Result], items: Sequence[Item], text: str) -> Iterator[Result]:
    """As `in_order`, in this process: for work that a device does, of which there is one."""
    yield from progress(map(function, items), text, total=len(items))
