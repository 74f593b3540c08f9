"""ResNet of any depth and first-stage width, built from torchvision's own blocks.

At width 64 its parameters have the names and shapes of `torchvision.models.resnet<depth>`, so its pre-trained
weights load; at width 8 it is the same network with an eighth of the channels, small enough for a laptop.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torchvision.models import get_model_weights
from torchvision.models.resnet import BasicBlock, Bottleneck

from lesionary.errors import WeightsError

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor

BLOCKS: dict[int, tuple[Any, tuple[int, int, int, int]]] = {
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
    101: (Bottleneck, (3, 4, 23, 3)),
    152: (Bottleneck, (3, 8, 36, 3)),
}
HEAD = {"fc.weight", "fc.bias"}


class ResNet(nn.Module):
    """The backbone: images to the feature maps of its four stages.

    `channels` holds the channels of each stage: width, 2, 4 and 8 times the width, four times that from depth 50 on.
    """

    def __init__(self, depth: int, width: int = 64) -> None:
        super().__init__()
        block, counts = BLOCKS[depth]
        self.depth = depth
        self.channels = [width * 2**stage * block.expansion for stage in range(4)]
        self.conv1 = nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        for stage, (inputs, outputs) in enumerate(pairwise([width, *self.channels])):
            layers = _stage(block, inputs, outputs, counts[stage], stride=1 if stage == 0 else 2)
            self.add_module(f"layer{stage + 1}", layers)
        self._initialise()

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        # Every block starts as the identity; pre-trained weights replace it. Otherwise each block adds to the variance
        # of the map. At depth 101 and width 8 distances in DMRN then start at nearly four margins: it diverged at
        # learning rates of 0.003 and more, did not learn at less, and cross-entropy fell far more slowly.
        for module in self.modules():
            if isinstance(module, (BasicBlock, Bottleneck)):
                nn.init.zeros_((module.bn2 if isinstance(module, BasicBlock) else module.bn3).weight)

    def stages(self, images: Float[Tensor, "images 3 side side"]) -> list[Float[Tensor, "images channels _ _"]]:
        """Feature maps after each of the four stages: a quarter, 1/8, 1/16 and 1/32 of the images' side."""
        maps = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        found = []
        for stage in range(1, 5):
            maps = self.get_submodule(f"layer{stage}")(maps)
            found.append(maps)
        return found

    def forward(self, images: Float[Tensor, "images 3 side side"]) -> Any:
        """The feature maps of the four stages; `ResNetClassifier` gives logits instead."""
        return self.stages(images)


class ResNetClassifier(ResNet):
    """A ResNet with its linear head: images to class logits."""

    def __init__(self, depth: int, width: int = 64, *, classes: int) -> None:
        super().__init__(depth, width)
        self.fc = nn.Linear(self.channels[-1], classes)

    def embed(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images features"]:
        """What the head sees: the last stage, averaged over space."""
        return self.stages(images)[-1].mean(dim=(2, 3))

    def forward(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images classes"]:
        """Class logits."""
        logits: Tensor = self.fc(self.embed(images))
        return logits


def _stage(block: Any, inputs: int, outputs: int, count: int, stride: int) -> nn.Sequential:
    planes = outputs // block.expansion
    shortcut = None
    if stride != 1 or inputs != outputs:
        shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
    return nn.Sequential(
        block(inputs, planes, stride, shortcut),
        *(block(outputs, planes) for _ in range(count - 1)),
    )


def load_weights(model: ResNet, name_or_path: str) -> None:
    """Fill `model` from torchvision's weights of that name, or from a .safetensors file.

    A head that is absent or made for another number of classes is ignored; any other parameter that is missing,
    unexpected or of another shape is refused by name (`WeightsError`), and `model` stays as it was.
    """
    if name_or_path.endswith(".safetensors"):
        weights = _read(Path(name_or_path))
    else:
        weights = _fetch(model.depth, name_or_path)
    own = model.state_dict()
    for key in HEAD & weights.keys():
        if key not in own or own[key].shape != weights[key].shape:
            del weights[key]
    _compare(own, weights, name_or_path)
    model.load_state_dict(weights, strict=False)


def _compare(own: dict[str, Tensor], weights: dict[str, Tensor], place: str) -> None:
    cure = "give the weights of this depth and width; torchvision's fit width 64 only"
    # BatchNorm's counter is absent from weights older than it, and unused while momentum is set
    needed = {key for key in own if key not in HEAD and not key.endswith("num_batches_tracked")}
    if missing := sorted(needed - weights.keys()):
        raise WeightsError(place, f"{len(missing)} parameters are missing, the first is {missing[0]}", cure)
    if unexpected := sorted(weights.keys() - own.keys()):
        raise WeightsError(place, f"{len(unexpected)} parameters are unexpected, the first is {unexpected[0]}", cure)
    for key, value in weights.items():
        if value.shape != own[key].shape:
            raise WeightsError(place, f"{key} is {tuple(value.shape)}, here it is {tuple(own[key].shape)}", cure)


def _fetch(depth: int, name: str) -> dict[str, Tensor]:
    known = get_model_weights(f"resnet{depth}")
    if name not in known.__members__:
        cure = f"one of {', '.join(known.__members__)}, or the path of a .safetensors file"
        raise WeightsError(name, f"torchvision has no such weights of resnet{depth}", cure)
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
