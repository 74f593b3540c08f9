"""What tests have other processes do: functions that a worker on a Dask cluster can import."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from lesionary.base.errors import LesionError
from lesionary.running.parallel import in_order


def square(number: int) -> int:
    return number * number


def process(number: int) -> int:
    """Which process does it."""
    return os.getpid()


def refuse_three(number: int) -> int:
    if number == 3:
        raise LesionError("lesion 3", "has no box", "draw one")
    return number


def refuse_all(path: str) -> None:
    raise LesionError(path, "has no box", "draw one")


def die_once(task: tuple[int, Path]) -> int:
    """Its process is killed, as by a machine that goes away, the first time that one of these is done."""
    number, mark = task
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return number * number
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_of_three(number: int) -> int | str:
    return die(number) if number == 3 else number


def read_here(name: str) -> str:
    """A file in the folder that the stage runs in."""
    return Path(name).read_text("utf-8")


def divide_further(number: int) -> tuple[int, list[int]]:
    return os.getpid(), list(in_order(process, range(number), "further"))
