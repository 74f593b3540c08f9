"""LesaNet: a network whose five levels are each pooled into a vector, so that labels are read off every scale (4.1).

The first three levels are pooled over the lesion's box, for its details, the last two over the whole patch, for
what surrounds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn
from torch.nn.functional import normalize
from torchvision.ops import roi_pool

from lesionary.base.errors import ParamsError
from lesionary.networks.resnet import BLOCKS, FiveLevelResNet
from lesionary.networks.vgg import VGG16

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Float
    from torch import Tensor

LESION_LEVELS = 3
"""That many levels see the lesion's box, the others the whole patch."""
CELLS = 5
"""A pooled map has 5 x 5 cells."""
PLACE = 4
"""Numbers that tell where a lesion lies: x and y from the centre of its image, width and height, in mm."""
BACKBONES = ("vgg16", *(f"resnet{depth}" for depth in BLOCKS))


class Annotation(NamedTuple):
    """What LesaNet says of a batch of lesions. Scores are logits: their sigmoid is the confidence."""

    scores: Float[Tensor, "lesions labels"]
    refined: Float[Tensor, "lesions labels"]
    """After score propagation; the same as `scores` in a network without it."""
    embedding: Float[Tensor, "lesions features"]
    """Of length 1."""


class LesaNet(nn.Module):
    """Patches of lesions to label scores, scores refined by each other, and an embedding (Fig. 3).

    The paper's backbone is VGG-16. One that is `located` is also given the lesion's place.
    """

    def __init__(
        self,
        labels: int,
        width: int = 64,
        features: int = 256,
        *,
        backbone: str = "vgg16",
        propagation: bool = True,
        located: bool = False,
    ) -> None:
        super().__init__()
        self.trunk = trunk(backbone, width)
        # Nothing follows a projection but the next linear layer: so it is in the authors' code, too.
        self.project = nn.ModuleList(nn.Linear(channels * CELLS**2, features) for channels in self.trunk.channels)
        self.place = nn.Sequential(nn.Linear(PLACE, features), nn.ReLU()) if located else None
        vectors = len(self.project) + located
        self.score = nn.Linear(vectors * features, labels)
        self.embed = nn.Linear(vectors * features, features)
        self.propagate = nn.Linear(labels, labels) if propagation else None
        if self.propagate is not None:
            nn.init.eye_(self.propagate.weight)  # scores pass unchanged until correlations are learnt (4.3)
            nn.init.zeros_(self.propagate.bias)

    def forward(
        self,
        patches: Float[Tensor, "lesions 3 side side"],
        boxes: Float[Tensor, "lesions 4"],
        places: Float[Tensor, "lesions 4"] | None = None,
    ) -> Annotation:
        """Annotate lesions whose boxes are x_min, y_min, x_max, y_max in pixels of their patch, the last included.

        `places` holds each lesion's x and y from the centre of its image, width and height in mm.
        """
        maps = self.trunk.stages(patches)
        pooled = pool(maps, boxes, side=patches.shape[-1], strides=self.trunk.strides)
        vectors = [fc(part) for fc, part in zip(self.project, pooled, strict=True)]
        if self.place is not None:
            if places is None:
                raise ParamsError("located", "this network wants the lesions' places", "give it `places`")
            vectors.append(self.place(scaled(places)))
        vector = torch.cat(vectors, dim=1)
        scores = self.score(vector)
        refined = scores if self.propagate is None else self.propagate(scores)
        return Annotation(scores, refined, normalize(self.embed(vector).float(), dim=1))


def trunk(backbone: str, width: int) -> VGG16 | FiveLevelResNet:
    """The backbone of that name, with maps of five levels."""
    if backbone not in BACKBONES:
        raise ParamsError("backbone", f"{backbone!r} is no backbone", f"one of {', '.join(BACKBONES)}")
    return VGG16(width) if backbone == "vgg16" else FiveLevelResNet(int(backbone.removeprefix("resnet")), width)


def scaled(places: Float[Tensor, "lesions 4"]) -> Float[Tensor, "lesions 4"]:
    """Places as a network can use them: decimetres from the centre, octaves above or below 20 mm.

    >>> scaled(torch.tensor([[100.0, -50.0, 20.0, 80.0]]))
    tensor([[ 1.0000, -0.5000,  0.0000,  2.0000]])
    """
    return torch.cat([places[:, :2] / 100, (places[:, 2:].clamp(min=1) / 20).log2()], dim=1)


def pool(
    maps: list[Float[Tensor, "lesions channels _ _"]],
    boxes: Float[Tensor, "lesions 4"],
    *,
    side: int,
    strides: Sequence[int] = VGG16.strides,
) -> list[Float[Tensor, "lesions values"]]:
    """RoIPool each level's map to 5 x 5 cells, flattened; `strides` are pixels of the patch a pixel of each map.

    The authors' whole-patch box ends at `side`, one pixel outside: at 120 pixels that leaves the last row and column
    of conv5_3's cells empty. Ours ends at the last pixel.
    """
    number = torch.arange(len(boxes), device=boxes.device)[:, None]
    lesion = torch.cat([number, boxes], dim=1).float()  # float32 under autocast, too: these are coordinates
    whole = torch.cat([number, boxes.new_tensor([0, 0, side - 1, side - 1]).expand(len(boxes), 4)], dim=1).float()
    return [
        roi_pool(level.float(), lesion if depth < LESION_LEVELS else whole, CELLS, 1 / stride).flatten(start_dim=1)
        for depth, (level, stride) in enumerate(zip(maps, strides, strict=True))
    ]
