"""Several settings, of which the best is taken."""

from __future__ import annotations

import pytest

from lesionary.base.errors import ParamsError
from lesionary.subtyping.learning.candidates import Candidate, try_each

CANDIDATES = ((0.1, 0.0), (0.2, 0.0), (0.3, 0.0))


def test_the_first_of_the_best_is_chosen_and_each_is_named() -> None:
    names = []

    def score(candidate: Candidate, name: str) -> float:
        names.append(name)
        return min(candidate[0], 0.2)

    assert try_each(CANDIDATES, score).chosen == (0.2, 0.0)
    assert names == ["candidate 1 of 3", "candidate 2 of 3", "candidate 3 of 3"]


def diverging(above: float, place: str = "learning_rate") -> object:
    def score(candidate: Candidate, _: str) -> float:
        if candidate[0] > above:
            raise ParamsError(place, "diverged", "lower it")
        return candidate[0]

    return score


def test_a_setting_that_diverges_is_the_worst() -> None:
    tried = try_each(CANDIDATES, diverging(0.1))  # type: ignore[arg-type]
    assert tried.scores == (0.1, -1.0, -1.0)
    assert tried.chosen == (0.1, 0.0)


def test_that_all_diverge_is_an_error_and_so_is_any_other() -> None:
    with pytest.raises(ParamsError, match=r"training diverged at each of \[0.1, 0.2, 0.3\]"):
        try_each(CANDIDATES, diverging(0.0))  # type: ignore[arg-type]
    with pytest.raises(ParamsError, match="weights: diverged"):
        try_each(CANDIDATES, diverging(0.0, "weights"))  # type: ignore[arg-type]
