from __future__ import annotations

import math

import pytest
import torch
import torchvision
from closeness import assert_same_sums
from torch import Tensor

from lesionary.annotation.learning.lesanet import LesaNet, pool
from lesionary.base.errors import ParamsError
from lesionary.networks.resnet import FiveLevelResNet
from lesionary.networks.vgg import VGG16


def patches(count: int = 2, side: int = 48) -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.rand(count, 3, side, side), torch.tensor([[10.0, 12.0, 30.0, 28.0]]).repeat(count, 1)


def pooled_by_hand(grid: Tensor, box: tuple[float, ...], scale: float, cells: int = 5) -> list[float]:
    """The maximum of each cell of one channel: edges are rounded to pixels, cells overlap where they share one."""
    left, top, right, bottom = (math.floor(edge * scale + 0.5) for edge in box)
    rows, columns = max(bottom - top + 1, 1), max(right - left + 1, 1)
    found = []
    for row in range(cells):
        for column in range(cells):
            values = [
                grid[y, x].item()
                for y in range(top + math.floor(row * rows / cells), top + math.ceil((row + 1) * rows / cells))
                for x in range(
                    left + math.floor(column * columns / cells), left + math.ceil((column + 1) * columns / cells)
                )
                if 0 <= y < grid.shape[0] and 0 <= x < grid.shape[1]
            ]
            found.append(max(values, default=0.0))
    return found


def test_at_width_64_names_shapes_and_maps_are_torchvisions() -> None:
    theirs, ours = torchvision.models.vgg16_bn().eval(), VGG16(64).eval()
    own = ours.state_dict()
    given = {name: value for name, value in theirs.state_dict().items() if name.startswith("features.")}
    assert {name: value.shape for name, value in own.items()} == {name: value.shape for name, value in given.items()}
    ours.load_state_dict(given)
    images = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(ours.features[-1](ours.stages(images)[-1]), theirs.features(images))


def test_blocks_halve_the_side_and_give_their_last_map() -> None:
    maps = VGG16(4).stages(torch.rand(1, 3, 48, 48))
    assert [tuple(block.shape[1:]) for block in maps] == [
        (4, 48, 48),
        (8, 24, 24),
        (16, 12, 12),
        (32, 6, 6),
        (32, 3, 3),
    ]
    assert all(block.min() >= 0 for block in maps)  # after ReLU, before the block is halved


def test_a_box_of_ten_by_ten_pixels_is_pooled_to_the_largest_of_every_two_by_two() -> None:
    grid = torch.arange(144.0).reshape(1, 1, 12, 12)
    (found,) = pool([grid], torch.tensor([[1.0, 1.0, 10.0, 10.0]]), side=12, strides=(1,))
    largest = [[12.0 * row + column for column in (2, 4, 6, 8, 10)] for row in (2, 4, 6, 8, 10)]
    assert found.reshape(5, 5).tolist() == largest


@pytest.mark.parametrize("box", [(3.0, 7.0, 29.0, 20.0), (14.0, 14.0, 17.0, 16.0), (0.0, 30.0, 47.0, 60.0)])
def test_three_blocks_are_pooled_over_the_lesion_and_two_over_the_patch(box: tuple[float, ...]) -> None:
    torch.manual_seed(0)
    maps = [torch.rand(1, 1, 48 // 2**depth, 48 // 2**depth) for depth in range(5)]
    for depth, found in enumerate(pool(maps, torch.tensor([box]), side=48)):
        region = box if depth < 3 else (0.0, 0.0, 47.0, 47.0)
        assert found[0].tolist() == pooled_by_hand(maps[depth][0, 0], region, 0.5**depth), depth


def test_no_cell_of_the_whole_patch_is_empty_at_the_papers_size() -> None:
    maps = [torch.ones(1, 1, 120 // 2**depth, 120 // 2**depth) for depth in range(5)]
    for found in pool(maps, torch.tensor([[45.0, 45.0, 75.0, 75.0]]), side=120):
        assert found.min() == 1


def test_a_lesion_is_pooled_from_its_own_patch() -> None:
    maps = [torch.stack([torch.full((1, 16, 16), float(lesion)) for lesion in range(3)])]
    (found,) = pool(maps, torch.tensor([[2.0, 2.0, 9.0, 9.0]]).repeat(3, 1), side=16, strides=(1,))
    assert found.unique(dim=1).flatten().tolist() == [0.0, 1.0, 2.0]


def test_scores_pass_propagation_unchanged_at_the_start() -> None:
    found = LesaNet(7, 4, 16)(*patches())
    torch.testing.assert_close(found.refined, found.scores)


def test_propagation_is_one_linear_map_of_the_scores() -> None:
    model = LesaNet(2, 4, 16)
    assert model.propagate is not None
    with torch.no_grad():
        model.propagate.weight.copy_(torch.tensor([[1.0, 0.5], [0.0, 2.0]]))
        model.propagate.bias.copy_(torch.tensor([0.0, -1.0]))
    scores, refined, _ = model(*patches())
    torch.testing.assert_close(refined, torch.stack([scores[:, 0] + scores[:, 1] / 2, 2 * scores[:, 1] - 1], dim=1))


def test_without_propagation_the_scores_stand() -> None:
    model = LesaNet(7, 4, 16, propagation=False)
    assert not [name for name, _ in model.named_parameters() if name.startswith("propagate")]
    found = model(*patches())
    assert torch.equal(found.refined, found.scores)


def test_embeddings_have_length_one_and_scores_one_column_a_label() -> None:
    found = LesaNet(7, 4, 16)(*patches(3))
    assert found.scores.shape == found.refined.shape == (3, 7)
    assert found.embedding.shape == (3, 16)
    torch.testing.assert_close(found.embedding.norm(dim=1), torch.ones(3))


def test_batched_is_one_by_one() -> None:
    model, (images, boxes) = LesaNet(7, 4, 16).eval(), patches(3)
    boxes = boxes + torch.arange(3)[:, None]
    whole = model(images, boxes)
    for lesion in range(3):
        alone = model(images[lesion : lesion + 1], boxes[lesion : lesion + 1])
        for one, many in zip(alone, whole, strict=True):
            assert_same_sums(one[0].detach(), many[lesion].detach())


def test_no_cell_of_a_resnet_over_the_whole_patch_is_empty_at_the_papers_size() -> None:
    strides = FiveLevelResNet.strides
    maps = [torch.ones(1, 1, -(-120 // stride), -(-120 // stride)) for stride in strides]
    for found in pool(maps, torch.tensor([[45.0, 45.0, 75.0, 75.0]]), side=120, strides=strides):
        assert found.min() == 1


@pytest.mark.parametrize("backbone", ["resnet18", "resnet50"])
def test_a_resnet_has_five_levels_too(backbone: str) -> None:
    model = LesaNet(7, 8, 16, backbone=backbone)
    assert [tuple(level.shape[1:]) for level in model.trunk.stages(torch.rand(1, 3, 48, 48))] == [
        (channels, 48 // stride, 48 // stride)
        for channels, stride in zip(model.trunk.channels, model.trunk.strides, strict=True)
    ]
    assert model(*patches()).scores.shape == (2, 7)


def test_a_backbone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ParamsError, match="'resnet19' is no backbone"):
        LesaNet(7, 8, 16, backbone="resnet19")


def test_a_place_changes_the_scores_of_a_network_that_is_told_it() -> None:
    model, (images, boxes) = LesaNet(7, 4, 16, located=True).eval(), patches()
    here = torch.tensor([[80.0, -20.0, 10.0, 10.0]]).repeat(2, 1)
    there = here * torch.tensor([-1.0, 1.0, 1.0, 1.0])
    assert not torch.equal(model(images, boxes, here).scores, model(images, boxes, there).scores)
