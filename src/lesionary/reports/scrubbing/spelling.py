"""How else a name may be written: with umlauts or without, as two letters or one; its parts apart or together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations

from lesionary.reports.scrubbing.folding import fold
from lesionary.reports.scrubbing.patterns import words

SHORTEST_NAME = 3
"""Letters of the shortest name that is looked for by itself; a shorter one ("Li") only beside another part."""
SHORTEST_SIGN = 2
"""The same in Chinese, Japanese or Korean signs."""
SHORTEST_JOINED = 5
"""Letters of the shortest name that is looked for with an initial and nothing between: "jsmith", but not "cross"."""
_SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile(r"(aa|[aou]e)(?=[^\W\d_aeiouy])|[aou](?=[^\W\d_aeiouy])")
_PREFIX = re.compile(r"^(?:(mc|mac|al|el|de|van|von)|[od])(?=\w{4})")
_INSIDE = r"[\s'-]{0,3}"


@dataclass
class Spelt:
    """Patterns for folded texts."""

    parts: set[str] = field(default_factory=set)
    """Found where two or more stand beside one another."""
    alone: set[str] = field(default_factory=set)
    """Found by themselves."""
    unbordered: set[str] = field(default_factory=set)
    """Found within what looks like one word: signs have no blanks between words."""


def spelt(names: Iterable[str]) -> Spelt:
    """Of all `names`, whose parts are separated by `^`, `=`, commas or blanks."""
    found = Spelt()
    for group in (group for name in names for group in name.split("=")):
        components = [_LETTERS.findall(fold(one).text) for one in re.split(r"[\^,;]", group)]
        parts = [part for pieces in components for part in pieces]
        signs = [part for part in parts if _SIGNS.fullmatch(part)]
        letters = [part for part in parts if not _SIGNS.fullmatch(part)]
        found.unbordered |= {one for one in signs if len(one) >= SHORTEST_SIGN}
        found.unbordered |= {rf"{one}\s?{other}" for one, other in permutations(signs, 2)}
        found.parts |= set(map(_spelling, letters)) | {_INSIDE.join(map(_spelling, own)) for own in components if own}
        found.alone |= {_spelling(one) for one in letters if _tells(one)}
        found.alone |= {
            _INSIDE.join(map(_spelling, own)) for own in components if len(own) > 1 and _tells("".join(own))
        }
        found.alone |= set(_joined(letters))
    return found


def _tells(name: str) -> bool:
    return len(name) >= SHORTEST_NAME and name not in words("ordinary")


def _joined(parts: list[str]) -> Iterator[str]:
    """As names of users and files: "janedoe", "jdoering"."""
    for one, other in permutations(parts, 2):
        if len(one) + len(other) > SHORTEST_JOINED and max(len(one), len(other)) >= SHORTEST_JOINED - 1:
            yield _spelling(one) + _spelling(other)
        if len(other) >= SHORTEST_JOINED:
            yield from (one[0] + _spelling(other), _spelling(other) + one[0])


def _spelling(name: str) -> str:
    """A pattern for one part of a name, which is folded.

    >>> bool(re.fullmatch(_spelling("muller"), "mueller")), bool(re.fullmatch(_spelling("mueller"), "muller"))
    (True, True)
    >>> bool(re.fullmatch(_spelling("oneill"), "o'neill")), bool(re.fullmatch(_spelling("does"), "dos"))
    (True, False)
    """

    def vowel(found: re.Match[str]) -> str:
        if found[1] is None:
            return f"{found[0]}e?" if found[0] != "a" else "a[ae]?"
        return f"{found[0]}?" if len(name) > SHORTEST_JOINED - 1 else found[0]

    prefix = _PREFIX.match(name)
    apart = {None: "", True: "[ -]?", False: "'?"}[prefix and prefix[1] is not None]
    cut = prefix.end() if prefix else 0
    return _VOWEL.sub(vowel, name[:cut]) + apart + _VOWEL.sub(vowel, name[cut:])
