from __future__ import annotations

from pathlib import Path
from urllib.error import URLError

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torchvision.models.resnet import BasicBlock, Bottleneck

from lesionary.base.errors import WeightsError
from lesionary.networks.resnet import BLOCKS, ResNet, ResNetClassifier


@pytest.mark.parametrize("depth", [18, 50, 101])
def test_at_width_64_names_shapes_and_outputs_are_torchvisions(depth: int) -> None:
    theirs = getattr(torchvision.models, f"resnet{depth}")(num_classes=7).eval()
    ours = ResNetClassifier(depth, 64, classes=7).eval()
    ours.load_state_dict(theirs.state_dict())
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(images), theirs(images))


@pytest.mark.parametrize("depth", BLOCKS)
def test_every_depth_has_torchvisions_names_and_an_eighth_of_its_channels(depth: int) -> None:
    with torch.device("meta"):
        theirs = getattr(torchvision.models, f"resnet{depth}")(num_classes=8).state_dict()
        ours = ResNetClassifier(depth, 8, classes=1).state_dict()
    assert list(ours) == list(theirs)
    for key, value in ours.items():
        channels = [side // 8 if side not in (1, 3, 7) else side for side in theirs[key].shape]
        assert list(value.shape) == channels, key


def test_each_stage_halves_the_side_and_doubles_the_channels() -> None:
    maps = ResNet(50, 4)(torch.rand(1, 3, 64, 64))
    assert [tuple(stage.shape[1:]) for stage in maps] == [(16, 16, 16), (32, 8, 8), (64, 4, 4), (128, 2, 2)]


@pytest.mark.parametrize("depth", [18, 50])
def test_every_block_starts_as_the_identity(depth: int) -> None:
    blocks = [module for module in ResNet(depth, 4).modules() if isinstance(module, BasicBlock | Bottleneck)]
    assert len(blocks) == sum(BLOCKS[depth][1])
    for block in blocks:
        maps = torch.rand(2, block.conv1.in_channels, 8, 8)
        shortcut = maps if block.downsample is None else block.downsample(maps)
        torch.testing.assert_close(block(maps), shortcut.relu())


def test_weights_of_a_file_are_loaded(tmp_path: Path) -> None:
    given = ResNetClassifier(18, 4, classes=5)
    save_file(given.state_dict(), tmp_path / "given.safetensors")
    taken = ResNetClassifier(18, 4, classes=5)
    taken.load(str(tmp_path / "given.safetensors"))
    for key, value in taken.state_dict().items():
        assert torch.equal(value, given.state_dict()[key]), key


@pytest.mark.parametrize("classes", [3, None])
def test_a_head_for_other_classes_is_ignored(tmp_path: Path, classes: int | None) -> None:
    given = ResNetClassifier(18, 4, classes=5)
    save_file(given.state_dict(), tmp_path / "given.safetensors")
    taken = ResNetClassifier(18, 4, classes=classes) if classes else ResNet(18, 4)
    head = {key: value.clone() for key, value in taken.state_dict().items() if key.startswith("fc.")}
    taken.load(str(tmp_path / "given.safetensors"))
    assert torch.equal(taken.conv1.weight, given.conv1.weight)
    for key, value in head.items():
        assert torch.equal(taken.state_dict()[key], value)


def test_the_weights_of_a_backbone_leave_the_head_as_it_was(tmp_path: Path) -> None:
    given, taken = ResNet(18, 4), ResNetClassifier(18, 4, classes=3)
    save_file(given.state_dict(), tmp_path / "given.safetensors")
    taken.load(str(tmp_path / "given.safetensors"))
    assert torch.equal(taken.conv1.weight, given.conv1.weight)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda state: state.pop("layer3.0.conv1.weight"), "missing, the first is layer3.0.conv1.weight"),
        (lambda state: state.update({"layer5.weight": torch.zeros(1)}), "unexpected, the first is layer5.weight"),
        (lambda state: state.update({"bn1.weight": torch.zeros(9)}), r"bn1.weight is \(9,\), here it is \(4,\)"),
    ],
)
def test_weights_that_do_not_fit_are_refused_by_name_and_nothing_is_loaded(tmp_path, change, named) -> None:  # type: ignore[no-untyped-def]
    state = ResNet(18, 4).state_dict()
    change(state)
    save_file(state, tmp_path / "given.safetensors")
    model = ResNet(18, 4)
    before = model.conv1.weight.clone()
    with pytest.raises(WeightsError, match=named):
        model.load(str(tmp_path / "given.safetensors"))
    assert torch.equal(model.conv1.weight, before)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        ResNet(18, 4).load(str(tmp_path / "none.safetensors"))


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(WeightsError, match="IMAGENET1K_V1, IMAGENET1K_V2"):
        ResNet(50, 64).load("IMAGENET21K")


def test_weights_that_cannot_be_fetched_are_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object, **__: object) -> None:
        raise URLError("no route to host")

    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", offline)
    with pytest.raises(WeightsError, match=r"could not be fetched.*fetch https://.*resnet18-f37072fd.pth by hand"):
        ResNet(18, 64).load("IMAGENET1K_V1")


def test_torchvisions_weights_load_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = torchvision.models.resnet18()
    old = {key: value for key, value in theirs.state_dict().items() if not key.endswith("num_batches_tracked")}
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda *_, **__: old)
    ours = ResNetClassifier(18, 64, classes=5)
    ours.load("IMAGENET1K_V1")
    assert torch.equal(ours.get_parameter("layer4.1.bn2.weight"), theirs.layer4[1].bn2.weight)
    assert ours.fc.out_features == 5
