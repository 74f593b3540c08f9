"""The same work on a Dask cluster that runs already: its scheduler's address is all that is told of it.

Worker processes see the same files under the same paths, and run the same code; each item checks both, so that a worker
that joins late, or was started before an edit, is told from the others. A worker that is lost costs the time of what it
held: the scheduler gives that to another. Dask's processes trust each other (they exchange pickles): a cluster must be
one's own. They also keep logs, which would show an item (paths, which may name patients) and what it raises: both
travel sealed.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from lesionary.base.errors import LesionaryError
from lesionary.running.code import code_hash
from lesionary.running.parallel import IN_FLIGHT
from lesionary.running.work import Bundle, Work, each
from lesionary.running.workers import CLUSTER, VARIABLE

Item = TypeVar("Item")
Result = TypeVar("Result")

CODE = code_hash()
"""What this process runs; taken when it first hears of a cluster, not when it is asked."""
CONNECT_S = 10


@dataclass(frozen=True)
class Sealed(Generic[Item]):
    """A value that no log shows."""

    value: Item = field(repr=False)


@dataclass(frozen=True)
class Errand(Generic[Item, Result]):
    """A function on its way to another machine, with what it needs there to be the same function."""

    function: Callable[[Item], Result] = field(repr=False)
    """It may hold a secret."""
    folder: str
    environment: dict[str, str]
    code: str = field(default=CODE)

    def __call__(self, item: Sealed[Item]) -> Sealed[Result | Exception]:
        """In a worker: `function(item)`, as if in the process and the folder that sent it, or what it raises."""
        try:
            self._prepare()
            return Sealed(self.function(item.value))
        except Exception as error:
            return Sealed(error)

    def _prepare(self) -> None:
        """Make this process like the one that sent the errand; `LesionaryError` if it cannot be."""
        from distributed import get_worker

        worker = get_worker()
        place = f"Dask worker {worker.address}"
        if worker.state.nthreads != 1:
            reason = f"runs {worker.state.nthreads} items at once in one process"
            raise LesionaryError(place, reason, "start workers with --nthreads 1, and more of them")
        if self.code != CODE:
            reason = "runs other code, or other versions of libraries, than the stage"
            raise LesionaryError(place, reason, "start it again with the stage's Python and PYTHONPATH")
        if not Path(self.folder).is_dir():
            reason = f"does not see {self.folder}"
            raise LesionaryError(place, reason, "share the file system under the same path")
        os.chdir(self.folder)  # one item at a time: nothing else in this process minds
        os.environ.update(self.environment)
        os.environ.pop(CLUSTER, None)  # what an item divides further stays in its process


def on_cluster(work: Work[Item, Result], address: str) -> Iterator[Result]:
    """Yield what `work` gives, in order; `IN_FLIGHT` bundles a worker are under way at once.

    What its function raises is raised here; an item that costs every worker that takes it its life is lost.
    `LesionaryError` if there is no such scheduler, or if it goes away.
    """
    errand = Errand(partial(each, work.function), str(Path.cwd()), _environment())
    with _connected(address) as client:
        waiting: deque[tuple[Bundle[Item], Any]] = deque()
        for bundle in work.bundles(_count(client)):
            waiting.append((bundle, client.submit(errand, Sealed(bundle.items), pure=False)))
            if len(waiting) >= _count(client) * IN_FLIGHT:
                yield from _results(work, *waiting.popleft(), client, errand)
        while waiting:
            yield from _results(work, *waiting.popleft(), client, errand)


def _count(client: Any) -> int:
    return max(1, len(client.nthreads()))


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ModuleNotFoundError:
        cure = f"install lesionary[dask], or unset {CLUSTER}"
        raise LesionaryError(CLUSTER, "asks for a Dask cluster; distributed is not installed", cure) from None
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = f"no Dask scheduler answers at {address!r} ({type(error).__name__})"
        cure = "start one (dask scheduler), name it as tcp://host:8786, or unset the variable"
        raise LesionaryError(CLUSTER, reason, cure) from None
    if not client.nthreads():
        print(f"{address} has no workers yet: waiting for them", file=sys.stderr)
    return client


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name.startswith("LESIONARY_") and name != CLUSTER}
    return {**own, VARIABLE: "1"}


def _results(
    work: Work[Item, Result], bundle: Bundle[Item], future: Any, client: Any, errand: Errand[Any, list[Result]]
) -> list[Result]:
    from distributed import KilledWorker

    try:
        found: list[Result] = _awaited(future)
        return found
    except KilledWorker as error:
        killed = error
    if len(bundle.items) > 1:
        found = []  # they are innocent but one
        for number, item in enumerate(bundle.items, start=bundle.first):
            found += _results(
                work, Bundle(number, [item]), client.submit(errand, Sealed([item]), pure=False), client, errand
            )
        return found
    cure = "give workers more memory; where machines come and go raise distributed.scheduler.allowed-failures"
    reason = f"every worker that took it was lost ({killed.allowed_failures + 1})"
    return [work.lost(bundle.items[0], LesionaryError(work.place(bundle.first), reason, cure))]


def _awaited(future: Any) -> Any:
    try:
        told = future.result().value
    except CancelledError as error:
        reason = f"the Dask scheduler was lost ({type(error).__name__})"
        raise LesionaryError(future.client.scheduler.addr, reason, "start it again, then the stage") from None
    if isinstance(told, Exception):
        raise told
    return told
