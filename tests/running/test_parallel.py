"""Work in a pool of processes: in order, whatever becomes of a process."""

from __future__ import annotations

from pathlib import Path

import errands
import pytest

from lesionary.base.errors import LesionaryError, LesionError
from lesionary.running.parallel import in_order
from lesionary.running.workers import VARIABLE


@pytest.fixture(autouse=True)
def _two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2")


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(in_order(errands.square, range(30), "squares")) == [n * n for n in range(30)]


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


def test_what_is_raised_in_a_process_is_raised_here() -> None:
    results = in_order(errands.refuse_three, range(9), "refusing")
    assert [next(iter(results)) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(LesionError, match="has no box"):
        next(iter(results))
