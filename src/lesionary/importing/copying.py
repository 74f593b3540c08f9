"""Images copied into a cohort, as they lie in their folder, in place of a list of where they are."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lesionary.base.errors import CohortError
from lesionary.running.progress import progress


@dataclass
class Copies:
    """Source and target of what is to be copied, and the names of files that are there with other bytes."""

    wanted: list[tuple[Path, Path]] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    alike: int = 0


def plan_copies(images: Iterable[tuple[Path, Path]], folder: Path) -> Copies:
    """What copying each of `images` to its path below `folder` means; what is there stays.

    `CohortError` for a target outside of `folder`, as where a link in it leads away.
    """
    plan, home = Copies(), folder.resolve()
    for image, below in images:
        target = folder / below
        if not target.resolve().is_relative_to(home):
            raise CohortError(str(target), "lies outside of the cohort's images", "remove the link that leads there")
        if not target.exists():
            plan.wanted.append((image, target))
        elif _alike(image, target):
            plan.alike += 1
        else:
            plan.differing.append(below.as_posix())
    return plan


def copy(plan: Copies) -> None:
    """Copy what is wanted, each file whole or not at all."""
    for source, target in progress(plan.wanted, "copying images"):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        try:
            shutil.copy2(source, part)
        except OSError as error:
            part.unlink(missing_ok=True)
            cure = "see whether it is still there, and room for it; then import again: what was copied is kept"
            raise CohortError(str(source), f"could not be copied ({error.strerror})", cure) from None
        part.rename(target)


def _alike(first: Path, second: Path) -> bool:
    """By size and time of writing, which a copy keeps, else by their bytes."""
    return filecmp.cmp(first, second, shallow=True)
