"""What an image of the benchmark is for."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """Training and test images come in folders of these names; validation images are taken from the training ones."""

    TRAIN = "train"
    VALIDATION = "validation"
    """Tunes parameters and nothing else (DMRN, 3.4)."""
    TEST = "test"
