"""How the studies of a cohort are divided, whatever the protocol."""

from __future__ import annotations

import polars as pl

from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.params.subtyping import FoldsParams, Protocol, Unit
from lesionary.subtyping.folds import draw_folds, enough
from lesionary.subtyping.parts import as_folds, in_every_part, with_parts
from lesionary.subtyping.scanners import fold_by_scanner, on_two_scanners, with_scanner


def divide(
    studies: pl.DataFrame,
    lesions: pl.DataFrame,
    index: pl.DataFrame,
    protocol: Protocol,
    params: FoldsParams,
    set_aside: SetAside,
) -> pl.DataFrame:
    """The `studies` that can be used, with their folds; `lesions` tell the scanner, those of the `index` their part.

    `CohortError` if too few are left.
    """
    if protocol is not Protocol.FOLDS:
        parted = in_every_part(with_parts(studies, index, params.seed), set_aside)
        return as_folds(parted, rehearsal=protocol is Protocol.REHEARSAL)
    if params.by is Unit.SCANNER:
        return fold_by_scanner(on_two_scanners(with_scanner(studies, lesions, set_aside), set_aside))
    reach = enough(studies, params.count, params.by.value, set_aside)
    return draw_folds(reach, count=params.count, by=params.by.value, seed=params.seed)
