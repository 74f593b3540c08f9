from __future__ import annotations

import torch
import torchvision

from lesionary.subtyping.learning.comparisons.vgg19 import VGG19


def test_at_full_size_names_and_shapes_are_torchvisions() -> None:
    with torch.device("meta"):
        theirs, ours = torchvision.models.vgg19_bn(num_classes=5).state_dict(), VGG19(64, 224, classes=5).state_dict()
    assert {name: value.shape for name, value in ours.items()} == {k: v.shape for k, v in theirs.items()}


def test_outputs_are_torchvisions() -> None:
    theirs = torchvision.models.vgg19_bn(num_classes=3)
    theirs.features = VGG19(4, 64, classes=3).features
    theirs.classifier[0], theirs.classifier[3] = torch.nn.Linear(32 * 4, 256), torch.nn.Linear(256, 256)
    theirs.classifier[6], theirs.avgpool = torch.nn.Linear(256, 3), torch.nn.AdaptiveAvgPool2d(2)
    ours = VGG19(4, 64, classes=3)
    ours.load_state_dict(theirs.state_dict())
    images = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(ours.eval()(images), theirs.eval()(images))


def test_there_are_sixteen_convolutions_and_three_linear_layers_at_any_width() -> None:
    parts = list(VGG19(4, 64, classes=3).modules())
    assert sum(isinstance(part, torch.nn.Conv2d) for part in parts) == 16
    assert sum(isinstance(part, torch.nn.Linear) for part in parts) == 3


def test_dropout_is_drawn_from_its_generator_alone() -> None:
    model, images = VGG19(4, 32, classes=3).eval(), torch.rand(2, 3, 32, 32)
    whole = model(images)
    first, again, other = (model(images, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first, whole)
