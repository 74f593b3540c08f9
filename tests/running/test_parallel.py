"""Work in a pool of processes: in order, whatever becomes of a process."""

from __future__ import annotations

from pathlib import Path

import errands
import pytest

from lesionary.base.errors import LesionaryError, LesionError
from lesionary.running.parallel import in_order
from lesionary.running.work import Work
from lesionary.running.workers import VARIABLE


@pytest.fixture(autouse=True)
def _two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2")


@pytest.mark.parametrize("bundle", [1, 4, 100])
def test_results_come_in_the_order_of_the_items(bundle: int) -> None:
    assert list(in_order(errands.square, range(30), "squares", bundle=bundle)) == [n * n for n in range(30)]


def test_a_process_that_is_lost_loses_nothing(tmp_path: Path) -> None:
    tasks = [(number, tmp_path / ("fatal" if number == 5 else f"{number}")) for number in range(12)]
    for number, mark in tasks:
        if number != 5:
            mark.touch()  # only the sixth kills, and once
    assert list(in_order(errands.die_once, tasks, "dying")) == [n * n for n in range(12)]


def test_an_item_that_costs_two_processes_is_named() -> None:
    with pytest.raises(LesionaryError, match=r"dying, item 1 of 2, 77: the process that did it was lost"):
        list(in_order(errands.die, [77, 78], "dying"))


def test_or_gives_what_the_caller_says_and_the_others_go_on() -> None:
    results = in_order(errands.die_of_three, range(6), "dying", lambda item, error: f"{item}: {error.place}")
    assert list(results) == [0, 1, 2, "3: dying, item 4 of 6, 3", 4, 5]


def test_a_bundle_that_costs_a_process_is_done_item_by_item() -> None:
    results = in_order(errands.die_of_three, range(9), "dying", lambda item, error: f"{item}: {error.place}", bundle=5)
    assert list(results) == [0, 1, 2, "3: dying, item 4 of 9, 3", 4, 5, 6, 7, 8]


@pytest.mark.parametrize(("count", "bundle", "workers", "sizes"), [
    (7, 3, 2, [3, 3, 1]), (7, 100, 2, [4, 3]), (3, 2, 8, [1, 1, 1]), (0, 5, 2, []), (2, 1, 1, [1, 1]),
])  # fmt: skip
def test_no_worker_goes_without_because_bundles_are_large(
    count: int, bundle: int, workers: int, sizes: list[int]
) -> None:
    work = Work(errands.square, range(count), "squares", lambda item, error: 0, bundle)
    bundles = work.bundles(workers)
    assert [len(one.items) for one in bundles] == sizes
    assert [item for one in bundles for item in one.items] == list(range(count))
    assert [one.first for one in bundles] == [one.items[0] for one in bundles]


def test_what_is_raised_in_a_process_is_raised_here() -> None:
    results = in_order(errands.refuse_three, range(9), "refusing")
    assert [next(iter(results)) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(LesionError, match="has no box"):
        next(iter(results))
