"""Images that stand in a set more than once, told by their decoded pixels, whatever their files are called.

The test set is fixed, since others report their numbers on it, so training gives way:

1. what stands in test is taken out of training, whatever its class there (it would be known by heart);
2. what stands under two classes of one part is taken out, all of it: nobody can tell which class is right;
3. of what stands twice in a class of training the first is kept, or one copy could validate the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lesionary.base.errors import FileError
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.subfigures.parts import Part
from lesionary.subfigures.reading.folders import Listed, shown


@dataclass(frozen=True)
class Kept:
    """An image that could be decoded: `n` is its place among them."""

    file: Listed
    n: int
    digest: bytes


def without_copies(images: Sequence[Kept], set_aside: SetAside) -> list[Kept]:
    """`images` by the rules above, order kept."""
    tested = {one.digest for one in images if one.file.part is Part.TEST}
    classes: defaultdict[tuple[Part, bytes], set[str]] = defaultdict(set)
    for one in images:
        classes[one.file.part, one.digest].add(one.file.name)
    kept, trained = [], set()
    for one in images:
        with set_aside.guard(Kind.FILE, str(one.file.number)):
            training = one.file.part is Part.TRAIN
            if training and one.digest in tested:
                raise _refused(one, "is an image of the test set, too", "nothing: the copy in test is kept")
            if len(named := classes[one.file.part, one.digest]) > 1:
                reason = f"is the same image under the classes {_listed(named)}"
                raise _refused(one, reason, f"leave it in one class of {one.file.part}")
            if training and one.digest in trained:
                raise _refused(one, "is an image of its class in training already", "nothing: the first is kept")
            trained.add(one.digest)
            kept.append(one)
    return kept


def _refused(one: Kept, reason: str, cure: str) -> FileError:
    return FileError(shown(str(one.file.path)), reason, cure)


def _listed(names: Iterable[str]) -> str:
    return " and ".join(sorted(names))
