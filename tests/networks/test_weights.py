from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torchvision
from safetensors.torch import save_file

from lesionary.base.errors import WeightsError
from lesionary.networks.resnet import FiveLevelResNet, ResNet
from lesionary.networks.vgg import VGG16


def test_torchvisions_vgg_loads_by_name_without_its_classifier(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = torchvision.models.vgg16_bn(num_classes=2).state_dict()
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda *_, **__: dict(theirs))
    ours = VGG16(64)
    ours.load("IMAGENET1K_V1")
    assert all(torch.equal(value, theirs[name]) for name, value in ours.state_dict().items())


def test_a_vgg_of_another_width_is_refused_by_name_and_nothing_is_loaded(tmp_path: Path) -> None:
    save_file(VGG16(4).state_dict(), tmp_path / "narrow.safetensors")
    model = VGG16(8)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(WeightsError, match=r"features.0.bias is \(4,\), here it is \(8,\)"):
        model.load(str(tmp_path / "narrow.safetensors"))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_an_unknown_name_of_weights_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(WeightsError, match="no such weights of vgg16_bn"):
        VGG16(64).load("IMAGENET21K")


def test_a_resnet_of_five_levels_takes_the_weights_of_one_of_four(tmp_path: Path) -> None:
    given, taken = ResNet(18, 8), FiveLevelResNet(18, 8)
    save_file(given.state_dict(), tmp_path / "given.safetensors")
    taken.load(str(tmp_path / "given.safetensors"))
    images = torch.rand(2, 3, 64, 64)
    theirs, ours = given.eval().stages(images), taken.eval().stages(images)
    for stage in range(3):
        torch.testing.assert_close(ours[stage + 1], theirs[stage])
    assert (ours[4].shape[-1], theirs[3].shape[-1]) == (4, 2)
