"""Judging pairs: the network as it is applied, against the same network pair by pair and against the linear model.

All on one core, from words to probabilities, at the default size (150 filters, sentence vectors of 100 numbers), on
sentences of 12 to 30 words drawn from 400. Prints pairs a second of each and the ratios.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from lesionary.reports.judges.encoding import Example, blinded, encode
from lesionary.reports.judges.judging import fit_linear
from lesionary.reports.judges.relations import RelationJudge, fit_relations
from lesionary.reports.judges.sentence_vectors import LatentVectors, sentence_vectors
from lesionary.training.devices import fix_threads

NAMES = ("relevant", "uncertain", "irrelevant")
PAIRS, JUDGED, SINGLY = 10_000, 600, 500
REPEATS = 3

Judging = Callable[[Sequence[Example]], NDArray[np.float64]]


def pairs(count: int, rng: np.random.Generator) -> list[Example]:
    """Each a sentence with a mention, a bookmark of two words, another mention and another bookmark."""
    found = []
    for _ in range(count):
        length = int(rng.integers(12, 31))
        words = tuple(f"w{chr(97 + n % 26)}{n // 26}x" for n in rng.integers(0, 400, length).tolist())
        first, second, other, mark = (3 * rng.permutation(length // 3)[:4]).tolist()
        found.append(
            Example(words, (first, first + 1), (second, second + 2), ((other, other + 1),), ((mark, mark + 2),))
        )
    return found


def network(examples: Sequence[Example], classes: NDArray[np.int64]) -> RelationJudge:
    """Of the default size; one epoch, since speed does not depend on what was learnt."""
    encoder = LatentVectors.fit([blinded(one) for one in examples], dimension=100, seed=0)
    patients = np.arange(len(examples)) // 10
    fit = fit_relations(
        examples, classes, patients, names=NAMES, sentences=encoder, epochs=1, filters=150, min_count=1, seed=0
    )
    list(fit.epochs())
    return fit.best()


def singly(judge: RelationJudge) -> Judging:
    """The obvious way: each sentence is encoded and convolved by itself."""

    @torch.no_grad()
    def judged(examples: Sequence[Example]) -> NDArray[np.float64]:
        rows = []
        for one in examples:
            ids = encode([one], judge.vocabulary).padded(np.zeros(1, np.int64))
            vectors = sentence_vectors([one], judge.sentences)
            scores = judge.model(torch.from_numpy(ids), torch.from_numpy(vectors)) / judge.temperature
            rows.append(torch.softmax(scores.double(), dim=1)[0].numpy())
        return np.array(rows)

    return judged


def rate(judged: Judging, examples: Sequence[Example]) -> float:
    """Pairs a second, fastest of a few."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        judged(examples)
        times.append(time.perf_counter() - start)
    return len(examples) / min(times)


def main() -> None:
    fix_threads(1)
    rng = np.random.default_rng(0)
    known, asked = pairs(JUDGED, rng), pairs(PAIRS, rng)
    classes = rng.integers(0, len(NAMES), JUDGED)
    judge, linear = network(known, classes), fit_linear(known, classes, names=NAMES)
    few = asked[:SINGLY]
    apart = np.abs(judge.predict(few) - singly(judge)(few)).max()
    ours, alone, regression = rate(judge.predict, asked), rate(singly(judge), few), rate(linear.predict, asked)
    print(
        f"pairs a second on one core: network {ours:.0f}, pair by pair {alone:.0f} (ratio {ours / alone:.1f}, same "
        f"probabilities to {apart:.0e}), linear model {regression:.0f} (ratio {ours / regression:.1f})"
    )


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
