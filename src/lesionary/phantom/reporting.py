"""A whole report: header, findings in sentences with bookmarks, normal sentences between, an impression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lesionary.phantom.grammar import SINGLE, Style, grammar, one_of
from lesionary.phantom.manner import Manner
from lesionary.phantom.pages import Draft, Report
from lesionary.phantom.phrasing import Unsuitable
from lesionary.phantom.sections import Section, examined, sections
from lesionary.phantom.sentences import realise
from lesionary.phantom.telling import Sentence, Told
from lesionary.phantom.typos import mistyped
from lesionary.phantom.wording import ENLARGED, wording

TWICE = 0.05  # how likely a finding has a second sentence
WRAPPED = 0.4  # how many reports have lines of limited width
NORMAL = 0.45  # how likely a normal sentence stands before another
SILENT = 0.7  # how likely a section without a finding is written down where there are headings
TRIES = 60  # sentences tried where nothing may be left unsaid; the fullest is taken


class Layout(StrEnum):
    """How the findings stand on the page."""

    PROSE = "prose"
    HEADED = "headed"
    NUMBERED = "numbered"
    DASHED = "dashed"


LAYOUTS = {Layout.PROSE: 0.45, Layout.HEADED: 0.32, Layout.NUMBERED: 0.12, Layout.DASHED: 0.11}


def write_report(findings: Sequence[Told], manner: Manner, rng: np.random.Generator) -> Report:
    """A report that mentions every finding, each with a bookmark."""
    return _Writing(findings, manner, rng).report()


@dataclass
class _Writing:
    findings: Sequence[Told]
    manner: Manner
    rng: np.random.Generator

    def __post_init__(self) -> None:
        labels = {label for told in self.findings for label in told.description.labels}
        self.taken = wording().above(labels)
        known, draft = sections(), Draft()
        self.draft = draft
        self.section = [known.place(told.description.labels) for told in self.findings]
        self.regions = examined((known.region(told.description.labels) for told in self.findings), self.rng)
        shown = [s for s in known.sections if s.region is None or s.region in self.regions]
        self.normal = {id(section): self._normal(section) for section in shown}
        self.shown = shown

    def report(self) -> Report:
        self._opening()
        layout = list(LAYOUTS)[int(self.rng.choice(len(LAYOUTS), p=list(LAYOUTS.values())))]
        if layout is Layout.HEADED:
            self._headed()
        elif layout is Layout.PROSE:
            self._prose()
        else:
            self._listed("-" if layout is Layout.DASHED else "")
        self._impression()
        return self.draft.finished(narrow=self._happens(WRAPPED))

    def _opening(self) -> None:
        known, rng = sections(), self.rng
        self.draft.write(one_of(known.regions[" ".join(self.regions)], rng))
        if self._happens(0.4):
            self.draft.write(f"\n{one_of(known.histories, rng)}")
        if self._happens(0.4):
            self.draft.write(f"\n{one_of(known.techniques, rng)}")
        comparison = realise(grammar().expand(one_of(known.comparisons, rng), rng), [], self.manner, rng)
        self.draft.write(f"\n{comparison.text}\n\nFINDINGS:")

    def _headed(self) -> None:
        for index, section in enumerate(sections().sections):
            own = [finding for finding, place in enumerate(self.section) if place == index]
            if not own and (id(section) not in self.normal or not self._happens(SILENT)):
                continue
            self.draft.write(f"\n\n{one_of(section.headings, self.rng)}:")
            inline = self._happens(0.5) and self._quiet(section, " ")
            self.draft.write("" if inline and not own else " " if inline else "\n")
            if not own and not inline:
                self._quiet(section, "")
            self._sentences(own, section)

    def _sentences(self, own: Sequence[int], section: Section) -> None:
        for number, group in enumerate(self._grouped(own)):
            self.draft.write(" " if number else "")
            if self._happens(NORMAL / 2) and self._quiet(section, ""):
                self.draft.write(" ")
            self._say(group)

    def _prose(self) -> None:
        order = sorted(range(len(self.findings)), key=lambda finding: self.section[finding])
        for group in self._grouped(order):
            self.draft.write("\n" if self._happens(0.3) else " ")
            section = sections().sections[self.section[group[0]]]
            if self._happens(NORMAL) and self._quiet(section, ""):
                self.draft.write(" ")
            self._say(group)
        self._closing()

    def _listed(self, mark: str) -> None:
        order = list(self.rng.permutation(len(self.findings)))
        for number, group in enumerate(self._grouped([int(finding) for finding in order]), start=1):
            self.draft.write(f"\n{mark or f'{number}.'} ")
            self._say(group)
        self._closing(first="\n\n")

    def _closing(self, first: str = " ") -> None:
        """Normal sentences of any section."""
        for index in self.rng.permutation(len(self.shown))[: int(self.rng.integers(1, 5))]:
            first = " " if self._quiet(self.shown[index], first) else first

    def _normal(self, section: Section) -> list[str]:
        fitting = [normal.text for normal in section.normal if normal.fits(self.manner.sex, self.taken)]
        return [fitting[index] for index in self.rng.permutation(len(fitting))]

    def _quiet(self, section: Section, before: str) -> bool:
        """Write one more of a section's normal sentences, if there is any left."""
        left = self.normal.get(id(section), [])
        if left:
            self.draft.write(before + mistyped(Sentence(left.pop()), self.manner.typos, self.rng).text)
            return True
        return False

    def _grouped(self, findings: Sequence[int]) -> list[list[int]]:
        """Which findings share a sentence, in the order of the report."""
        known, left = grammar().sentences, list(findings)
        single = sum(known[style].share for style in SINGLE)
        groups: list[list[int]] = []
        while left:
            chances = np.array([single, known[Style.TWO].share, known[Style.THREE].share])[: len(left)]
            count = 1 + int(self.rng.choice(len(chances), p=chances / chances.sum()))
            group, left = left[:count], left[count:]
            groups.append(group)
            if self._happens(TWICE):
                groups.append(group[:1])
        return groups

    def _say(self, group: Sequence[int]) -> None:
        told = [self.findings[index] for index in group]
        sentence = self._sentence(told)
        if self.manner.noise == 0:
            others = [self._sentence(told) for _ in range(TRIES)] if _unsaid(sentence, told) else []
            sentence = min([sentence, *others], key=lambda one: _unsaid(one, told))
        self.draft.add(mistyped(sentence, self.manner.typos, self.rng), group)

    def _sentence(self, told: Sequence[Told]) -> Sentence:
        styles = _styles(told)
        while True:
            try:
                skeleton = grammar().draw_skeleton(grammar().draw_style(styles, self.manner.noise, self.rng), self.rng)
                return realise(skeleton, told, self.manner, self.rng, self.taken)
            except Unsuitable:
                continue

    def _impression(self) -> None:
        """A numbered line for some of the findings; it links to nothing."""
        lines: list[str] = []
        for told in self.findings[: 1 + int(self.rng.integers(len(self.findings)))]:
            try:
                skeleton = grammar().expand(one_of(grammar().impressions, self.rng), self.rng)
                line = realise(skeleton, [told], self.manner, self.rng, self.taken)
            except Unsuitable:
                continue
            lines.append(mistyped(line, self.manner.typos, self.rng).text)
        lines.append(one_of(sections().conclusions, self.rng))
        numbered = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
        self.draft.write(f"\n\nIMPRESSION:\n{numbered}")

    def _happens(self, how_often: float) -> bool:
        return bool(self.rng.random() < how_often)


def _styles(told: Sequence[Told]) -> tuple[Style, ...]:
    if len(told) == 1:
        return (*SINGLE, Style.NODES) if ENLARGED in told[0].description.types else SINGLE
    if len(told) == 2:
        kinds = {one.description.kind for one in told}
        return (Style.TWO, Style.ALIKE) if len(kinds) == 1 else (Style.TWO,)
    return (Style.THREE,)


def _unsaid(sentence: Sentence, told: Sequence[Told]) -> int:
    """How many labels a sentence leaves out or leaves open."""
    said = {(mention.label, finding) for mention in sentence.mentions if mention.sure for finding in mention.findings}
    wanted = {(label, index) for index, one in enumerate(told) for label in one.description.labels}
    return len(wanted - said) + sum(not mention.sure for mention in sentence.mentions)
