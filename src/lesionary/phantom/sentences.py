"""One sentence about one or more findings: the slots of a skeleton filled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from lesionary.phantom.grammar import Skeleton, Slot
from lesionary.phantom.kinds import Description
from lesionary.phantom.telling import Sentence, Told, date, size
from lesionary.phantom.wording import Said, wording

ELSEWHERE = ("liver", "spleen", "pancreas", "right kidney", "left kidney", "right adrenal gland", "left adrenal gland")
SAID = 0.7  # how likely an attribute is said,
TYPED = 0.88  # and the type,
COARSE = 0.15  # and how likely the body part is named less finely than it could be


class Unsuitable(Exception):
    """The skeleton does not suit the findings; another one will."""


def realise(
    skeleton: Skeleton, findings: Sequence[Told], rng: np.random.Generator, taken: Collection[str] = ()
) -> Sentence:
    """Fill the slots of `skeleton`; `Unsuitable` where a finding has nothing to fill one with.

    `taken` are body parts of other findings of the report, which no sentence may call normal.
    """
    return _Filling(skeleton, findings, rng, taken).sentence


class _Filling:
    """One skeleton being filled."""

    def __init__(
        self, skeleton: Skeleton, findings: Sequence[Told], rng: np.random.Generator, taken: Collection[str]
    ) -> None:
        self.findings, self.rng, self.taken = findings, rng, taken
        self.sentence = Sentence()
        self.suspected: list[str] = []
        slots = {piece for piece in skeleton if isinstance(piece, Slot)}
        self.placed = {slot.finding for slot in slots if slot.name == "place"}
        self.all_placed = any(slot.name == "common place" for slot in slots)
        for piece in skeleton:
            if isinstance(piece, Slot):
                self._fill(piece)
            else:
                self.sentence.write(piece)

    def _fill(self, slot: Slot) -> None:
        if slot.name == "date":
            self.sentence.write(date(self.rng))
            return
        told, own = self.findings[slot.finding], frozenset({slot.finding})
        match slot.name:
            case "a":
                self.sentence.article = True
            case "noun" | "organ noun" | "plain noun" | "plain organ noun":
                words = slot.name.split()
                self._noun(told.description, own, organ="organ" in words, plain="plain" in words)
            case "nouns" | "organ nouns":
                everyone = frozenset(range(len(self.findings)))
                self._noun(self._common(), everyone, organ=slot.name.startswith("organ"), plural=True)
            case "place":
                self._place(told.description, own)
            case "common place":
                self._place(self._common(), frozenset(range(len(self.findings))))
            case "type":
                self._type(told.description, own)
            case "maybe":
                self._maybe(told.description, own)
            case "absent":
                self._absent(told.description)
            case "elsewhere":
                self._elsewhere()
            case _:
                self._figure(slot, told)

    def _common(self) -> Description:
        """What all findings share."""
        first, *others = (told.description for told in self.findings)

        def shared(labels: tuple[str, ...], of: str) -> tuple[str, ...]:
            return tuple(label for label in labels if all(label in getattr(other, of) for other in others))

        parts = shared(first.parts, "parts")
        if not parts:
            raise Unsuitable
        types, attributes = shared(first.types, "types"), shared(first.attributes, "attributes")
        return replace(first, parts=parts, types=types, attributes=attributes)

    def _noun(
        self, what: Description, own: frozenset[int], *, organ: bool, plain: bool = False, plural: bool = False
    ) -> None:
        adjective = self._part(what, "adjective") if organ else None
        placed = self.all_placed or bool(own & self.placed)
        near = "adjective" if adjective else "place" if placed else ""
        adjectives, features = self._attributes(what)
        said = [*adjectives, *([adjective] if adjective else []), self._head(what, near, plain=plain, plural=plural)]
        for index, form in enumerate(said):
            self.sentence.write(" " if index else "")
            self.sentence.name(form, own)
        for index, form in enumerate(features):
            self.sentence.write(" and " if index else " with ")
            self.sentence.name(form, own)

    def _attributes(self, what: Description) -> tuple[list[Said], list[Said]]:
        """Those said before the noun, and those after it, in the order of `wording.yaml`."""
        before: list[Said] = []
        after: list[Said] = []
        for label in wording().attributes:
            if label in what.attributes and self.rng.random() < SAID:
                adjective, feature = (wording().say(label, role, self.rng) for role in ("adjective", "feature"))
                if adjective and (feature is None or self.rng.random() < 0.7):
                    before.append(adjective)
                elif feature:
                    after.append(feature)
        return before, after

    def _head(self, what: Description, near: str, *, plain: bool, plural: bool) -> Said:
        """The noun itself. `near` says how the body part stands beside it, if it does."""
        role = "nouns" if plural else "noun"
        nodes = [part for part in what.parts if wording().entry(part).noun]
        general = [label for label in what.types if label in ("mass", "nodule")]
        possible = nodes or (general if plain else what.types)
        possible = tuple(label for label in possible if not wording().entry(label).uncountable)
        if possible and (nodes or self.rng.random() < TYPED):
            label = possible[int(self.rng.integers(len(possible)))]
            other = wording().entry(label).general
            if other is not None and near:
                # "hepatic mass" would be read as the compound that it is not meant to be
                label = other if near == "place" or nodes else ""
            said = wording().say(label, role, self.rng) if label else None
            if said:
                return said
        return Said(None, "", "lesions" if plural else "lesion")

    def _part(self, what: Description, role: str) -> Said | None:
        """A body part of the finding in `role`, now and then coarser than it could be."""
        forms = []
        for label in what.parts:
            coarse = wording().entry(label).coarse
            fine = wording().say(label, role, self.rng)
            less = wording().say(coarse, role, self.rng) if coarse else None
            if less and (fine is None or (self.rng.random() < COARSE and self._unambiguous(what, role))):
                forms.append(less)
            elif fine:
                forms.append(fine)
        return forms[int(self.rng.integers(len(forms)))] if forms else None

    def _unambiguous(self, what: Description, role: str) -> bool:
        """Whether a coarse adjective and the type do not make another label ("renal" and "cyst")."""
        return role != "adjective" or all(wording().entry(label).general is None for label in what.types)

    def _place(self, what: Description, own: frozenset[int]) -> None:
        said = self._part(what, "place")
        if said is None:
            raise Unsuitable
        self.sentence.name(said, own)

    def _type(self, what: Description, own: frozenset[int]) -> None:
        uncountable = [label for label in what.types if wording().entry(label).uncountable]
        said = wording().say(uncountable[0], "noun", self.rng) if uncountable else None
        if said is None:
            raise Unsuitable
        self.sentence.name(said, own)

    def _maybe(self, what: Description, own: frozenset[int]) -> None:
        possible = [label for label in what.maybe if label not in self.suspected]
        if not possible:
            raise Unsuitable
        label = possible[int(self.rng.integers(len(possible)))]
        self.suspected.append(label)
        said = wording().say(label, "noun", self.rng)
        if said is None:
            raise Unsuitable
        self.sentence.article &= not wording().entry(label).uncountable
        self.sentence.name(said, own, sure=False)

    def _absent(self, what: Description) -> None:
        possible = [said for label in what.absent if (said := wording().say(label, "feature", self.rng))]
        if not possible:
            raise Unsuitable
        self.sentence.name(possible[int(self.rng.integers(len(possible)))], frozenset())

    def _elsewhere(self) -> None:
        taken = {part for told in self.findings for part in told.description.parts} | set(self.taken)
        free = [label for label in ELSEWHERE if label not in taken]
        if not free:
            raise Unsuitable
        said = wording().say(free[int(self.rng.integers(len(free)))], "place", self.rng)
        if said is None:
            raise Unsuitable
        self.sentence.name(said, frozenset())

    def _figure(self, slot: Slot, told: Told) -> None:
        match slot.name:
            case "size":
                self.sentence.link(size(told.long_mm, told.short_mm, self.rng), slot.finding)
            case "image":
                pair = f"({told.series}:{told.image})"
                words = f"(series {told.series}, image {told.image})", f"(IMA {told.series}-{told.image})"
                self._link((pair, pair, *words, f"(image {told.image})"), slot)
            case "picture":
                self._link((f"image {told.image}", f"series {told.series} image {told.image}"), slot)
            case "here":
                self.sentence.link("here", slot.finding)
            case "measured":
                self.sentence.write(size(told.long_mm, told.short_mm, self.rng))
            case "earlier":
                shrunk = float(self.rng.uniform(0.6, 1.3))
                self.sentence.write(size(told.long_mm * shrunk, told.short_mm * shrunk, self.rng))
            case _:
                raise ValueError(f"no slot is called {slot.name!r}")

    def _link(self, forms: Sequence[str], slot: Slot) -> None:
        self.sentence.link(forms[int(self.rng.integers(len(forms)))], slot.finding)
