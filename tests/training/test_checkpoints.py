from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from torch import nn

from lesionary.training.checkpoints import checkpoint_folder, held, load, save
from lesionary.training.loop import Epoch, Recipe, sgd

RECIPE = Recipe(epochs=4, batch=2, learning_rate=0.1)


def stepped(steps: int) -> tuple[nn.Linear, torch.optim.SGD]:
    torch.manual_seed(1)
    model = nn.Linear(3, 2)
    optimizer = sgd(model, RECIPE)
    for _ in range(steps):
        step(model, optimizer)
    return model, optimizer


def step(model: nn.Linear, optimizer: torch.optim.SGD) -> None:
    optimizer.zero_grad()
    model(torch.ones(1, 3)).square().sum().backward()
    optimizer.step()


def test_a_loaded_state_goes_on_as_the_saved_one(tmp_path: Path) -> None:
    model, optimizer = stepped(3)
    done = [Epoch(1, {"loss": 0.1}, 0.05), Epoch(2, {"loss": 0.3}, 0.025)]
    save(tmp_path / "fold.pt", done, model, optimizer)
    other, other_optimizer = stepped(0)
    assert load(tmp_path / "fold.pt", other, other_optimizer) == done
    step(model, optimizer)
    step(other, other_optimizer)
    assert torch.equal(model.weight, other.weight)
    assert torch.equal(model.bias, other.bias)


def test_nothing_saved_is_nothing_done(tmp_path: Path) -> None:
    model, optimizer = stepped(0)
    assert load(tmp_path / "none.pt", model, optimizer) == []


def test_a_save_that_fails_leaves_the_last_one_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, optimizer = stepped(1)
    save(tmp_path / "fold.pt", [Epoch(1, {}, 0.1)], model, optimizer)

    def full(_: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="no space"):
        save(tmp_path / "fold.pt", [], model, optimizer)
    assert load(tmp_path / "fold.pt", model, optimizer) == [Epoch(1, {}, 0.1)]


def test_the_folder_is_named_after_all_it_follows_from() -> None:
    one = checkpoint_folder(Path("c"), "train_subtyper", "params", b"code")
    assert one == checkpoint_folder(Path("c"), "train_subtyper", "params", "code")
    others = [("params", "data"), ("code", "params"), ("paramscode",), ("params", "code", "")]
    assert len({one, *(checkpoint_folder(Path("c"), "train_subtyper", *parts) for parts in others)}) == 5
    assert one.parent == Path("c")
    assert one.name.startswith("train_subtyper-")


def test_checkpoints_vanish_at_success_and_stay_at_failure(tmp_path: Path) -> None:
    folder = tmp_path / "root" / "key"

    def killed() -> None:
        with held(folder):
            (folder / "fold.pt").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    with held(folder):
        assert (folder / "fold.pt").exists()
    assert list((tmp_path / "root").iterdir()) == []


def test_runs_of_one_key_wait_for_each_other(tmp_path: Path) -> None:
    log: list[str] = []

    def run(_: int) -> None:
        with held(tmp_path / "key") as folder:  # flock holds between threads as between processes
            assert list(folder.iterdir()) == []
            (folder / "fold.pt").touch()
            log.append("in")
            time.sleep(0.05)
            log.append("out")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert log == ["in", "out"] * 4


def test_runs_of_different_keys_do_not_wait(tmp_path: Path) -> None:
    with held(tmp_path / "one"), held(tmp_path / "two"):
        assert (tmp_path / "one").is_dir()
        assert (tmp_path / "two").is_dir()
