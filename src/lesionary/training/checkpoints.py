"""What a killed run leaves behind, so that the next one goes on where it stopped.

A checkpoint folder is named after all that its content follows from, so it can never be stale, and one process at a
time holds it. It vanishes at success.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from lesionary.training.loop import Epoch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import nn


def checkpoint_folder(root: Path, stage: str, *parts: str | bytes) -> Path:
    """`<root>/<stage>-<hash>`: the hash is of all `parts`, in order (params, hashes of code and of data).

    >>> from pathlib import Path
    >>> checkpoint_folder(Path(".ckpt"), "train", "a", "b") == checkpoint_folder(Path(".ckpt"), "train", "ab")
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return root / f"{stage}-{digest.hexdigest()[:16]}"


def own_folder(stage: str, *parts: str | bytes) -> Path:
    """Where a stage's checkpoints lie: under `LESIONARY_CHECKPOINTS`, else `.ckpt` of the project.

    All code of the package is among the parts, so whatever an edit touches starts afresh.
    """
    root = Path(os.environ.get("LESIONARY_CHECKPOINTS") or Path(os.environ.get("DVC_ROOT", ".")) / ".ckpt")
    code = sorted(Path(__file__).parents[1].rglob("*.py"))
    return checkpoint_folder(root, stage, *(path.read_bytes() for path in code), *parts)


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Hold `folder` alone; another process that wants it waits. It is deleted when the block ends without an error."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.with_name(f"{folder.name}.lock")
    handle = _lock(lock)
    try:
        folder.mkdir(exist_ok=True)
        yield folder
        shutil.rmtree(folder)
        lock.unlink()
    finally:
        os.close(handle)


def _lock(path: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        os.close(handle)  # whoever held it deleted it while we waited: it guards nothing


def save(path: Path, epochs: Sequence[Epoch], model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Write the state after `epochs`, whole or not at all."""
    state = {
        "epochs": [asdict(epoch) for epoch in epochs],
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
    }
    partial = path.with_name(f"{path.name}.partial")
    torch.save(state, partial)
    os.replace(partial, path)


def load(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> list[Epoch]:
    """Bring `model` and `optimizer` to where `path` left them; the epochs done so far, none where nothing was saved."""
    if not path.exists():
        return []
    state = torch.load(path, map_location=next(model.parameters()).device, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return [Epoch(**epoch) for epoch in state["epochs"]]
