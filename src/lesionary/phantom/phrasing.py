"""How a finding is named: which of its labels are said, in which form, by whom in a hurry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lesionary.phantom.manner import Manner
from lesionary.phantom.telling import Told
from lesionary.phantom.wording import ENLARGED, NODE, Role, Said, Side, wording

BEFORE = 0.7  # how many attributes that can stand before or after a noun stand before it
KEPT = 0.35  # how often a compound type is kept beside its place
NODES_AT_ONCE = 0.3  # how often enlarged nodes are named by one compound
GENERIC_NODE = 0.35  # how often a node is but a node where its place is said
VAGUE = {"lesion": "lesions", "abnormality": "abnormalities", "focus": "foci"}
VAGUELY = (0.8, 0.12, 0.08)
MOST_ADJECTIVES = 4  # before one noun


class Unsuitable(Exception):
    """The skeleton does not suit the findings; another one will."""


@dataclass(frozen=True)
class Phrase:
    """A noun with what stands before and after it."""

    attributes: tuple[Said, ...]
    organ: tuple[Said, ...]
    noun: Said
    after: tuple[Said, ...]
    uncountable: bool


@dataclass(frozen=True)
class Naming:
    """The labels of one finding, sorted by how they can be said."""

    parts: tuple[str, ...]
    """Body parts that have a place or an adjective."""
    nodes: tuple[str, ...]
    asides: tuple[str, ...]
    types: tuple[str, ...]
    attributes: tuple[str, ...]
    side: Side
    manner: Manner
    rng: np.random.Generator

    @classmethod
    def of(cls, told: Told, manner: Manner, rng: np.random.Generator) -> Naming:
        """Sort the labels of `told`."""
        known, labels = wording(), told.description.labels
        parts = [label for label in labels if label in known.parts]
        asides = [label for label in parts if known.entries[label].aside]
        nodes = [label for label in parts if known.entries[label].general == NODE]
        return cls(
            parts=tuple(label for label in parts if label not in (*asides, *nodes, NODE))
            or (() if nodes else tuple(asides)),
            nodes=tuple(nodes) or tuple(label for label in parts if label == NODE),
            asides=tuple(asides),
            types=tuple(label for label in known.types if label in labels),
            attributes=tuple(label for label in known.attributes if label in labels),
            side=told.side,
            manner=manner,
            rng=rng,
        )

    def shared(self, others: Sequence[Naming]) -> Naming:
        """What this finding and `others` have in common."""

        def common(name: str) -> tuple[str, ...]:
            own: tuple[str, ...] = getattr(self, name)
            return tuple(label for label in own if all(label in getattr(other, name) for other in others))

        parts, nodes = common("parts"), common("nodes")
        if not parts and not nodes:
            raise Unsuitable
        return replace(
            self,
            parts=parts,
            nodes=nodes,
            asides=common("asides"),
            types=common("types"),
            attributes=common("attributes"),
            side=self.side if all(other.side is self.side for other in others) else Side.UNKNOWN,
        )

    def places(self, *, one: bool = False) -> list[tuple[str, Said]]:
        """Body parts with their prepositions, the chief one first; the others as far as they are said."""
        found = [
            (wording().entries[label].preposition, said)
            for label in self._shuffled(self.parts or self.nodes)
            if (said := self._part(label, Role.PLACE)) is not None
        ]
        if not found:
            raise Unsuitable
        seen = {found[0][1].phrase}
        kept = found[:1]
        for preposition, said in found[1 : 1 if one else None]:
            if said.phrase not in seen and self._says():
                kept.append((preposition, said))
                seen.add(said.phrase)
        return kept

    def phrase(
        self, *, organ: bool, placed: bool, plain: bool = False, bare: bool = False, role: Role = Role.NOUN
    ) -> Phrase:
        """Attributes, body part and type. `plain` leaves diagnoses out, `bare` the attributes; `placed` says that the
        body part stands elsewhere in the sentence."""
        adjective = self._organ() if organ else None
        noun, used, uncountable = self._head(adjective, role, placed=placed, plain=plain)
        before, after = ([], []) if bare else self._described(used, plain=plain)
        asides = [] if bare or self.asides == self.parts else self._asides()
        organs = (*asides, adjective) if adjective else tuple(asides)
        mass = self._nodal_mass(role) if self.nodes and not uncountable else None
        if mass is not None:
            organs, noun = (*organs, self._say(self.nodes[0], Role.NOUN) or noun), mass
        return Phrase(tuple(before), organs, noun, tuple(after), uncountable)

    def adjectives(self) -> list[Said]:
        """Attributes as said after "is"; one at least."""
        found = [
            said for label in self.attributes if self._says() and (said := self._say(label, Role.ADJECTIVE)) is not None
        ]
        if not found:
            raise Unsuitable
        return found

    def uncountable(self) -> Said:
        """A type that takes no article."""
        found = [label for label in self.types if wording().entries[label].uncountable]
        if not found or (said := self._say(found[0], Role.NOUN)) is None:
            raise Unsuitable
        return said

    def _described(self, used: Sequence[str], *, plain: bool) -> tuple[list[Said], list[Said]]:
        """Said before the noun, and after it: attributes, and types that its noun does not name."""
        known = wording()
        types = [label for label in self.types if label not in used]
        if plain:
            types = [label for label in types if known.entries[label].descriptive]
        before: list[Said] = []
        after: list[Said] = []
        for label in (*self.attributes, *types):
            adjective, feature = self._say(label, Role.ADJECTIVE), self._say(label, Role.FEATURE)
            if not self._says():
                continue
            room = len(before) < MOST_ADJECTIVES or feature is None
            if adjective and room and (feature is None or self.rng.random() < BEFORE):
                before.append(adjective)
            elif feature:
                after.append(feature)
        return before, after

    def _asides(self) -> list[Said]:
        asides = (self._say(label, Role.ADJECTIVE) for label in self.asides if self._says())
        return [said for said in asides if said is not None]

    def _organ(self) -> Said | None:
        """A body part as an adjective; nodes name theirs themselves."""
        if self.nodes and self.nodes != (NODE,):
            return None
        return next((said for part in self._shuffled(self.parts) if (said := self._part(part, Role.ADJECTIVE))), None)

    def _part(self, label: str, role: Role) -> Said | None:
        """A body part, now and then coarser than it could be."""
        coarse = wording().entries[label].coarse
        fine = self._say(label, role)
        less = self._say(coarse, role) if coarse else None
        if less and (fine is None or self.rng.random() < self.manner.coarse):
            return less
        return fine

    def _head(self, organ: Said | None, role: Role, *, placed: bool, plain: bool) -> tuple[Said, tuple[str, ...], bool]:
        """The noun itself, the types that it names and whether it takes no article."""
        if self.nodes:
            return self._node(role, placed=placed, plain=plain)
        known, vague = wording(), list(VAGUE)[int(self.rng.choice(len(VAGUE), p=VAGUELY))]
        nothing = Said((), "", VAGUE[vague] if role is Role.NOUNS else vague)
        possible = [label for label in self.types if known.entries[label].forms(role)]
        if plain:
            possible = [label for label in possible if known.entries[label].descriptive]
        if not possible:
            return nothing, (), False
        only = [label for label in possible if not known.entries[label].adjective]  # else an adjective says the rest
        own = label = (only or possible)[int(self.rng.integers(len(only or possible)))]
        if self.rng.random() >= self.manner.typed:
            return nothing, (own,), False
        while (organ or placed) and (general := known.entries[label].general) is not None:
            doubled = organ is not None and bool(set(organ.words.lower().split()) & set(known.entries[label].stems))
            kept = known.entries[label].keeps and self.rng.random() < KEPT
            if not doubled and (kept or (organ is None and self.manner.noise == 0)):
                break
            label = general
        said = self._say(label, role)
        return said or nothing, (own,), known.entries[label].uncountable

    def _node(self, role: Role, *, placed: bool, plain: bool) -> tuple[Said, tuple[str, ...], bool]:
        """The same for a lymph node."""
        known = wording()
        node = self.nodes[int(self.rng.integers(len(self.nodes)))]
        generic = placed and self.rng.random() < (GENERIC_NODE if self.parts else 1.0) * (self.manner.noise > 0)
        joint = known.enlarged(node) if ENLARGED in self.types and not plain else ()
        joint = tuple(said for said in joint if not (placed and self._repeats(said)))
        if joint and not generic and self.rng.random() < (NODES_AT_ONCE if self.manner.noise else 1.0):
            return joint[int(self.rng.integers(len(joint)))], (ENLARGED,), True
        said = self._say(NODE if generic else node, role)
        if said is None:
            raise Unsuitable
        if placed and self._repeats(said):
            raise Unsuitable
        return said, (), False

    def _nodal_mass(self, role: Role) -> Said | None:
        """What nodes that have grown together are called: "mediastinal lymph node mass"."""
        seen = [label for label in self.types if wording().entries[label].descriptive]
        if not seen or self.rng.random() >= self.manner.typed:
            return None
        return self._say(seen[0], role)

    def _repeats(self, said: Said) -> bool:
        """Whether a node is called by a word that its place is called by, too: "paraaortic ... in the paraaortic"."""
        places = (form for part in self.parts for form in wording().entries[part].place)
        return said.words.split()[0] in {word.strip("[]") for form in places for word in form.split()}

    def _say(self, label: str, role: Role) -> Said | None:
        return wording().say(label, role, self.rng, self.side)

    def _says(self) -> bool:
        return bool(self.rng.random() < self.manner.said)

    def _shuffled(self, labels: Sequence[str]) -> list[str]:
        return [labels[index] for index in self.rng.permutation(len(labels))]
