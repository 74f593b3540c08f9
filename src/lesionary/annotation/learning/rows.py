"""A row of the annotation tables: what it learns from, its training, and what it says of every lesion."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from lesionary.annotation.dataset import Labels
from lesionary.annotation.labels import Matrix
from lesionary.annotation.learning.annotators import ask_neighbours, fit_annotator, fit_embedding, fit_warp
from lesionary.annotation.learning.coarse import coarse_parts
from lesionary.annotation.learning.fitting import Fit, Lesions, Prediction, initialised, predict
from lesionary.annotation.learning.kinship import neighbour_scores
from lesionary.annotation.learning.lesanet import LesaNet
from lesionary.annotation.learning.losses import Parts, class_weights
from lesionary.base.errors import CohortError, ParamsError
from lesionary.ontology.expansion import expand, reliable_negatives
from lesionary.params.annotation import AnnotatorParams, Mined, Objective
from lesionary.running.progress import progress
from lesionary.training.checkpoints import held, own_folder
from lesionary.training.devices import fix_threads, pick_device, repeat_exactly
from lesionary.training.loop import Epoch, Recipe

_BATCH = 64  # lesions a forward pass when nothing is trained


@dataclass(frozen=True)
class Network:
    """What the training of one network leaves."""

    seed: int
    weights: dict[str, Tensor]
    epochs: list[Epoch]
    said: Prediction
    """Of every lesion."""
    neighbours: int | None = None
    """How many were asked for a lesion's labels, in a row that asks them."""

    @property
    def kept(self) -> int:
        """The epoch whose weights these are."""
        return max(self.epochs, key=lambda epoch: epoch.validation["f1"]).number


@dataclass(frozen=True)
class Trained:
    """A row's networks, one a seed."""

    networks: list[Network]

    @property
    def weights(self) -> dict[str, Tensor]:
        """Under their own names where there is one network, else behind `seed<n>.`."""
        if len(self.networks) == 1:
            return self.networks[0].weights
        return {f"seed{one.seed}.{name}": value for one in self.networks for name, value in one.weights.items()}

    @property
    def scores(self) -> NDArray[np.float32]:
        """(lesions, labels), of every lesion, the mean over networks: confidences, or WARP's scores."""
        mean = np.mean([one.said.scores for one in self.networks], axis=0, dtype=np.float64)
        return np.asarray(mean, np.float32)

    @property
    def embedding(self) -> NDArray[np.float32]:
        """(lesions, features), of length 1: those of all networks side by side."""
        both = np.concatenate([one.said.embedding for one in self.networks], axis=1)
        return np.asarray(both / np.sqrt(len(self.networks)), np.float32)


@dataclass(frozen=True)
class Seen:
    """What networks are given of every lesion."""

    patches: NDArray[np.int16]
    boxes: NDArray[np.float32]
    places: NDArray[np.float32] | None
    """In mm; for rows that are told them."""

    def lesions(self, targets: Matrix) -> Lesions:
        """All of them, where they lie."""
        places = None if self.places is None else torch.from_numpy(self.places)
        return Lesions(torch.from_numpy(self.patches), torch.from_numpy(self.boxes), torch.from_numpy(targets), places)

    def bytes(self) -> list[bytes]:
        """All that is seen, for a hash."""
        arrays = (self.patches, self.boxes, self.places)
        return [np.ascontiguousarray(array).tobytes() for array in arrays if array is not None]


@dataclass(frozen=True)
class Material:
    """What a row learns from and is judged on; `learnt` holds lesions of the train split."""

    learnt: Lesions
    judged: Lesions
    train: NDArray[np.int64]
    """Numbers of the lesions that are learnt from."""
    parts: NDArray[np.int64]
    """Their coarse body parts."""


def training_targets(labels: Labels, params: AnnotatorParams) -> tuple[Matrix, Matrix | None]:
    """What a row learns of each lesion, and which cells count (None: all).

    Trained on relevant labels alone, an uncertain label is neither learnt as present nor as absent.
    """
    matrices = labels.matrices
    mentioned = {
        Mined.RELEVANT: ("relevant",),
        Mined.RELEVANT_UNCERTAIN: ("relevant", "uncertain"),
        Mined.ALL: ("relevant", "uncertain", "irrelevant"),
    }[params.mined]
    whole = {Mined.RELEVANT: "relevant", Mined.RELEVANT_UNCERTAIN: "relevant_uncertain", Mined.ALL: "mentioned"}
    targets = np.any([matrices[name] for name in mentioned], axis=0)
    if params.expansion:
        targets = matrices[f"{whole[params.mined]}_expanded"]
    counted = ~matrices["uncertain_expanded"] if params.mined is Mined.RELEVANT else None
    return targets, counted


def gather(params: AnnotatorParams, labels: Labels, seen: Seen, device: torch.device) -> Material:
    """Lesions of the train split that have a label, or for the lesion embedding a coarse body part, and validation."""
    targets, counted = training_targets(labels, params)
    parts = coarse_parts(targets, labels.names)
    embeds = params.objective is Objective.EMBEDDING
    train = labels.of("train")
    train = train[parts[train] >= 0 if embeds else targets[train].any(axis=1)]
    if not len(train):
        missing = "a coarse body part (annotation/body_parts.yaml)" if embeds else "a label"
        raise CohortError("train split", f"no lesion has {missing}", "see what expand_labels set aside")

    def on_device(array: NDArray[np.generic], rows: NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(array[rows]).to(device)

    def of(rows: NDArray[np.int64]) -> Lesions:
        places = None if seen.places is None else on_device(seen.places, rows)
        return Lesions(on_device(seen.patches, rows), on_device(seen.boxes, rows), on_device(targets, rows), places)

    learnt = replace(
        of(train),
        absent=on_device(reliable_negatives(targets, labels.exclusions), train),
        counted=None if counted is None else on_device(counted, train),
    )
    val = labels.of("val")
    truth = on_device(labels.matrices["relevant_expanded"], val)
    judged = replace(of(val), targets=truth, counted=on_device(~labels.matrices["uncertain_expanded"], val))
    return Material(learnt, judged, train, parts[train])


def train_row(
    row: str,
    params: AnnotatorParams,
    labels: Labels,
    patches: NDArray[np.int16],
    boxes: NDArray[np.float32],
    places: NDArray[np.float32] | None = None,
) -> Trained:
    """Train a network a seed on the train split; interrupted, training goes on where it stopped."""
    fix_threads()  # one: with two, an epoch on a machine that others share took 22 to 31 s instead of 5
    repeat_exactly()
    if places is None and (params.located or params.objective is Objective.EMBEDDING):
        raise ParamsError(f"annotators.{row}", "learns from the lesions' places", "give `places` (dataset.load_places)")
    seen, targets = Seen(patches, boxes, places), training_targets(labels, params)[0]
    material = gather(params, labels, seen, pick_device())
    settings = json.dumps(params.model_dump(mode="json"), sort_keys=True)
    networks = []
    for seed in range(params.seed, params.seed + params.seeds):
        folder = own_folder(f"train_annotator-{row}", settings, str(seed), targets.tobytes(), *seen.bytes())
        with held(folder):
            fitted = prepare(params, labels, material, seed, folder / "training.pt")
            epochs = list(progress(fitted.epochs(), f"{row}, seed {seed}", total=params.epochs))
        said = predict(fitted.model, seen.lesions(targets), _BATCH, confidences=params.objective is not Objective.WARP)
        networks.append(_finished(fitted, params, labels, material, seed, epochs, said))
    return Trained(networks)


def prepare(params: AnnotatorParams, labels: Labels, material: Material, seed: int, checkpoint: Path | None) -> Fit:
    """The network of a row and its training, not begun."""
    with initialised(seed):
        network = LesaNet(
            len(labels.names),
            params.width,
            params.features,
            backbone=params.backbone.value,
            propagation=params.propagation,
            located=params.located,
        )
    if params.weights is not None:
        network.trunk.load(params.weights)
    recipe = Recipe(
        params.epochs, params.batch, params.learning_rate, params.momentum, params.weight_decay, cosine=False,
        drop_after=params.drop_after, fast_biases=True, clip_norm=params.clip_norm, drop_last=True, bf16=True,
    )  # fmt: skip
    common: dict[str, Any] = {"recipe": recipe, "seed": seed, "checkpoint": checkpoint}
    common["expand"] = lambda called: expand(called, labels.closure)
    if params.objective is Objective.WARP:
        return fit_warp(network, material.learnt, material.judged, closure=labels.closure, **common)
    if params.objective is Objective.EMBEDDING:
        parts = torch.from_numpy(material.parts).to(material.learnt.patches.device)
        return fit_embedding(network, material.learnt, material.judged, parts, **common)
    parts_of_loss = Parts(params.propagation, params.hard_examples.value, params.triplet)
    return fit_annotator(network, material.learnt, material.judged, parts=parts_of_loss, **common)


def _finished(
    fitted: Fit,
    params: AnnotatorParams,
    labels: Labels,
    material: Material,
    seed: int,
    epochs: list[Epoch],
    said: Prediction,
) -> Network:
    neighbours = None
    if params.objective is Objective.EMBEDDING:
        neighbours, said = _by_neighbours(fitted, params, labels, material, said)
    weights = {name: value.detach().cpu().contiguous() for name, value in fitted.model.state_dict().items()}
    return Network(seed, weights, epochs, said, neighbours)


def _by_neighbours(
    fitted: Fit, params: AnnotatorParams, labels: Labels, material: Material, said: Prediction
) -> tuple[int, Prediction]:
    """How many neighbours validation wants, and what they say of every lesion."""
    learnt, train = material.learnt, material.train

    def complete(called: Matrix) -> Matrix:
        return expand(called, labels.closure)

    count, _ = ask_neighbours(fitted.model, learnt, material.judged, expand=complete, batch=params.batch)
    itself = np.full(len(said.embedding), -1)
    itself[train] = np.arange(len(train))
    weights, targets, known = class_weights(learnt.targets), learnt.targets.cpu().numpy(), said.embedding[train]
    return count, said._replace(scores=neighbour_scores(known, targets, said.embedding, weights, count, itself=itself))


def history(trained: Trained) -> pl.DataFrame:
    """Training curves: seed, epoch, learning_rate, loss, its parts, and val_<metric> after each epoch."""
    rows = [
        {"seed": one.seed, "epoch": epoch.number, "learning_rate": epoch.learning_rate}
        | {"loss": sum(epoch.losses.values())}
        | epoch.losses
        | {f"val_{name}": value for name, value in epoch.validation.items()}
        for one in trained.networks
        for epoch in one.epochs
    ]
    return pl.DataFrame(rows).with_columns(pl.selectors.float().round(5))
