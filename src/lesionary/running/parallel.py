"""Work shared among processes without a trace in the results: they come in the order of the items."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from lesionary.base.errors import LesionaryError
from lesionary.running.progress import progress
from lesionary.running.workers import scheduler, workers

Item = TypeVar("Item")
Result = TypeVar("Result")

IN_FLIGHT = 4
"""Items a worker that are under way or wait for their turn: what bounds memory."""
SHOWN = 300
"""Characters of an item that an error shows."""


def in_order(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    text: str,
    lost: Callable[[Item, LesionaryError], Result] | None = None,
) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, with progress.

    On the Dask cluster that the environment names, else in a pool of processes; one worker is this process itself.
    An item that costs process after process its life gives `lost(item, error)`; without `lost` that error is raised.
    """
    address = scheduler()
    if address and items:
        from lesionary.running.cluster import on_cluster

        results = on_cluster(function, items, text, address, IN_FLIGHT, lost or _refuse)
    else:
        results = _in_pool(function, items, text, lost or _refuse)
    yield from progress(results, text, total=len(items))


def _refuse(_item: object, error: LesionaryError) -> Any:
    raise error


def _in_pool(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    text: str,
    lost: Callable[[Item, LesionaryError], Result],
) -> Iterator[Result]:
    """A process that is lost costs the time of what was under way; an item that costs two is `lost`."""
    count, done = min(workers(), len(items)), 0
    if count <= 1:
        yield from map(function, items)
        return
    while done < len(items):
        try:
            for result in _pooled(function, items[done:], count):
                yield result
                done += 1
        except BrokenProcessPool:
            place = f"{text}, item {done + 1} of {len(items)}, {repr(items[done])[:SHOWN]}"
            yield _alone(function, items[done], place, lost)
            done += 1


def _pooled(function: Callable[[Item], Result], items: Sequence[Item], count: int) -> Iterator[Result]:
    pool = _processes(count, Path.cwd(), tuple(sorted(filter(_is_own, os.environ.items()))))
    waiting: deque[Future[Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= count * IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        _processes.cache_clear()
        raise
    finally:
        for future in waiting:
            future.cancel()


@lru_cache(maxsize=1)  # a stage divides work several times, and processes take seconds to start
def _processes(count: int, _folder: Path, _environment: tuple[tuple[str, str], ...]) -> ProcessPoolExecutor:
    """Processes that began in this folder and environment; those of another are let go."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


def _is_own(variable: tuple[str, str]) -> bool:
    return variable[0].startswith("LESIONARY_")


def _alone(
    function: Callable[[Item], Result], item: Item, place: str, lost: Callable[[Item, LesionaryError], Result]
) -> Result:
    """In a process of its own."""
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(function, item).result()
    except BrokenProcessPool:
        reason = "the process that did it was lost (memory ran out, or a decoder died of a broken image)"
        return lost(item, LesionaryError(place, reason, "give it more memory, or take the item out"))


def here(function: Callable[[Item], Result], items: Sequence[Item], text: str) -> Iterator[Result]:
    """As `in_order`, in this process: for work that a device does, of which there is one."""
    yield from progress(map(function, items), text, total=len(items))
