from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file

from lesionary.networks.resnet import ResNetClassifier
from lesionary.subtyping.learning.comparisons.arl import ARL, AttentionBottleneck


def blocks(model: ARL) -> list[AttentionBottleneck]:
    return [part for part in model.modules() if isinstance(part, AttentionBottleneck)]


def test_a_block_adds_its_input_where_it_attends() -> None:
    """x + F(x) + a S(F(x)) x, place by place."""
    block = blocks(ARL(50, 4, classes=3))[1].eval()
    torch.nn.init.normal_(block.bn3.weight)
    torch.nn.init.constant_(block.attention, 0.7)
    maps = torch.rand(2, 16, 3, 3)
    found = block.bn3(block.conv3(block.bn2(block.conv2(block.bn1(block.conv1(maps)).relu())).relu()))
    made = block(maps)
    for image in range(2):
        for channel in range(16):
            values = found[image, channel]
            where = values.exp() / values.exp().sum()
            expected = maps[image, channel] * (1 + 0.7 * where) + values
            torch.testing.assert_close(made[image, channel], expected.relu())


def test_it_starts_as_the_resnet_of_its_depth_with_one_number_more_a_block() -> None:
    plain, model = ResNetClassifier(50, 4, classes=3), ARL(50, 4, classes=3)
    assert len(blocks(model)) == 16
    left = model.load_state_dict(plain.state_dict(), strict=False)
    assert not left.unexpected_keys
    assert len(left.missing_keys) == 16
    images = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(model.eval()(images), plain.eval()(images))


def test_a_resnets_weights_load_and_attention_stays(tmp_path: Path) -> None:
    given, model = ResNetClassifier(50, 4, classes=7), ARL(50, 4, classes=3)
    save_file(given.state_dict(), tmp_path / "given.safetensors")
    head = model.fc.weight.clone()
    torch.nn.init.constant_(blocks(model)[0].attention, 0.5)
    model.load(str(tmp_path / "given.safetensors"))
    assert torch.equal(model.get_parameter("layer3.2.conv1.weight"), given.get_parameter("layer3.2.conv1.weight"))
    assert torch.equal(model.fc.weight, head)
    assert blocks(model)[0].attention == 0.5
