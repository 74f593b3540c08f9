"""What a track can use of a cohort, and what each of its steps takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from lesionary.base.errors import ItemError
from lesionary.checking.problems import Problem
from lesionary.cohorts.images.undecodable import lost
from lesionary.running.parallel import here, in_order

Item = TypeVar("Item")
Result = TypeVar("Result")

ALONE = 100
"""Lesions up to which one process is done sooner than several have started."""


@dataclass
class Step:
    """A stage's time and the size of what it writes, measured here or counted; None where nothing is known."""

    stage: str
    seconds: float | None = None
    bytes: int | None = None
    how: str = "measured"


@dataclass
class Track:
    """A track: whether it can run, and what of the cohort it uses."""

    name: str
    possible: bool = False
    used: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def timed(self, stage: str) -> Iterator[Step]:
        """Measure one of its steps."""
        with timed(stage) as step:
            yield step
        self.steps.append(step)


@contextmanager
def timed(stage: str) -> Iterator[Step]:
    """Measure a step."""
    step, start = Step(stage), time.perf_counter()
    yield step
    step.seconds = round(time.perf_counter() - start, 3)


def share(
    function: Callable[[Item], Result | ItemError], items: Sequence[Item], text: str
) -> Iterator[Result | ItemError]:
    """`function` of each item in order, among processes where there are many; an item that ends these is an error."""
    return here(function, items, text) if len(items) <= ALONE else in_order(function, items, text, lost)
