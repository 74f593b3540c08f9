"""One sentence about one or more findings: the slots of a skeleton filled."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from lesionary.phantom.citing import EARLIER, date, earlier_size, reference, size
from lesionary.phantom.grammar import Skeleton, Slot, grammar
from lesionary.phantom.manner import Manner
from lesionary.phantom.phrasing import Naming, Phrase, Unsuitable
from lesionary.phantom.sections import sections
from lesionary.phantom.telling import Sentence, Told
from lesionary.phantom.wording import Role, Said, wording

COMMA = 0.2  # how often adjectives are parted by commas


def realise(
    skeleton: Skeleton,
    findings: Sequence[Told],
    manner: Manner,
    rng: np.random.Generator,
    taken: Collection[str] = (),
) -> Sentence:
    """Fill the slots of `skeleton`; `Unsuitable` where a finding has nothing to fill one with.

    `taken` are body parts of all findings of the report, which no sentence may call normal.
    """
    return _Filling(skeleton, findings, manner, rng, taken).sentence.marked()


class _Filling:
    """One skeleton being filled."""

    def __init__(
        self,
        skeleton: Skeleton,
        findings: Sequence[Told],
        manner: Manner,
        rng: np.random.Generator,
        taken: Collection[str],
    ) -> None:
        self.findings, self.manner, self.rng, self.taken = findings, manner, rng, taken
        self.namings = [Naming.of(told, manner, rng) for told in findings]
        self.sentence = Sentence()
        self.suspected: list[str] = []
        slots = {piece for piece in skeleton if isinstance(piece, Slot)}
        self.placed = {slot.finding for slot in slots if slot.name in ("place", "in place")}
        self.all_placed = any(slot.name == "in common place" for slot in slots)
        self.also = {slot.finding for slot in slots if slot.name == "also"}
        for piece in skeleton:
            if isinstance(piece, Slot):
                self._fill(piece)
            else:
                self.sentence.write(piece)

    def _fill(self, slot: Slot) -> None:
        words = slot.name.split()
        if slot.name == "a":
            self.sentence.article = True
        elif slot.name == "date":
            self.sentence.write(date(self.rng))
        elif words[-1] == "noun":
            self._noun(slot.finding, organ="organ" in words, plain="plain" in words, bare="bare" in words)
        elif words[-1] == "nouns":
            phrase = self._shared().phrase(organ="organ" in words, placed=self.all_placed, role=Role.NOUNS)
            self._phrase(phrase, self._everyone)
        elif words[-1] == "place":
            shared = "common" in words
            naming = self._shared() if shared else self.namings[slot.finding]
            self._place(naming, self._everyone if shared else _own(slot), bare=slot.name == "place")
        elif words[-1] in ("elsewhere", "beside"):
            self._elsewhere(slot, preposition="in" in words)
        elif slot.name in ("size", "image", "picture", "here", "measured", *EARLIER):
            self._figure(slot, self.findings[slot.finding])
        else:
            self._label(slot)

    @property
    def _everyone(self) -> frozenset[int]:
        return frozenset(range(len(self.findings)))

    def _shared(self) -> Naming:
        first, *others = self.namings
        return first.shared(others)

    def _noun(self, finding: int, *, organ: bool, plain: bool, bare: bool) -> None:
        naming = self.namings[finding]
        placed = self.all_placed or finding in self.placed
        self._phrase(naming.phrase(organ=organ, placed=placed, plain=plain, bare=bare), frozenset({finding}))

    def _phrase(self, phrase: Phrase, own: frozenset[int]) -> None:
        self.sentence.article &= not phrase.uncountable
        comma = len(phrase.attributes) == 2 and self.rng.random() < COMMA
        for index, form in enumerate((*phrase.attributes, *phrase.organ)):
            self.sentence.write("" if not index else ", " if comma and index == 1 else " ")
            self.sentence.name(form, own)
        self.sentence.write(" " if phrase.attributes or phrase.organ else "")
        self.sentence.name(phrase.noun, own)
        for index, form in enumerate(phrase.after):
            self.sentence.write(" and " if index else " with ")
            self.sentence.name(form, own)

    def _place(self, naming: Naming, own: frozenset[int], *, bare: bool) -> None:
        for index, (preposition, said) in enumerate(naming.places(one=bare)):
            self.sentence.write(", " if index else "")
            self.sentence.write("" if bare else f"{preposition} ")
            self.sentence.name(said, own)

    def _label(self, slot: Slot) -> None:
        """Single labels: sure ones, suspected ones and those that are denied."""
        naming, what = self.namings[slot.finding], self.findings[slot.finding].description
        match slot.name:
            case "type":
                self.sentence.name(naming.uncountable(), _own(slot))
            case "described":
                said = naming.adjectives()
                for index, form in enumerate(said):
                    self.sentence.write("" if not index else " and " if index == len(said) - 1 else ", ")
                    self.sentence.name(form, _own(slot))
            case "also":
                self._type(self._unnamed(naming.types, slot), _own(slot), sure=True)
            case "maybe":
                self._type([label for label in what.maybe if self._possible(label)], _own(slot), sure=False)
            case "perhaps":
                possible = (*naming.attributes, *what.absent)
                self.sentence.name(self._one_of(possible, Role.FEATURE), _own(slot), sure=False)
            case "absent":
                self.sentence.name(self._one_of(what.absent, Role.ABSENT), frozenset())
            case _:
                raise ValueError(f"no slot is called {slot.name!r}")

    def _possible(self, label: str) -> bool:
        return label not in self.suspected and wording().suits([label], self.manner.sex)

    def _unnamed(self, types: Sequence[str], slot: Slot) -> list[str]:
        """Types that the sentence does not name yet."""
        named = {mention.label for mention in self.sentence.mentions if slot.finding in mention.findings}
        if not named & set(types) and len(types) < 2:
            raise Unsuitable
        return [label for label in types if label not in named]

    def _type(self, possible: Sequence[str], own: frozenset[int], *, sure: bool) -> None:
        said = self._one_of(possible, Role.NOUN)
        self.suspected.append(said.labels[0])
        self.sentence.article &= not wording().entries[said.labels[0]].uncountable
        self.sentence.name(said, own, sure=sure)

    def _one_of(self, labels: Sequence[str], role: Role) -> Said:
        possible = [said for label in labels if (said := wording().say(label, role, self.rng))]
        if not possible:
            raise Unsuitable
        return possible[int(self.rng.integers(len(possible)))]

    def _elsewhere(self, slot: Slot, *, preposition: bool) -> None:
        labels = self.findings[slot.finding].description.labels
        own = wording().above(part for told in self.findings for part in told.description.labels)
        taken = own if slot.name == "beside" else {*own, *self.taken}
        named = sections().beside(labels) if slot.name == "beside" else sections().elsewhere_of(labels)
        free = [label for label in named if label not in taken and wording().suits([label], self.manner.sex)]
        said = self._one_of(free, Role.PLACE)
        if preposition:
            self.sentence.write(f"{wording().entries[said.labels[0]].preposition} ")
        self.sentence.name(said, frozenset())

    def _figure(self, slot: Slot, told: Told) -> None:
        figures, rng = grammar().figures, self.rng
        match slot.name:
            case "size":
                self.sentence.link(size(told.long_mm, told.short_mm, rng), slot.finding)
            case "image":
                self.sentence.link(reference(told, figures.image, rng), slot.finding)
            case "picture":
                self.sentence.link(reference(told, figures.picture, rng), slot.finding)
            case "here":
                self.sentence.link("here", slot.finding)
            case "measured":
                self.sentence.write(size(told.long_mm, told.short_mm, rng))
            case _:
                self.sentence.write(earlier_size(told, slot.name, rng))


def _own(slot: Slot) -> frozenset[int]:
    return frozenset({slot.finding})
