"""What LesaNet learns from: Eq. 5, and the weighted cross-entropy of Eq. 1, where rare positives count as much as
frequent negatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from torch.nn.functional import binary_cross_entropy_with_logits

from lesionary.annotation.learning.hard_examples import hard_example_loss
from lesionary.annotation.learning.triplets import choose, similarity, triplet_loss
from lesionary.base.errors import ParamsError

if TYPE_CHECKING:
    from jaxtyping import Bool, Float
    from torch import Generator, Tensor

    from lesionary.annotation.learning.lesanet import Annotation

HARD_EXAMPLES = ("reliable", "all", "none")


@dataclass(frozen=True)
class Parts:
    """The parts of the loss, Eq. 5, and their numbers; the defaults are the paper's."""

    propagation: bool = True
    """A score propagation layer, with its own weighted cross-entropy."""
    hard_examples: str = "reliable"
    """Which cells are mined: reliable ones, all (then a label not given is a negative), or none."""
    triplet: bool = True
    """The triplet loss on the embedding."""
    draws: int = 10_000
    """Cells drawn a batch, S."""
    power: float = 2.0
    """How much hard cells are preferred, gamma of Eq. 2."""
    triplets: int = 5_000
    """Drawn a batch, T."""
    similar: float = 1.0
    """Lesions are alike from this similarity on, theta."""
    margin: float = 0.1
    """Mu of Eq. 4."""
    triplet_weight: float = 5.0
    """Lambda of Eq. 5."""
    clamp: float = 300.0
    """The most that a positive cell weighs."""

    def __post_init__(self) -> None:
        if self.hard_examples not in HARD_EXAMPLES:
            reason = f"{self.hard_examples!r} is no choice of cells"
            raise ParamsError("hard_examples", reason, f"one of {', '.join(HARD_EXAMPLES)}")


MULTISCALE_CNN = Parts(propagation=False, hard_examples="none", triplet=False)
"""The paper's baseline: weighted cross-entropy alone (4.1)."""


class ClassWeights(NamedTuple):
    """How much a cell of each label weighs, where the lesion has the label and where it has not."""

    positive: Float[Tensor, " labels"]
    negative: Float[Tensor, " labels"]


def class_weights(targets: Bool[Tensor, "lesions labels"], *, clamp: float = 300.0) -> ClassWeights:
    """N / 2P, at most `clamp`, and N / 2(N - P), over the training set: each side of a label then weighs N / 2.

    >>> import torch
    >>> class_weights(torch.tensor([[True], [False], [False], [False]]))
    ClassWeights(positive=tensor([2.]), negative=tensor([0.6667]))
    """
    lesions, positives = len(targets), targets.sum(dim=0)
    negatives = (lesions - positives).clamp(min=1)  # a label that all lesions have has no cell this concerns
    return ClassWeights((lesions / (2 * positives)).clamp(max=clamp), lesions / (2 * negatives))


def weighted_cross_entropy(
    scores: Float[Tensor, "lesions labels"],
    targets: Bool[Tensor, "lesions labels"],
    weights: ClassWeights,
    counted: Bool[Tensor, "lesions labels"] | None = None,
) -> Float[Tensor, ""]:
    """Eq. 1 of logits, as the mean over all cells; a cell that is not `counted` adds 0 to the sum.

    >>> import torch
    >>> scores, targets = torch.zeros(1, 2), torch.tensor([[True, False]])
    >>> weighted_cross_entropy(scores, targets, ClassWeights(torch.tensor(3.0), torch.tensor(1.0)))  # (3 + 1) log 2 / 2
    tensor(1.3863)
    """
    cells = targets * weights.positive + ~targets * weights.negative
    if counted is not None:
        cells = cells * counted
    return binary_cross_entropy_with_logits(scores.float(), targets.float(), weight=cells)


def objective(
    found: Annotation,
    targets: Bool[Tensor, "lesions labels"],
    weights: ClassWeights,
    generator: Generator,
    parts: Parts,
    *,
    absent: Bool[Tensor, "lesions labels"] | None = None,
    counted: Bool[Tensor, "lesions labels"] | None = None,
) -> dict[str, Float[Tensor, ""]]:
    """Eq. 5 part by part, each with its weight: their sum is what training lowers."""
    losses = {"scores": weighted_cross_entropy(found.scores, targets, weights, counted)}
    if parts.propagation:
        losses["refined"] = weighted_cross_entropy(found.refined, targets, weights, counted)
    if parts.hard_examples != "none":
        trusted = absent if parts.hard_examples == "reliable" else counted
        losses["hard_examples"] = hard_example_loss(
            found.scores, targets, trusted, generator, draws=parts.draws, power=parts.power
        )
    if parts.triplet:
        drawn = choose(similarity(targets), parts.triplets, generator, threshold=parts.similar)
        losses["triplet"] = parts.triplet_weight * triplet_loss(found.embedding, drawn, margin=parts.margin)
    return losses
