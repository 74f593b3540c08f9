"""Several learning rates and weight decays, of which what does best on held-out samples is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from lesionary.base.errors import ParamsError
from lesionary.subtyping.svm.holding_out import best

Candidate = tuple[float, float]
"""A learning rate and a weight decay."""
Params = TypeVar("Params", bound=BaseModel)


@dataclass(frozen=True)
class Tried:
    """Candidates and what they were worth."""

    candidates: tuple[Candidate, ...]
    scores: tuple[float, ...]
    """On what was held out; -1 where training diverged. One candidate is not tried: NaN."""

    @property
    def chosen(self) -> Candidate:
        """The best one, the first among equals."""
        return self.candidates[0] if len(self.candidates) == 1 else self.candidates[best(list(self.scores))]


def try_each(candidates: tuple[Candidate, ...], score: Callable[[Candidate, str], float]) -> Tried:
    """Train with every candidate and score it; `score` is told its name, too.

    `ParamsError` where training diverged with each of them.
    """
    scores = []
    for number, candidate in enumerate(candidates, start=1):
        try:
            scores.append(score(candidate, f"candidate {number} of {len(candidates)}"))
        except ParamsError as error:
            if error.place != "learning_rate":
                raise
            scores.append(-1.0)  # it diverged
    if max(scores) < 0:
        rates = sorted({rate for rate, _ in candidates})
        raise ParamsError("learning_rate", f"training diverged at each of {rates}", "add a lower one")
    return Tried(candidates, tuple(scores))


def one_of(params: Params, candidate: Candidate) -> Params:
    """`params` with the one learning rate and weight decay of `candidate`."""
    return params.model_copy(update={"learning_rate": candidate[:1], "weight_decay": candidate[1:]})
