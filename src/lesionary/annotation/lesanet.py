"""LesaNet: a VGG-16 whose five blocks are each pooled into a vector, so that labels are read off every scale (4.1).

The first three blocks are pooled over the lesion's box, for its details, the last two over the whole patch, for
what surrounds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn
from torch.nn.functional import normalize
from torchvision.models.vgg import make_layers
from torchvision.ops import roi_pool

if TYPE_CHECKING:
    from jaxtyping import Float
    from torch import Tensor

CONVOLUTIONS = (2, 2, 3, 3, 3)
"""Of each block of VGG-16."""
LESION_BLOCKS = 3
"""That many blocks see the lesion's box, the others the whole patch."""
CELLS = 5
"""A pooled map has 5 x 5 cells."""


class Annotation(NamedTuple):
    """What LesaNet says of a batch of lesions. Scores are logits: their sigmoid is the confidence."""

    scores: Float[Tensor, "lesions labels"]
    refined: Float[Tensor, "lesions labels"]
    """After score propagation; the same as `scores` in a network without it."""
    embedding: Float[Tensor, "lesions features"]
    """Of length 1."""


class VGG16(nn.Module):
    """The convolutions of VGG-16 with batch normalisation: images to the feature maps of its five blocks.

    At width 64 its parameters have the names and shapes of `torchvision.models.vgg16_bn`, less the classifier's; at
    width 8 it is the same network with an eighth of the channels, small enough for a laptop.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.channels = [width * times for times in (1, 2, 4, 8, 8)]
        layout: list[int | str] = []
        for channels, count in zip(self.channels, CONVOLUTIONS, strict=True):
            layout += [channels] * count + ["M"]
        self.features = make_layers(layout, batch_norm=True)

    def stages(self, images: Float[Tensor, "images 3 side side"]) -> list[Float[Tensor, "images channels _ _"]]:
        """The last map of each block (conv1_2, 2_2, 3_3, 4_3, 5_3): the images' side, a half, 1/4, 1/8 and 1/16."""
        found, maps = [], images
        for layer in self.features[:-1]:
            if isinstance(layer, nn.MaxPool2d):
                found.append(maps)
            maps = layer(maps)
        return [*found, maps]


class LesaNet(nn.Module):
    """Patches of lesions to label scores, scores refined by each other, and an embedding (Fig. 3)."""

    def __init__(self, labels: int, width: int = 64, features: int = 256, *, propagation: bool = True) -> None:
        super().__init__()
        self.trunk = VGG16(width)
        # Nothing follows a projection but the next linear layer: so it is in the authors' code, too.
        self.project = nn.ModuleList(nn.Linear(channels * CELLS**2, features) for channels in self.trunk.channels)
        self.score = nn.Linear(len(self.project) * features, labels)
        self.embed = nn.Linear(len(self.project) * features, features)
        self.propagate = nn.Linear(labels, labels) if propagation else None
        if self.propagate is not None:
            nn.init.eye_(self.propagate.weight)  # scores pass unchanged until correlations are learnt (4.3)
            nn.init.zeros_(self.propagate.bias)

    def forward(self, patches: Float[Tensor, "lesions 3 side side"], boxes: Float[Tensor, "lesions 4"]) -> Annotation:
        """Annotate lesions whose boxes are x_min, y_min, x_max, y_max in pixels of their patch, the last included."""
        maps = self.trunk.stages(patches)
        pooled = pool(maps, boxes, side=patches.shape[-1])
        vector = torch.cat([fc(part) for fc, part in zip(self.project, pooled, strict=True)], dim=1)
        scores = self.score(vector)
        refined = scores if self.propagate is None else self.propagate(scores)
        return Annotation(scores, refined, normalize(self.embed(vector).float(), dim=1))


def pool(
    maps: list[Float[Tensor, "lesions channels _ _"]], boxes: Float[Tensor, "lesions 4"], *, side: int
) -> list[Float[Tensor, "lesions values"]]:
    """RoIPool each block's map to 5 x 5 cells, flattened.

    The authors' whole-patch box ends at `side`, one pixel outside: at 120 pixels that leaves the last row and column
    of conv5_3's cells empty. Ours ends at the last pixel.
    """
    number = torch.arange(len(boxes), device=boxes.device)[:, None]
    lesion = torch.cat([number, boxes], dim=1).float()  # float32 under autocast, too: these are coordinates
    whole = torch.cat([number, boxes.new_tensor([0, 0, side - 1, side - 1]).expand(len(boxes), 4)], dim=1).float()
    return [
        roi_pool(block.float(), lesion if depth < LESION_BLOCKS else whole, CELLS, 0.5**depth).flatten(start_dim=1)
        for depth, block in enumerate(maps)
    ]
