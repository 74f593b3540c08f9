from __future__ import annotations

import pytest
import torch
import torchvision

from lesionary.subtyping.learning.comparisons.alexnet import AlexNet, map_side


def test_at_full_size_names_and_shapes_are_torchvisions() -> None:
    with torch.device("meta"):
        theirs, ours = torchvision.models.alexnet(num_classes=5).state_dict(), AlexNet(64, 224, classes=5).state_dict()
    assert {name: value.shape for name, value in ours.items()} == {name: value.shape for name, value in theirs.items()}


def test_at_full_size_outputs_are_torchvisions() -> None:
    theirs, ours = torchvision.models.alexnet(num_classes=3).eval(), AlexNet(64, 224, classes=3).eval()
    ours.load_state_dict(theirs.state_dict())
    images = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(ours(images), theirs(images))


def test_torchvisions_weights_load_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = torchvision.models.alexnet(num_classes=1000).state_dict()
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda *_, **__: dict(theirs))
    ours = AlexNet(64, 224, classes=30)
    ours.load("IMAGENET1K_V1")
    same = {name for name, value in ours.state_dict().items() if torch.equal(value, theirs.get(name, value + 1))}
    assert set(ours.state_dict()) - same == {"classifier.6.weight", "classifier.6.bias"}


@pytest.mark.parametrize("side", [63, 64, 65, 96, 128, 224, 256])
def test_the_side_of_the_last_map_is_what_the_convolutions_leave(side: int) -> None:
    assert AlexNet(4, side, classes=2).features(torch.rand(1, 3, side, side)).shape[-1] == map_side(side)


def test_a_side_of_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(ValueError, match="of 62 pixels AlexNet leaves none"):
        AlexNet(8, 62, classes=2)


def test_dropout_is_drawn_from_its_generator_alone() -> None:
    model, images = AlexNet(4, 64, classes=3), torch.rand(2, 3, 64, 64)
    whole = model(images)
    first, again, other = (model(images, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, whole)


def test_maps_neither_fade_nor_grow_at_the_start() -> None:
    """Nothing normalises them: with torch's own start the last would be a thousandth of the first."""
    torch.manual_seed(1)
    model = AlexNet(16, 128, classes=3)
    first = model.features[:2](torch.randn(8, 3, 128, 128)).std()
    last = model.features[:12](torch.randn(8, 3, 128, 128)).std()
    assert 0.3 < last / first < 3
