from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torchvision.models.regnet import ResBottleneckBlock

from lesionary.base.errors import WeightsError
from lesionary.networks.regnet import DESIGNS, RegNet, RegNetClassifier


@pytest.mark.parametrize("depth", DESIGNS)
def test_at_width_64_names_and_shapes_are_torchvisions(depth: int) -> None:
    theirs = getattr(torchvision.models, DESIGNS[depth].name)(num_classes=7).state_dict()
    with torch.device("meta"):
        ours = RegNetClassifier(depth, 64, classes=7).state_dict()
    assert {name: value.shape for name, value in ours.items()} == {k: v.shape for k, v in theirs.items()}


def test_at_width_64_outputs_are_torchvisions() -> None:
    theirs = torchvision.models.regnet_y_3_2gf(num_classes=3).eval()
    ours = RegNetClassifier(65, 64, classes=3).eval()
    ours.load_state_dict(theirs.state_dict())
    images = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(images), theirs(images))


@pytest.mark.parametrize("depth", DESIGNS)
def test_weight_layers_on_the_way_through_are_as_many_as_the_depth_says(depth: int) -> None:
    with torch.device("meta"):
        model = RegNetClassifier(depth, 64, classes=3)
    aside = (".proj.", ".se.")  # shortcuts, and what weighs channels
    layers = [n for n, m in model.named_modules() if isinstance(m, torch.nn.Conv2d) and not any(a in n for a in aside)]
    assert len(layers) + 1 == depth


@pytest.mark.parametrize(("width", "channels"), [(8, [28, 56, 112, 252]), (4, [12, 24, 48, 108]), (1, [4, 8, 16, 36])])
def test_a_narrow_one_keeps_its_groups_and_has_narrower_ones(width: int, channels: list[int]) -> None:
    model = RegNet(53, width)
    assert model.channels == channels
    maps = model.stages(torch.rand(2, 3, 64, 64))
    assert [tuple(stage.shape[1:]) for stage in maps] == [
        (c, 64 // s, 64 // s) for c, s in zip(channels, (4, 8, 16, 32), strict=True)
    ]
    groups = [block.f.b[0].groups for block in model.modules() if isinstance(block, ResBottleneckBlock)]
    assert sorted(set(groups)) == [4, 8, 16, 36]


def test_every_block_starts_as_the_identity() -> None:
    blocks = [module for module in RegNet(65, 8).modules() if isinstance(module, ResBottleneckBlock)]
    assert len(blocks) == sum(DESIGNS[65].blocks)
    for block in blocks:
        maps = torch.rand(2, block.f.a[0].in_channels, 8, 8)
        shortcut = maps if block.proj is None else block.proj(maps)
        torch.testing.assert_close(block(maps), shortcut.relu())


def test_weights_of_a_file_are_loaded_and_a_head_for_other_classes_is_not(tmp_path: Path) -> None:
    given, taken = RegNetClassifier(65, 8, classes=5), RegNetClassifier(65, 8, classes=3)
    head = taken.fc.weight.clone()
    save_file(given.state_dict(), tmp_path / "given.safetensors")
    taken.load(str(tmp_path / "given.safetensors"))
    assert torch.equal(taken.stem[0].weight, given.stem[0].weight)
    assert torch.equal(taken.fc.weight, head)
    with pytest.raises(WeightsError, match="IMAGENET1K_V1, IMAGENET1K_V2"):
        RegNet(65, 64).load("IMAGENET21K")
