from __future__ import annotations

import pytest
import torch

from lesionary.base.errors import ParamsError
from lesionary.training.devices import fix_threads, pick_device, repeat_exactly


def test_the_environment_names_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESIONARY_DEVICE", "cpu")
    assert pick_device() == torch.device("cpu")


@pytest.mark.parametrize(("available", "name"), [(True, "cuda"), (False, "cpu")])
def test_unnamed_it_is_cuda_where_there_is_one(monkeypatch: pytest.MonkeyPatch, available: bool, name: str) -> None:
    monkeypatch.delenv("LESIONARY_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: int(available))
    assert pick_device() == torch.device(name)


@pytest.mark.parametrize("name", ["gpu", "cuda", "cuda:1", "CPU"])
def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("LESIONARY_DEVICE", name)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(ParamsError, match=rf"LESIONARY_DEVICE: '{name}' is no device of this machine \(one of cpu\)"):
        pick_device()


def test_threads_are_fixed() -> None:
    before = torch.get_num_threads()
    fix_threads(1)
    assert torch.get_num_threads() == 1
    fix_threads(before)


def test_deterministic_algorithms_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    repeat_exactly()
    assert torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(False)
