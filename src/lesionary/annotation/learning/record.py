"""What was trained where: enough to tell two runs of a row apart. No times, which never repeat."""

from __future__ import annotations

import json
import platform

import numpy as np
import torch
import torchvision

from lesionary.annotation.dataset import Labels
from lesionary.annotation.learning.rows import Trained
from lesionary.params.annotation import AnnotatorParams, Objective
from lesionary.training.devices import pick_device


def record(row: str, params: AnnotatorParams, labels: Labels, trained: Trained) -> str:
    """The record of a row's training, as JSON."""
    ranks = params.objective is Objective.WARP
    neighbours = {str(one.seed): one.neighbours for one in trained.networks if one.neighbours is not None}
    facts = {
        "row": row,
        "params": params.model_dump(mode="json"),
        "kept_epoch": {str(one.seed): one.kept for one in trained.networks},
        "parameters": sum(value.numel() for value in trained.networks[0].weights.values()),
        "lesions": {split: len(labels.of(split)) for split in ("train", "val", "test")},
        "labels": len(labels.names),
        "thresholds": "exact, since its scores are no confidences" if ranks else "the authors' grid, and exact",
        "machine": {
            "device": device_name(),
            "processor": platform.machine(),
            "vector_instructions": torch.backends.cpu.get_cpu_capability(),
            "threads": torch.get_num_threads(),
            "python": platform.python_version(),
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
            "numpy": np.__version__,
        },
    }
    return json.dumps(facts | ({"neighbours": neighbours} if neighbours else {}), indent=2) + "\n"


def device_name() -> str:
    """The device that training runs on, by its maker's name where it has one."""
    device = pick_device()
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
