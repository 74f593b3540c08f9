"""Pre-trained weights: torchvision's by name, or a .safetensors file; refused clearly where neither is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn
from torchvision.models import get_model_weights

from lesionary.base.errors import WeightsError

if TYPE_CHECKING:
    from torch import Tensor


def load_weights(model: nn.Module, name_or_path: str, *, architecture: str, heads: tuple[str, ...]) -> None:
    """Fill `model` from torchvision's weights of that name for `architecture`, or from a .safetensors file.

    Parameters below `heads` that are absent or of another shape are ignored; any other that is missing, unexpected or
    of another shape is refused by name (`WeightsError`), and `model` stays as it was.
    """
    if name_or_path.endswith(".safetensors"):
        weights = _read(Path(name_or_path))
    else:
        weights = _fetch(architecture, name_or_path)
    own = model.state_dict()
    below = tuple(f"{head}." for head in heads)
    for key in [key for key in weights if key.startswith(below)]:
        if key not in own or own[key].shape != weights[key].shape:
            del weights[key]
    _compare(own, weights, name_or_path, below)
    model.load_state_dict(weights, strict=False)


def _compare(own: dict[str, Tensor], weights: dict[str, Tensor], place: str, below: tuple[str, ...]) -> None:
    cure = "give the weights of this depth and width; torchvision's fit width 64 only"
    # BatchNorm's counter is absent from weights older than it, and unused while momentum is set
    needed = {key for key in own if not key.startswith(below) and not key.endswith("num_batches_tracked")}
    if missing := sorted(needed - weights.keys()):
        raise WeightsError(place, f"{len(missing)} parameters are missing, the first is {missing[0]}", cure)
    if unexpected := sorted(weights.keys() - own.keys()):
        raise WeightsError(place, f"{len(unexpected)} parameters are unexpected, the first is {unexpected[0]}", cure)
    for key, value in weights.items():
        if value.shape != own[key].shape:
            raise WeightsError(place, f"{key} is {tuple(value.shape)}, here it is {tuple(own[key].shape)}", cure)


def _fetch(architecture: str, name: str) -> dict[str, Tensor]:
    known = get_model_weights(architecture)
    if name not in known.__members__:
        cure = f"one of {', '.join(known.__members__)}, or the path of a .safetensors file"
        raise WeightsError(name, f"torchvision has no such weights of {architecture}", cure)
    url = known[name].url
    try:
        return dict(known[name].get_state_dict(progress=False, check_hash=True, weights_only=True))
    except (OSError, RuntimeError) as error:  # no network, no room, a file cut short
        kept = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[-1]
        cure = f"fetch {url} by hand and keep it as {kept}, or set weights to a .safetensors file"
        raise WeightsError(name, f"could not be fetched ({type(error).__name__}: {error})", cure) from error


def _read(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError  # not on every machine that trains, and needed for such files only
    from safetensors.torch import load_file

    try:
        return dict(load_file(path))
    except (OSError, SafetensorError) as error:
        raise WeightsError(str(path), f"cannot be read ({error})", "give a readable .safetensors file") from error
