"""Where training runs, and what makes it repeat.

`LESIONARY_DEVICE` names the device; unset, a CUDA device is taken if there is one.
"""

from __future__ import annotations

import os

import torch
from torch import nn

from lesionary.base.errors import ParamsError

NARROWEST_LAST = 8
"""Channels from which on channels-last is safe: on CPUs without AVX-512 oneDNN 3.11 (torch 2.12) writes beyond its
memory in the backward pass of a channels-last 1 x 1 convolution of stride 2 with fewer."""


def pick_device() -> torch.device:
    """The device that `LESIONARY_DEVICE` names, else CUDA if available, else the CPU."""
    name = os.environ.get("LESIONARY_DEVICE") or ("cuda" if torch.cuda.is_available() else "cpu")
    there = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
    if name not in there and not (name == "cuda" and len(there) > 1):
        raise ParamsError("LESIONARY_DEVICE", f"{name!r} is no device of this machine", f"one of {', '.join(there)}")
    return torch.device(name)


def fix_threads(count: int = 1) -> None:
    """Use `count` CPU threads: sums are split by thread, so another count gives other last digits."""
    torch.set_num_threads(count)


def repeat_exactly() -> None:
    """Choose algorithms that give the same bytes again on the same machine, where torch has them."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # what cuBLAS asks for; read at its first use
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False  # it picks by speed, so not always alike


def lay_out(model: nn.Module) -> None:
    """Put `model` channels-last, which trains a fifth faster, unless it is too narrow for that to be safe."""
    if min(part.out_channels for part in model.modules() if isinstance(part, nn.Conv2d)) >= NARROWEST_LAST:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
