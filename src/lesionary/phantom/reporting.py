"""A whole report: header, findings in sentences with bookmarks, normal sentences between, an impression."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lesionary.phantom.grammar import SINGLE, Style, grammar
from lesionary.phantom.sentences import Unsuitable, realise
from lesionary.phantom.telling import Link, Mention, Relation, Sentence, Told

TWICE = 0.05  # how likely a finding has a second sentence
BY_ORGAN = 0.3  # how many reports have headers above their paragraphs
WRAPPED = 0.4  # how many have lines of limited width
WIDTH = 84
NORMAL = 0.55  # how likely a normal sentence stands before another


@dataclass(frozen=True)
class Judgement:
    """What a mention has to do with a bookmark of its sentence; positions in the report's text."""

    start: int
    end: int
    label: str
    bookmark: int
    relation: Relation


@dataclass(frozen=True)
class Report:
    """Text, its bookmarks (the finding by position) and every pair of a mention and a bookmark in one sentence."""

    text: str
    links: tuple[Link, ...]
    judgements: tuple[Judgement, ...]


@dataclass
class _Draft:
    text: str
    spans: list[Link | Mention]
    links: list[Link]
    judgements: list[Judgement]

    def add(self, sentence: Sentence, findings: Sequence[int]) -> None:
        """Append a sentence about `findings`, given by their position in the report."""
        at = len(self.text)
        self.text += sentence.text
        links = [link.moved(at) for link in sentence.links]
        mentions = [mention.moved(at) for mention in sentence.mentions]
        self.links += [replace(link, finding=findings[link.finding]) for link in links]
        self.spans += [*links, *mentions]
        self.judgements += [
            Judgement(mention.start, mention.end, mention.label, link.start, mention.relation(link.finding))
            for mention in mentions
            for link in links
        ]


def write_report(findings: Sequence[Told], rng: np.random.Generator) -> Report:
    """A report that mentions every finding, each with a bookmark."""
    known = grammar()
    draft = _Draft(_opening(rng), [], [], [])
    headers = rng.random() < BY_ORGAN
    normal = [known.normal[index] for index in rng.permutation(len(known.normal))]
    header, parts = "", {part for told in findings for part in told.description.parts}
    for group in _grouped(findings, rng):
        if headers:
            own = known.headers.get(findings[group[0]].description.parts[0], known.headers["other"])
            draft.text += f"\n\n{own}:\n" if own != header else " "
            header = own
        else:
            draft.text += "\n" if rng.random() < 0.3 else " "
        if rng.random() < NORMAL:
            draft.text += f"{normal.pop()} "
        draft.add(_sentence([findings[index] for index in group], parts, rng), group)
    if rng.random() < NORMAL:
        draft.text += f" {normal.pop()}"
    draft.text += _impression(findings, rng)
    text = _wrapped(draft.text, draft.spans) if rng.random() < WRAPPED else draft.text
    return Report(text, tuple(draft.links), tuple(draft.judgements))


def _opening(rng: np.random.Generator) -> str:
    known = grammar()
    comparison = realise(known.expand(_one(known.comparisons, rng), rng), [], rng)
    return f"{_one(known.openings, rng)}\n{comparison.text}\n\nFINDINGS:"


def _grouped(findings: Sequence[Told], rng: np.random.Generator) -> list[list[int]]:
    """Which findings (by position) share a sentence, in the order of the report."""
    known, left = grammar().sentences, list(range(len(findings)))
    single = sum(known[style].share for style in SINGLE)
    groups: list[list[int]] = []
    while left:
        chances = np.array([single, known[Style.TWO].share, known[Style.THREE].share])[: len(left)]
        count = 1 + int(rng.choice(len(chances), p=chances / chances.sum()))
        group, left = left[:count], left[count:]
        groups.append(group)
        if rng.random() < TWICE:
            groups.append(group[:1])
    return groups


def _sentence(findings: Sequence[Told], taken: Collection[str], rng: np.random.Generator) -> Sentence:
    styles = _styles(findings)
    while True:
        try:
            skeleton = grammar().draw_skeleton(grammar().draw_style(styles, rng), rng)
            return realise(skeleton, findings, rng, taken)
        except Unsuitable:
            continue


def _styles(findings: Sequence[Told]) -> tuple[Style, ...]:
    if len(findings) == 1:
        return (*SINGLE, Style.NODES) if "lymphadenopathy" in findings[0].description.types else SINGLE
    if len(findings) == 2:
        kinds = {told.description.kind for told in findings}
        return (Style.TWO, Style.ALIKE) if len(kinds) == 1 else (Style.TWO,)
    return (Style.THREE,)


def _impression(findings: Sequence[Told], rng: np.random.Generator) -> str:
    """A numbered line for some of the findings; it links to nothing."""
    known = grammar()
    lines: list[str] = []
    for told in findings[: 1 + int(rng.integers(len(findings)))]:
        try:
            lines.append(realise(known.expand(_one(known.impressions, rng), rng), [told], rng).text)
        except Unsuitable:
            continue
    lines.append("No other change.")
    return "\n\nIMPRESSION:\n" + "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def _one(texts: Sequence[str], rng: np.random.Generator) -> str:
    return texts[int(rng.integers(len(texts)))]


def _wrapped(text: str, spans: Sequence[Link | Mention]) -> str:
    """Break long lines at spaces that lie in no span: every position stays what it was."""
    held = {at for span in spans for at in range(span.start, span.end)}
    characters, start, gap = list(text), 0, None
    for at, character in enumerate(text):
        if character == "\n":
            start, gap = at + 1, None
        elif character == " " and at not in held:
            gap = at
        if at - start >= WIDTH and gap is not None:
            characters[gap] = "\n"
            start, gap = gap + 1, None
    return "".join(characters)
