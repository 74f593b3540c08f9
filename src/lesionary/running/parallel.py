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
from lesionary.running.work import Bundle, Work, each
from lesionary.running.workers import scheduler, workers

Item = TypeVar("Item")
Result = TypeVar("Result")

IN_FLIGHT = 4
"""Bundles a worker that are under way or wait for their turn: what bounds memory."""


def in_order(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    text: str,
    lost: Callable[[Item, LesionaryError], Result] | None = None,
    bundle: int = 1,
) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, with progress.

    On the Dask cluster that the environment names, else in a pool of processes; one worker is this process itself.
    `bundle` items go to a worker at once: where an item is done sooner than it is sent.
    An item that costs process after process its life gives `lost(item, error)`; without `lost` that error is raised.
    """
    work = Work(function, items, text, lost or _refuse, bundle)
    address = scheduler()
    if address and items:
        from lesionary.running.cluster import on_cluster

        results = on_cluster(work, address)
    else:
        results = _in_pool(work)
    yield from progress(results, text, total=len(items))


def _refuse(_item: object, error: LesionaryError) -> Any:
    raise error


def _in_pool(work: Work[Item, Result]) -> Iterator[Result]:
    """A process that is lost costs the time of what was under way; an item that costs two is lost."""
    count, done = min(workers(), len(work.items)), 0
    if count <= 1:
        yield from map(work.function, work.items)
        return
    bundles = work.bundles(count)
    while done < len(bundles):
        try:
            for results in _pooled(work.function, bundles[done:], count):
                yield from results
                done += 1
        except BrokenProcessPool:
            yield from _one_by_one(work, bundles[done])
            done += 1


def _pooled(function: Callable[[Item], Result], bundles: Sequence[Bundle[Item]], count: int) -> Iterator[list[Result]]:
    pool = _processes(count, Path.cwd(), tuple(sorted(filter(_is_own, os.environ.items()))))
    waiting: deque[Future[list[Result]]] = deque()
    try:
        for bundle in bundles:
            waiting.append(pool.submit(each, function, bundle.items))
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


def _one_by_one(work: Work[Item, Result], bundle: Bundle[Item]) -> Iterator[Result]:
    """In a process that does nothing else, and another where that is lost, too."""
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        for number, item in enumerate(bundle.items, start=bundle.first):
            try:
                yield pool.submit(work.function, item).result()
            except BrokenProcessPool:
                pool.shutdown()
                pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
                reason = "the process that did it was lost (memory ran out, or a decoder died of a broken image)"
                error = LesionaryError(work.place(number), reason, "give it more memory, or take the item out")
                yield work.lost(item, error)
    finally:
        pool.shutdown()


def here(function: Callable[[Item], Result], items: Sequence[Item], text: str) -> Iterator[Result]:
    """As `in_order`, in this process: for work that a device does, of which there is one."""
    yield from progress(map(function, items), text, total=len(items))
