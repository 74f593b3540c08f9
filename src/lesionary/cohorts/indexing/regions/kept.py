"""Regions of one drawing, kept by its content and by what it was told of the images that it was drawn on.

Which images a drawing refers to is known once it is read. So what reading it asked of `Places` is kept beside what it
found, and an entry counts where the same questions have the same answers: a series that came, went, or was corrected in
another way makes the drawings on it be read again, and no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

from lesionary.base.errors import FileError, ItemError, LesionError, SeriesError
from lesionary.cohorts.adjusted import Change
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.regions.region import Places, Region
from lesionary.cohorts.kept import Kept
from lesionary.imaging.geometry import Box

Value = TypeVar("Value")
Found: TypeAlias = Region | Change | ItemError

ERRORS = {kind.__name__: kind for kind in (FileError, LesionError, SeriesError)}


class Asked(Mapping[str, Value], Generic[Value]):
    """A mapping that remembers what it was asked for; it is asked by name alone."""

    def __init__(self, told: Mapping[str, Value]) -> None:
        self._told = told
        self.names: dict[str, None] = {}

    def __getitem__(self, name: str) -> Value:
        self.names[name] = None
        return self._told[name]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("whoever goes through all of it depends on all of it, which cannot be kept")

    def __len__(self) -> int:
        return len(self._told)


def kept_regions(
    kept: Kept,
    images: Sequence[Listed],
    depends: Sequence[object],
    places: Places,
    read: Callable[[Places], Iterable[Found]],
) -> Iterator[Found]:
    """What `read` yields or raises; `images` are the files that it reads, the drawing itself the last."""
    path = images[-1].path
    packed = kept.get("regions", images, *depends)
    if packed is not None and packed["answers"] == _answers(places, packed["series"], packed["slices"]):
        if packed["raised"]:
            raise unpack(packed["raised"], path)
        yield from (unpack(one, path) for one in packed["found"])
        return
    series, slices = Asked(places.series), Asked(places.slices)
    found: list[Found] = []
    raised: ItemError | None = None
    try:
        found += read(Places(series, slices))
    except ItemError as error:
        raised = error
    if not any(_may_pass(one, path) for one in (*found, raised)):
        names = {"series": list(series.names), "slices": list(slices.names)}
        answers = _answers(places, **names)
        value = {**names, "answers": answers, "raised": pack(raised, path), "found": [pack(one, path) for one in found]}
        kept.put(value, "regions", images, *depends)
    if raised is not None:
        raise raised
    yield from found


def lies(series: Series | None) -> str:
    """All that a region takes from its series: what the volume is, and how it is made of stored slices."""
    if series is None:
        return "none"
    made_of = (series.kind, series.geometry, series.frames, series.places, series.shift_px, series.stored_at)
    return repr((*made_of, series.frame_of_reference))


def _answers(places: Places, series: Iterable[str], slices: Iterable[str]) -> str:
    told = [*(lies(places.series.get(name)) for name in series), *(repr(places.slices.get(name)) for name in slices)]
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()


def _may_pass(one: Found | None, path: Path) -> bool:
    """Whether an error may be the disk's and not the file's, or names another place than the file."""
    if not isinstance(one, ItemError):
        return False
    return (
        isinstance(one.__context__, OSError)
        or not one.place.startswith(str(path))
        or type(one) not in {*ERRORS.values()}
    )


def pack(one: Found | None, path: Path) -> Any:
    """As JSON has it, without the place of the file."""
    if one is None:
        return None
    if isinstance(one, ItemError):
        return {"error": type(one).__name__, "told": [one.place.removeprefix(str(path)), one.reason, one.cure]}
    if isinstance(one, Change):
        return {"change": [one.what, one.rule]}
    axes = [one.long_axis_mm, one.short_axis_mm]
    return {"region": [one.series, one.names], "box": [*vars(one.box).values()], "rest": [one.key_slice, *axes]}


def unpack(packed: Any, path: Path) -> Any:
    """What `pack` made, of the file where it lies now."""
    if "error" in packed:
        place, reason, cure = packed["told"]
        return ERRORS[packed["error"]](f"{path}{place}", reason, cure)
    if "change" in packed:
        return Change(*packed["change"])
    name, names = packed["region"]
    return Region(name, tuple(names), Box(*packed["box"]), *packed["rest"])
