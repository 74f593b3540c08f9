"""One npz of volumes as MedMNIST distributes them: it holds labels and parts, so it needs no table."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from typing import Any

import yaml

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import ImageKind
from lesionary.cohorts.images.npz import Volume, read_volumes
from lesionary.importing.laying import check_apart, describe, find_key, lay_images
from lesionary.importing.plan import Plan
from lesionary.importing.request import Request


def plan_npz(plan: Plan) -> None:
    """Decide what becomes of an npz; `CohortError` if it cannot be read, or tells too little of itself."""
    request = plan.request
    check_apart(request.source, request.cohort)
    volumes = read_volumes(request.source)
    known = _known(request)
    classes = list(request.classes or known.get("classes") or ())
    _check_classes(request, classes, max(volume.label for volume in volumes))
    spacing = request.spacing_mm or _spacing(request, known, volumes[0])
    key = find_key(plan)
    lay_images(plan, [request.source], request.source.parent, key)
    _check_alone(plan)
    counts = Counter(f"{classes[volume.label]} in {volume.part}" for volume in volumes)
    plan.said.append(f"{len(volumes)} volumes: {', '.join(f'{count} {name}' for name, count in counts.items())}")
    about = known.get("about", "imported; say here where it is from")
    describe(plan, [ImageKind.NPZ], about, npz={"classes": classes, "spacing_mm": spacing})


def _known(request: Request) -> dict[str, Any]:
    """What is known of a file by the first word of its name."""
    listed = yaml.safe_load((files("lesionary.importing") / "medmnist.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = listed.get(request.source.stem.partition("_")[0], {})
    return found


def _check_classes(request: Request, classes: list[str], highest: int) -> None:
    if len(classes) <= max(highest, 1) or len(set(classes)) < len(classes):
        reason = f"has labels up to {highest}, and {len(classes)} classes are named: {', '.join(classes) or 'none'}"
        raise CohortError(str(request.source), reason, "name each once, in order: --classes normal,mass")


def _spacing(request: Request, known: dict[str, Any], volume: Volume) -> float:
    """Of voxels, from the cube that the volumes show."""
    if not known.get("cube_mm"):
        reason = "does not tell how large its voxels are"
        raise CohortError(str(request.source), reason, "give the edge of one in mm: --spacing-mm 1.0")
    return round(float(known["cube_mm"]) / volume.size[0], 6)


def _check_alone(plan: Plan) -> None:
    request = plan.request
    if plan.listing is not None:
        names = set(plan.listing.rows)
    else:
        there = (path for path in (request.cohort / "images").glob("*") if path.suffix.lower() == ".npz")
        names = {path.name for path in there} | {request.source.name}
    if len(names) > 1:
        reason = f"holds another npz already: {', '.join(sorted(names))}"
        raise CohortError(str(request.cohort), reason, "each is a cohort of its own")
