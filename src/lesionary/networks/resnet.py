"""ResNet of any depth and first-stage width, built from torchvision's own blocks.

At width 64 its parameters have the names and shapes of `torchvision.models.resnet<depth>`, so its pre-trained
weights load; at width 8 it is the same network with an eighth of the channels, small enough for a laptop.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck

from lesionary.networks.weights import load_weights

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


class ResNet(nn.Module):
    """The backbone: images to the feature maps of its four stages.

    `channels` holds the channels of each stage: width, 2, 4 and 8 times the width, four times that from depth 50 on.
    With `last_stride` 1 the last stage keeps the side of the one before it.
    """

    def __init__(self, depth: int, width: int = 64, *, last_stride: int = 2) -> None:
        super().__init__()
        block, counts = BLOCKS[depth]
        self.depth = depth
        self.channels = [width * 2**stage * block.expansion for stage in range(4)]
        self.conv1 = nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        strides = (1, 2, 2, last_stride)
        for stage, (inputs, outputs) in enumerate(pairwise([width, *self.channels])):
            layers = _stage(block, inputs, outputs, counts[stage], strides[stage])
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
        return self._after(self.stem(images))

    def stem(self, images: Float[Tensor, "images 3 side side"]) -> Float[Tensor, "images width _ _"]:
        """What precedes the stages, at half the images' side."""
        maps: Tensor = self.relu(self.bn1(self.conv1(images)))
        return maps

    def load(self, name_or_path: str) -> None:
        """Take over weights that others trained (`networks.weights`), the head's where it has as many classes."""
        load_weights(self, name_or_path, architecture=f"resnet{self.depth}", heads=("fc",))

    def _after(self, stem: Float[Tensor, "images width _ _"]) -> list[Float[Tensor, "images channels _ _"]]:
        maps = self.maxpool(stem)
        found = []
        for stage in range(1, 5):
            maps = self.get_submodule(f"layer{stage}")(maps)
            found.append(maps)
        return found

    def forward(self, images: Float[Tensor, "images 3 side side"]) -> Any:
        """The feature maps of the four stages; `ResNetClassifier` gives logits instead."""
        return self.stages(images)


class FiveLevelResNet(ResNet):
    """A ResNet whose stem counts as a level: maps of five levels, as many as VGG-16 has blocks.

    The last stage keeps the side of the one before: of a patch of 120 pixels stride 32 would leave 4 x 4.
    """

    strides = (2, 4, 8, 16, 16)
    """Pixels of the image a pixel of each map."""

    def __init__(self, depth: int, width: int = 64) -> None:
        super().__init__(depth, width, last_stride=1)
        self.channels = [width, *self.channels]

    def stages(self, images: Float[Tensor, "images 3 side side"]) -> list[Float[Tensor, "images channels _ _"]]:
        """The stem's map and that of each stage: half of the images' side, a quarter, 1/8, 1/16 and 1/16."""
        stem = self.stem(images)
        return [stem, *self._after(stem)]


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
