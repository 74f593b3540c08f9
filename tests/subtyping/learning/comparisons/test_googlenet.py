from __future__ import annotations

import pytest
import torch
import torchvision

from lesionary.subtyping.learning.comparisons.googlenet import GoogLeNet


def theirs(classes: int, *, aux: bool = False, transform: bool = False) -> torchvision.models.GoogLeNet:
    return torchvision.models.GoogLeNet(classes, aux_logits=aux, transform_input=transform, init_weights=False)


def test_at_full_width_names_shapes_and_outputs_are_torchvisions() -> None:
    given, ours = theirs(7).eval(), GoogLeNet(64, classes=7).eval()
    ours.load_state_dict(given.state_dict())
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(ours(images), given(images))


def test_torchvisions_weights_load_by_name_with_the_colours_they_were_learnt_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Torchvision's pre-trained network turns its input first; so does ours, the head left aside."""
    with_heads = theirs(1000, aux=True, transform=True).eval()
    state = with_heads.state_dict()
    monkeypatch.setattr("torchvision.models._api.load_state_dict_from_url", lambda *_, **__: dict(state))
    ours = GoogLeNet(64, classes=30).eval()
    ours.load("IMAGENET1K_V1")
    same = {name for name, value in ours.state_dict().items() if torch.equal(value, state[name])}
    assert set(ours.state_dict()) - same == {"fc.weight", "fc.bias"}  # of 30 classes, not 1,000
    images = torch.randn(2, 3, 64, 64)
    with_heads.fc = torch.nn.Identity()  # type: ignore[assignment]
    with torch.no_grad():
        torch.testing.assert_close(ours.embed(images), with_heads(images))


def test_an_eighth_of_the_width_is_an_eighth_of_the_channels() -> None:
    narrow, full = GoogLeNet(8, classes=3), GoogLeNet(64, classes=3)
    for name, value in full.named_parameters():
        assert value.shape[0] in (narrow.get_parameter(name).shape[0] * 8, 3), name


def test_dropout_is_drawn_from_its_generator_alone() -> None:
    model, images = GoogLeNet(8, classes=3).eval(), torch.rand(2, 3, 64, 64)
    whole = model(images)
    first, again, other = (model(images, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, whole)
