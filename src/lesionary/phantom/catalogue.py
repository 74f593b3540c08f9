"""What kinds of lesions there are: `findings/*.yaml`, checked."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator

from lesionary.phantom.places import Place

Range = tuple[float, float]
Probability = Annotated[float, Field(ge=0, le=1)]
Group = dict[str, Probability]
"""Labels of which at most one holds, and how likely each does."""


class Strict(BaseModel):
    """A part of `findings/*.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Traits(Strict):
    """Ranges of what a lesion looks like (`looks.yaml` explains them); those left out are taken from elsewhere."""

    lobulation: Range | None = None
    roughness: Range | None = None
    spicules: Range | None = None
    slimness: Range | None = None
    bodies: Range | None = None
    edge_mm: Range | None = None
    opacity: Range | None = None
    patchy: Range | None = None
    reticular: Range | None = None
    layer_mm: Range | None = None
    texture_hu: Range | None = None
    grain_mm: Range | None = None
    rim_hu: Range | None = None
    rim_gaps: Range | None = None
    necrosis: Range | None = None
    calcification: Range | None = None
    fat: Range | None = None
    cavity: Range | None = None
    bronchograms: Range | None = None
    depth: Range | None = None

    def over(self, other: Traits) -> Traits:
        """These, and `other`'s where there are none."""
        return Traits(**(other.model_dump(exclude_none=True) | self.model_dump(exclude_none=True)))


class Part(Strict):
    """One of the places of a kind."""

    labels: tuple[str, ...]
    place: Place
    share: PositiveFloat


class Site(Strict):
    """What a body part such as "subpleural" means: no further than so many mm from one of these, and in another."""

    of: tuple[Place, ...]
    within_mm: float


class Kind(Strict):
    """One kind of lesion; its keys are explained at the head of `looks.yaml`."""

    name: str
    frequency: PositiveFloat
    parts: tuple[Part, ...]
    sites: Group = {}
    types: tuple[Group, ...] = ()
    attributes: tuple[Group, ...] = ()
    tissue: str
    hu: Range
    diameter_mm: tuple[float, float, float, float]
    maybe: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    picture: Traits = Traits()
    own: dict[str, Traits] = {}
    stays: bool = False
    over: bool = False
    clear: float = 0.4

    def occurs_in(self, sex: str) -> bool:
        """Whether a man or a woman can have it."""
        return sex == "F" or any(part.place not in FEMALE for part in self.parts)


FEMALE = frozenset({Place.LEFT_BREAST, Place.RIGHT_BREAST, Place.LEFT_ADNEXA, Place.RIGHT_ADNEXA, Place.CERVIX})


class Catalogue(Strict):
    """All of `findings/*.yaml`."""

    large_mm: PositiveFloat
    subcentimeter_mm: PositiveFloat
    tiny_mm: PositiveFloat
    usual: Traits
    attributes: dict[str, Traits]
    sites: dict[str, Site]
    kinds: tuple[Kind, ...]

    @model_validator(mode="after")
    def _complete(self) -> Catalogue:
        missing = [name for name, value in self.usual if value is None]
        if missing:
            raise ValueError(f"usual: {missing} have no range")
        unknown = {site for kind in self.kinds for site in kind.sites} - set(self.sites)
        if unknown:
            raise ValueError(f"sites: {sorted(unknown)} are used by a kind and explained nowhere")
        return self

    def size_labels(self, diameter_mm: float) -> tuple[str, ...]:
        """What a diameter alone says.

        >>> [catalogue().size_labels(mm) for mm in (44.9, 45.0, 9.9, 5.0)]
        [(), ('large',), ('subcentimeter',), ('tiny',)]
        """
        if diameter_mm >= self.large_mm:
            return ("large",)
        if diameter_mm <= self.tiny_mm:
            return ("tiny",)
        return ("subcentimeter",) if diameter_mm < self.subcentimeter_mm else ()


@cache
def catalogue() -> Catalogue:
    """`findings/*.yaml`, checked."""
    looks = yaml.safe_load((files("lesionary.phantom") / "findings/looks.yaml").read_text(encoding="utf-8"))
    groups = yaml.safe_load((files("lesionary.phantom") / "findings/places.yaml").read_text(encoding="utf-8"))
    regions = (
        files("lesionary.phantom") / "findings/chest.yaml",
        files("lesionary.phantom") / "findings/nodes.yaml",
        files("lesionary.phantom") / "findings/abdomen.yaml",
        files("lesionary.phantom") / "findings/bowel_and_peritoneum.yaml",
        files("lesionary.phantom") / "findings/pelvis.yaml",
        files("lesionary.phantom") / "findings/bones_and_wall.yaml",
    )
    kinds = [
        _with_parts(name, kind, groups)
        for region in regions
        for name, kind in yaml.safe_load(region.read_text(encoding="utf-8")).items()
    ]
    return Catalogue.model_validate(looks | {"kinds": kinds})


def _with_parts(name: str, kind: dict[str, Any], groups: dict[str, Any]) -> dict[str, Any]:
    """A kind with its name, and with the places of the group that it names instead of its own."""
    parts = kind["parts"]
    if isinstance(parts, str) and parts not in groups:
        raise ValueError(f"{name}: parts: {parts!r} is no group of findings/places.yaml ({sorted(groups)})")
    return {"name": name, **kind, "parts": groups[parts] if isinstance(parts, str) else parts}
