"""Label mentions in text: words and synonyms are brought to plain forms, and the longest matches count (LesaNet, 3.2).

spaCy's `PhraseMatcher` runs over documents of plain forms in which hyphens and line breaks are left out, so that
"ground-glass", "ground glass" and "ground" at the end of a line all read alike. A document holds many texts, parted by
a word that no synonym has, since making one takes longer than matching in it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, product, tee
from typing import NamedTuple

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from lesionary.ontology.graph import Ontology
from lesionary.reports.parsing.tokens import Tokeniser, Word, lemma, spelling

OTHER = "_"
"""Stands for every word that no synonym has."""
COMMA = ","
JOINTS = frozenset({"and", "or", "/", "&"})
LONGEST_LIST = 5
LONGEST_TAIL = 3
BATCH = 2_000
"""Words, at least, in a document."""

Phrase = tuple[str, ...]
Span = tuple[int, int]


class Mention(NamedTuple):
    """`text[start:end]` says `label`."""

    start: int
    end: int
    label: str


class MentionFinder:
    """Finds the labels of an ontology in text."""

    def __init__(self, ontology: Ontology, tokeniser: Tokeniser | None = None) -> None:
        self._tokeniser = tokeniser or Tokeniser()
        self._labels: dict[Phrase, tuple[str, ...]] = {}
        for label in ontology.labels:
            for phrase in sorted(set(self._phrases(ontology.synonyms[label]))):
                owners = self._labels.get(phrase, ())
                self._labels[phrase] = owners if label in owners else (*owners, label)
        for phrase in self._phrases(ontology.silent):
            self._labels.setdefault(phrase, ())
        self._vocabulary = Vocab()
        self._known = {word for phrase in self._labels for word in phrase} | JOINTS | {COMMA}
        self._matcher = PhraseMatcher(self._vocabulary, attr="ORTH")
        self._matcher.add("label", [Doc(self._vocabulary, words=list(phrase)) for phrase in self._labels])

    def __call__(self, text: str) -> list[Mention]:
        """All mentions in `text`, in order; one place may mention several labels.

        >>> from lesionary.ontology.ours import our_ontology
        >>> text = "Nodules, left and right lower lobes"
        >>> [(text[start:end], label) for start, end, label in MentionFinder(our_ontology())(text)]
        [('Nodules', 'nodule'), ('left', 'left lower lobe'), ('right lower lobes', 'right lower lobe')]
        """
        return next(self.pipe([text]))

    def pipe(self, texts: Iterable[str]) -> Iterator[list[Mention]]:
        """Mentions of text after text."""
        kept, read = tee(texts)
        return self.among(zip(kept, self._tokeniser.pipe(read), strict=True))

    def among(self, texts: Iterable[tuple[str, Sequence[Word]]]) -> Iterator[list[Mention]]:
        """Mentions in text after text whose words are known already."""
        batch: list[list[Word]] = []
        size = 0
        for text, words in texts:
            batch.append(_joined(text, words))
            size += len(words)
            if size >= BATCH:
                yield from self._matched(batch)
                batch, size = [], 0
        yield from self._matched(batch)

    def _matched(self, batch: Sequence[Sequence[Word]]) -> Iterator[list[Mention]]:
        plain = [[word.lemma if word.lemma in self._known else OTHER for word in words] for words in batch]
        document = Doc(self._vocabulary, words=list(chain.from_iterable((*words, OTHER) for words in plain)))
        matches = sorted((start, end) for _, start, end in self._matcher(document))
        at = first = 0
        for words, forms in zip(batch, plain, strict=True):
            last = first + len(forms)
            own = at
            while at < len(matches) and matches[at][0] < last:
                at += 1
            spans = [(start - first, end - first) for start, end in matches[own:at]]
            yield self._mentions(words, forms, spans)
            first = last + 1

    def _mentions(self, words: Sequence[Word], plain: Sequence[str], spans: Iterable[Span]) -> list[Mention]:
        """Mentions among the `spans` that matched, and those whose words stand apart."""
        whole = _longest(spans)
        found = {span: tuple(plain[span[0] : span[1]]) for span in whole}
        if not JOINTS.isdisjoint(plain):
            either = self._shared(plain)
            shared = {span: either[span] for span in _longest(either) if not _inside_longer(span, whole)}
            for start, end in shared:  # "hepatic and renal cysts": the liver's cyst, not the liver
                at = bisect_left(whole, (start, start))
                while at < len(whole) and whole[at][1] <= end:
                    found.pop(whole[at], None)
                    at += 1
            found |= shared
        return sorted(
            Mention(words[start].start, words[end - 1].end, label)
            for (start, end), phrase in found.items()
            for label in self._labels[phrase]
        )

    def _phrases(self, synonyms: Iterable[str]) -> Iterator[Phrase]:
        """Plain forms of synonyms; also with prefixes standing apart ("sub-pleural")."""
        prefixes = spelling("prefix")
        for synonym in synonyms:
            ways = []
            for word in _joined(synonym, self._tokeniser(synonym)):
                cuts = [word.text[:i].lower() for i in range(3, len(word.text) - 3)]
                parts = [(cut, lemma(word.text[len(cut) :])) for cut in cuts if cut in prefixes]
                ways.append([(word.lemma,), *parts])
            for chosen in product(*ways):
                yield tuple(word for part in chosen for word in part)

    def _shared(self, plain: Sequence[str]) -> dict[Span, Phrase]:
        """Labels that share words: "left and right kidneys", "right upper and middle lobes", "pancreatic head or tail".

        The place of such a label is that of the words that are its own.
        """
        found: dict[Span, Phrase] = {}
        for joint, word in enumerate(plain[:-1]):
            if word not in JOINTS:
                continue
            members = list(_members(plain, joint))
            if not members:
                continue
            last, first = joint + 1, members[-1]
            before: Phrase = tuple(plain[first - 1 : first])
            for size in range(LONGEST_TAIL + 1):  # the longest is written last
                tail = tuple(plain[last + 1 : last + 1 + size])
                if len(tail) < size:
                    break
                for lead in ((), before):
                    for member in members if tail else ():
                        if (phrase := (*lead, plain[member], *tail)) in self._labels:
                            found[member - len(lead) * (member == first), member + 1] = phrase
                    alike = (*before, plain[first], *tail) in self._labels
                    if lead and alike and (phrase := (*lead, plain[last], *tail)) in self._labels:
                        found[last, last + 1 + size] = phrase
        return found


def _members(plain: Sequence[str], joint: int) -> Iterator[int]:
    """The single words of the list that `joint` ends, from its last: `plain` is "hilar , axillary and iliac node".

    >>> list(_members(["hilar", ",", "axillary", "and", "iliac", "node"], 3))
    [2, 0]
    """
    at = joint - 1
    at -= plain[at] == COMMA
    for _ in range(LONGEST_LIST):
        if at < 0 or plain[at] in (OTHER, COMMA) or plain[at] in JOINTS:
            return
        yield at
        if plain[at - 1] != COMMA:
            return
        at -= 2


def _joined(text: str, words: Sequence[Word]) -> list[Word]:
    """Words without the hyphens that join them; what cannot be one phrase, since a line is empty between, is parted."""
    if text.isascii() and "-" not in text and text.count("\n") < 2:
        return list(words)  # most sentences
    joined: list[Word] = []
    for i, word in enumerate(words):
        hyphen = word.text == "-" and 0 < i < len(words) - 1
        if hyphen and words[i - 1].end == word.start and not text[word.end : words[i + 1].start].strip("\r\n"):
            continue
        if joined and word.start > joined[-1].end + 1 and text.count("\n", joined[-1].end, word.start) > 1:
            joined.append(Word(OTHER, OTHER, word.start, word.start))
        joined.append(word)
    return joined


def _longest(spans: Iterable[Span]) -> list[Span]:
    """Spans that lie within no other, in order.

    >>> _longest([(0, 1), (0, 2), (1, 3), (2, 3)])
    [(0, 2), (1, 3)]
    """
    kept: list[Span] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept


def _inside_longer(span: Span, spans: Sequence[Span]) -> bool:
    """Whether one of `spans`, none within another, holds `span` and more."""
    last = bisect_right(spans, span[0], key=lambda one: one[0]) - 1
    return last >= 0 and spans[last][1] >= span[1] and spans[last] != span
