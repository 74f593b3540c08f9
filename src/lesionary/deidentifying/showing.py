"""What was done, for the terminal of whoever holds the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lesionary.deidentifying.deidentifying import Done
from lesionary.deidentifying.profile import Action

WORDS = {
    Action.REMOVE: "removed",
    Action.EMPTY: "emptied",
    Action.DUMMY: "filled with a dummy",
    Action.UID: "UIDs replaced",
    Action.LABEL: "names of drawings replaced",
    Action.MOVE: "dates moved",
}


def in_terminal(done: Done) -> Iterator[str]:
    """Lines: how many files and attributes, then each file refused."""
    yield f"{done.copied} files copied, {len(done.refused)} refused"
    sums: Counter[Action] = Counter()
    for (_, action), count in done.actions.items():
        sums[action] += count
    yield from (f"  {words}: {sums[action]}" for action, words in WORDS.items() if sums[action])
    if done.recognisable:
        yield f"{done.recognisable} files say that a face could be made of them (RecognizableVisualFeatures)"
    yield from (f"refused: {error}" for _, error in done.refused)
