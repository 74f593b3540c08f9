"""What was kept of a cohort, and getting rid of it: results are the same without."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lesionary.annotation import cropping as patches
from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import list_images
from lesionary.cohorts.kept import STATE, VARIABLE, Kept, place
from lesionary.subtyping import cropping as slices


@dataclass(frozen=True)
class State:
    """Entries that one state of the code made: how many of each kind, and their bytes."""

    folder: Path
    current: bool
    entries: Counter[str]
    bytes: Counter[str]


def states(cohort: Path) -> list[State]:
    """All that was kept of a cohort, what the code as it is can use first; `CohortError` where nothing is kept."""
    images = list_images(cohort)
    folder = place(cohort)
    if folder is None:
        raise CohortError(str(cohort), f"keeps nothing: {VARIABLE} is empty", "unset it")
    mine = {Kept.of(cohort, images, *makers).folder for makers in ((), patches.MAKERS, slices.MAKERS)}
    found = [_state(one, one in mine) for one in sorted(folder.glob("*")) if STATE.fullmatch(one.name)]
    return sorted(found, key=lambda state: not state.current)


def _state(folder: Path, current: bool) -> State:
    entries: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for path in folder.glob("*/*/*"):
        kind = path.relative_to(folder).parts[0]
        entries[kind] += 1
        sizes[kind] += path.stat().st_size
    return State(folder, current, entries, sizes)


def drop(found: Sequence[State], *, everything: bool) -> int:
    """Delete what no code can use any more, or everything; how many bytes that freed."""
    gone = [state for state in found if everything or not state.current]
    for state in gone:
        shutil.rmtree(state.folder)
    return sum(state.bytes.total() for state in gone)


def in_terminal(found: Sequence[State]) -> Iterator[str]:
    """A line a kind, with the sum of what older code left."""
    for state in found:
        if state.current:
            for kind in sorted(state.entries):
                yield f"{kind}: {state.entries[kind]} entries, {megabytes(state.bytes[kind])}"
    old = [state for state in found if not state.current]
    if old:
        count, size = sum(one.entries.total() for one in old), sum(one.bytes.total() for one in old)
        yield f"of older code: {count} entries, {megabytes(size)}; --drop-old deletes them"
    if not found:
        yield "nothing is kept"


def megabytes(size: int) -> str:
    """A size as people read it.

    >>> megabytes(1_234_567)
    '1.2 MB'
    """
    return f"{size / 1e6:.1f} MB"
