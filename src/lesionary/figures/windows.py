"""Which window shows what (`windows.yaml`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter

from lesionary.imaging.windows import window
from lesionary.ontology.graph import Ontology


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    hu: tuple[float, float]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """A named range of HU."""

    name: str
    low_hu: float
    high_hu: float
    parts: frozenset[str]

    def grey(self, hu: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Grey levels of a screen.

        >>> soft = Window("soft tissue", -160, 240, frozenset())
        >>> soft.grey(np.array([-1000, -160, 40, 240])).tolist()
        [0, 0, 128, 255]
        """
        return np.rint(window(hu, self.low_hu, self.high_hu) * 255).astype(np.uint8)


@cache
def windows() -> tuple[Window, ...]:
    """All of `windows.yaml`, in its order."""
    text = (files("lesionary.figures") / "windows.yaml").read_text(encoding="utf-8")
    entries = TypeAdapter(dict[str, _Entry]).validate_python(yaml.safe_load(text))
    return tuple(Window(name, *entry.hu, frozenset(entry.parts)) for name, entry in entries.items())


def everything() -> Window:
    """The window without parts."""
    return next(one for one in windows() if not one.parts)


def window_of(labels: Iterable[str], ontology: Ontology) -> Window:
    """The window for a lesion with `labels`."""
    known = [label for label in labels if label in ontology.index]
    names = {*known, *(above for label in known for above in ontology.ancestors(label))}
    return next((one for one in windows() if names & one.parts), everything())
