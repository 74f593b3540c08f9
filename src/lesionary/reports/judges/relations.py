"""Does a mention belong to a bookmark? The network that says so, its training and its use (LesaNet, 3.2).

After Peng et al. (LesaNet's [28, 29]): a convolution over the sentence and the strongest answer of each filter,
joined with a vector of the whole sentence. Nothing here knows what the two spans or the classes mean.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from torch.nn.functional import cross_entropy

from lesionary.base.errors import CohortError
from lesionary.evaluation.multiclass import averages, confusion
from lesionary.reports.judges.encoding import Channel, Encoded, Example, Vocabulary, encode
from lesionary.reports.judges.relation_cnn import FoldedCNN, RelationCNN
from lesionary.reports.judges.sentence_vectors import SentenceEncoder, sentence_vectors
from lesionary.training.loop import Epoch, Recipe, train

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jaxtyping import Bool, Float, Int, Shaped
    from numpy import ndarray
    from torch import Tensor

AT_ONCE = 128
"""Pairs predicted together; padding is left out of every result, so this changes none."""


@dataclass(frozen=True)
class RelationJudge:
    """A trained network and all that it needs for new sentences."""

    names: tuple[str, ...]
    """Of the classes."""
    model: RelationCNN
    settings: dict[str, Any]
    """What `RelationCNN` was made with."""
    vocabulary: Vocabulary
    sentences: SentenceEncoder | None
    temperature: float

    def predict(self, examples: Sequence[Example]) -> Float[ndarray, "examples classes"]:
        """Probabilities, float64."""
        encoded, vectors = encode(examples, self.vocabulary), sentence_vectors(examples, self.sentences)
        return np.asarray(softmax(logits(self.model, encoded, vectors) / self.temperature, axis=1))

    def stored(self) -> tuple[dict[str, Shaped[ndarray, " *shape"]], dict[str, Any]]:
        """Arrays for safetensors and the rest for JSON; the sentence encoder is stored by itself."""
        arrays = {name: value.cpu().numpy() for name, value in self.model.state_dict().items()}
        data = {
            "names": list(self.names),
            "settings": self.settings,
            "vocabulary": asdict(self.vocabulary),
            "temperature": self.temperature,
        }
        return arrays, data

    @classmethod
    def restored(
        cls, arrays: dict[str, Shaped[ndarray, " *shape"]], data: dict[str, Any], sentences: SentenceEncoder | None
    ) -> RelationJudge:
        """What `stored` gave, on the CPU."""
        model = RelationCNN(**data["settings"])
        model.load_state_dict({name: torch.tensor(value) for name, value in arrays.items()})
        vocabulary = Vocabulary.from_data(data["vocabulary"])
        return cls(tuple(data["names"]), model, data["settings"], vocabulary, sentences, data["temperature"])


class RelationFit:
    """A network and its training: go through `epochs`, then ask for the `best`.

    `dev` marks the examples held out for choosing the epoch and the temperature.
    """

    def __init__(
        self,
        judge: RelationJudge,
        encoded: Encoded,
        vectors: Float[ndarray, "examples sentence"],
        classes: Int[ndarray, " examples"],
        dev: Bool[ndarray, " examples"],
        weights: Float[ndarray, " classes"],
        recipe: Recipe,
        seed: int,
    ) -> None:
        self.dev = dev
        self._judge, self._encoded, self._vectors, self._classes = judge, encoded, vectors, classes
        self._weights, self._recipe, self._seed = weights, recipe, seed
        self._best: tuple[tuple[float, float], dict[str, Tensor], ndarray] | None = None

    def plan(self, epoch: int) -> Int[ndarray, " train"]:
        """What epoch n visits, in order: drawn from n alone."""
        return np.random.default_rng([self._seed, epoch]).permutation(np.flatnonzero(~self.dev))

    def epochs(self) -> Iterator[Epoch]:
        """Train, epoch by epoch, and keep the one with the best F1; of equals, that with the lowest loss."""
        model = self._judge.model
        device = model.score.weight.device
        rng = torch.Generator().manual_seed(self._seed)
        weights = torch.as_tensor(self._weights, dtype=torch.float32, device=device)
        targets = torch.as_tensor(self._classes, device=device)

        def losses(batch: Int[Tensor, " batch"]) -> dict[str, Float[Tensor, ""]]:
            scores = model(*_inputs(model, self._encoded, self._vectors, batch.cpu().numpy()), rng)
            return {"cross_entropy": cross_entropy(scores, targets[batch], weights)}

        optimizer = torch.optim.Adam(model.parameters(), lr=self._recipe.learning_rate)
        for epoch in train(model, optimizer, self.plan, losses, self._recipe):
            yield self._measured(epoch)

    def _measured(self, epoch: Epoch) -> Epoch:
        which = np.flatnonzero(self.dev)
        scores, truth = logits(self._judge.model, self._encoded, self._vectors, which), self._classes[which]
        f1 = float(averages(confusion(truth, scores.argmax(axis=1), scores.shape[1]))["f1"])
        loss = float(-log_softmax(scores, axis=1)[np.arange(len(truth)), truth].mean())
        if self._best is None or (f1, -loss) > self._best[0]:
            state = {name: value.clone() for name, value in self._judge.model.state_dict().items()}
            self._best = (f1, -loss), state, scores
        return replace(epoch, validation={"macro_f1": f1, "cross_entropy": loss})

    def best(self) -> RelationJudge:
        """The judge of the best epoch so far, calibrated on the development part."""
        if self._best is None:
            raise RuntimeError("no epoch has been trained yet")
        _, state, scores = self._best
        model = RelationCNN(**self._judge.settings).to(self._judge.model.score.weight.device)
        model.load_state_dict(state)
        held = self._judge
        heat = temperature(scores, self._classes[self.dev])
        return RelationJudge(held.names, model, held.settings, held.vocabulary, held.sentences, heat)


def fit_relations(
    examples: Sequence[Example],
    classes: Int[ndarray, " examples"],
    patients: Shaped[ndarray, " examples"],
    *,
    names: Sequence[str],
    sentences: SentenceEncoder | None = None,
    epochs: int = 10,
    batch: int = 128,
    learning_rate: float = 7e-4,
    word_width: int = 60,
    filters: int = 400,
    heads: int = 0,
    dropout: float = 0.5,
    channels: Sequence[Channel] = tuple(Channel),
    min_count: int = 2,
    balanced: bool = True,
    dev: float = 0.2,
    seed: int,
    device: torch.device | str = "cpu",
) -> RelationFit:
    """Prepare training on judged pairs: `classes` are numbers of `names`, `dev` is the share of patients held out.

    `balanced` weighs a class by its inverse frequency. Vocabulary and weights come from the training part. Of
    `channels` that of parts of speech is left out where no pair has any.
    """
    held = dev_part(classes, patients, fraction=dev, seed=seed)
    kept = np.flatnonzero(~held)
    vocabulary = Vocabulary.fit([examples[index] for index in kept.tolist()], min_count=min_count)
    vectors = sentence_vectors(examples, sentences)
    settings = {
        "sizes": list(vocabulary.sizes),
        "classes": len(names),
        "sentence": vectors.shape[1],
        "word_width": word_width,
        "filters": filters,
        "heads": heads,
        "dropout": dropout,
        "channels": [int(channel) for channel in channels if channel is not Channel.PART or vocabulary.pos],
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = RelationCNN(**settings).to(device)
    judge = RelationJudge(tuple(names), model, settings, vocabulary, sentences, 1.0)
    weights = class_weights(classes[kept], len(names)) if balanced else np.ones(len(names))
    recipe = Recipe(epochs=epochs, batch=batch, learning_rate=learning_rate, cosine=False)
    return RelationFit(judge, encode(examples, vocabulary), vectors, classes, held, weights, recipe, seed)


def dev_part(
    classes: Int[ndarray, " examples"],
    patients: Shaped[ndarray, " examples"],
    *,
    fraction: float,
    seed: int,
    draws: int = 200,
) -> Bool[ndarray, " examples"]:
    """The examples of `fraction` of the patients: of `draws` draws, the one that takes the evenest share of classes."""
    _, patient = np.unique(patients, return_inverse=True)
    table = np.zeros((patient.max(initial=-1) + 1, classes.max(initial=0) + 1))
    np.add.at(table, (patient, classes), 1)
    if len(table) < 2:
        reason = f"judged pairs come from {len(table)} patients, too few to hold some out"
        raise CohortError("relations", reason, "judge sentences of two patients or more")
    size = min(max(1, round(fraction * len(table))), len(table) - 1)
    orders = np.random.default_rng(seed).permuted(np.tile(np.arange(len(table)), (draws, 1)), axis=1)[:, :size]
    shares = table[orders].sum(axis=1) / np.maximum(table.sum(axis=0), 1)
    evenest = np.abs(shares - fraction).sum(axis=1).argmin()
    return np.isin(patient, orders[evenest])


def class_weights(classes: Int[ndarray, " examples"], number: int) -> Float[ndarray, " classes"]:
    """Inverse frequencies, of mean 1 over the examples; a class without example weighs as if it had one.

    >>> class_weights(np.array([0, 0, 0, 1]), 2).round(3).tolist()
    [0.667, 2.0]
    """
    counts = np.bincount(classes, minlength=number)
    weights: ndarray = len(classes) / (number * np.maximum(counts, 1))
    return weights


def temperature(scores: Float[ndarray, "examples classes"], classes: Int[ndarray, " examples"]) -> float:
    """What logits are divided by so that held-out probabilities fit best (Guo et al., ICML 2017).

    One further example a class is thought to be spread over the truths (Platt's prior), or else a faultless part
    would ask for a temperature of zero.

    >>> 0.1 < temperature(np.array([[2.0, -2], [-2, 2]] * 50), np.array([0, 1] * 50)) < 1
    True
    """
    examples, number = scores.shape
    smooth = number / (examples + number)
    target = np.full(scores.shape, smooth / number)
    target[np.arange(examples), classes] += 1 - smooth

    def loss(log: float) -> float:
        return float(-(target * log_softmax(scores / np.exp(log), axis=1)).sum())

    return float(np.exp(minimize_scalar(loss, bounds=(-5, 5), method="bounded").x))


@torch.no_grad()
def logits(
    model: RelationCNN,
    encoded: Encoded,
    vectors: Float[ndarray, "examples sentence"],
    which: Int[ndarray, " some"] | None = None,
) -> Float[ndarray, "some classes"]:
    """Scores in the order of `which`, float64; sentences of like length go together, so that little is padding."""
    which = np.arange(len(encoded.lengths)) if which is None else which
    order = np.argsort(encoded.lengths[which], kind="stable")
    scores = np.empty((len(which), model.score.out_features))
    folded = FoldedCNN(model)
    for start in range(0, len(which), AT_ONCE):
        part = order[start : start + AT_ONCE]
        scores[part] = folded(*_inputs(model, encoded, vectors, which[part])).cpu().numpy()
    return scores


def _inputs(
    model: RelationCNN, encoded: Encoded, vectors: Float[ndarray, "examples sentence"], which: Int[ndarray, " batch"]
) -> tuple[Int[Tensor, "batch channels longest"], Float[Tensor, "batch sentence"]]:
    device = model.score.weight.device
    return torch.from_numpy(encoded.padded(which)).to(device), torch.from_numpy(vectors[which]).to(device)
