"""Pictures in folders of their classes: they are copied to where the sub-figure track reads them.

{train,test}/<class>/<file>   as it lies there
<class>/<file>                into train or test, drawn from class and file name: a file that comes later moves none
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

from lesionary.base.errors import CohortError
from lesionary.importing.laying import add_copies, check_apart, find_readable
from lesionary.importing.plan import Plan
from lesionary.importing.request import is_picture
from lesionary.schemas.tables import DESCRIPTION
from lesionary.subfigures.parts import Part

PARTS = (Part.TRAIN, Part.TEST)
DEPTH = 2
"""Parts of a path from a class's folder."""


def plan_classes(plan: Plan) -> None:
    """Decide what becomes of the pictures; `CohortError` if nobody says which of them test, or none is in a class."""
    request = plan.request
    source, cohort = request.source, request.cohort
    check_apart(source, cohort)
    if (cohort / DESCRIPTION).exists():
        raise CohortError(str(cohort), "is a cohort of series", "name another folder for pictures of classes")
    divided = any((source / part).is_dir() for part in PARTS)
    if divided == (request.test_share is not None):
        reason = "has folders train or test already" if divided else "has neither a folder train nor a folder test"
        cure = "import it without --test-share" if divided else "say which share of it tests: --test-share 0.2"
        raise CohortError(str(source), reason, cure)
    pictures, others = find_readable(plan, is_picture)
    named = [(path, path.relative_to(source)) for path in pictures]
    if request.test_share is not None:
        share = request.test_share
        placed = [(path, Path(draw(name, share)) / name) for path, name in named if len(name.parts) == DEPTH]
    else:
        placed = [(path, name) for path, name in named if len(name.parts) == DEPTH + 1 and name.parts[0] in PARTS]
    if not placed:
        raise CohortError(str(source), "has no picture in the folder of a class", "as train/GFIG/1.png, or GFIG/1.png")
    add_copies(plan, placed, cohort)
    taken = {path for path, _ in placed}
    if strangers := sorted({*pictures, *others} - taken):
        plan.said.append(
            f"left out, no picture in the folder of a class: {len(strangers)} files, the first {strangers[0]}"
        )
    counts = Counter(name.parts[:DEPTH] for _, name in placed)
    for part in PARTS:
        classes = ", ".join(f"{name} {count}" for (of, name), count in sorted(counts.items()) if of == part)
        plan.said.append(f"{part}: {sum(n for (of, _), n in counts.items() if of == part)} pictures; {classes}")


def draw(name: Path, share: float) -> Part:
    """The part of a picture, from its class and file name: of many pictures about `share` test.

    >>> [str(draw(Path("GFIG/1.png"), share)) for share in (0.0, 1.0)]
    ['train', 'test']
    """
    digest = hashlib.sha256(name.as_posix().encode(errors="surrogateescape")).digest()
    return Part.TEST if int.from_bytes(digest[:8], "big") < share * 2**64 else Part.TRAIN
