"""A whole import, kind by kind of source: images listed or copied, tables added to, the rest written once.

Everything is decided before anything is written, so that a dry run says what a real one does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lesionary.base.errors import CohortError
from lesionary.importing.classes import plan_classes
from lesionary.importing.deeplesion import plan_deeplesion
from lesionary.importing.exports import plan_export
from lesionary.importing.npz import plan_npz
from lesionary.importing.plan import Plan
from lesionary.importing.request import Request, Source, kind_of
from lesionary.importing.tables import SHEETS

PLANS: dict[Source, Callable[[Plan], None]] = {
    Source.EXPORT: plan_export,
    Source.DEEPLESION: plan_deeplesion,
    Source.NPZ: plan_npz,
    Source.CLASSES: plan_classes,
}
TABLES = {
    Source.EXPORT: tuple(SHEETS),
    Source.DEEPLESION: ("reports", "bookmarks", "relations", "labels", "mined"),
    Source.NPZ: (),
    Source.CLASSES: (),
}
"""That may be given beside a kind of source; the others it tells itself, or nothing reads them."""


def plan_import(request: Request) -> Plan:
    """Decide everything; `CohortError` if the source, a table or a mapping cannot be used as a whole."""
    request = replace(request, source=request.source.resolve(), cohort=request.cohort.resolve())
    kind = kind_of(request.source)
    _check_fits(request, kind)
    plan = Plan(request)
    PLANS[kind](plan)
    return plan


def _check_fits(request: Request, kind: Source) -> None:
    """`CohortError` for what was given beside a source that has no use for it."""
    for name, path in request.sheets.items():
        if name not in TABLES[kind]:
            raise CohortError(str(path), f"is a table of {name}, which {kind} does not take", "import it without")
    for what, given, fitting in (
        ("classes", request.classes, kind is Source.NPZ),
        ("the size of voxels", request.spacing_mm, kind is Source.NPZ),
        ("a share that tests", request.test_share, kind is Source.CLASSES),
        ("where it is from", request.about, kind is not Source.CLASSES),
    ):
        if given and not fitting:
            raise CohortError(str(request.source), f"is {kind}: {what} cannot be said of it", "import it without")
