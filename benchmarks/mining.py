"""Report mining on one core: bookmarks and mentions in sentences, against spaCy's own way of matching phrases.

Ours finds sizes and image references, brings words to plain forms, and matches the ontology, words apart included.
spaCy's is `spacy.blank("en")` with a `PhraseMatcher` of the same synonyms in lower case, the longest matches kept: no
bookmarks, no plain forms. Both read the same sentences of the embedded cohort's reports in the same run. Prints
sentences a second of CPU time, of all sentences and of those with a bookmark, and the ratio of the two.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import spacy
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans

from lesionary.ontology.ours import our_ontology
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.cohort import make_cohort
from lesionary.reports.parsing.bookmarks import find_bookmarks
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.sentences import split_sentences

STUDIES = 1_500
REPEATS = 3


def sentences() -> list[str]:
    """Of reports without images, whose making takes seconds."""
    few = {"patients": 1, "screening_patients": 0, "text_studies": STUDIES, "matrix": 64, "max_slices": 8}
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_cohort(
            folder / "cohort", folder / "images", folder / "truth.csv", PhantomParams.load().model_copy(update=few)
        )
        with (folder / "cohort" / "reports.csv").open(encoding="utf-8", newline="") as file:
            texts = [row["text"] for row in csv.DictReader(file)]
    return [text[start:end] for text in texts for start, end, _ in split_sentences(text)]


def ours() -> Callable[[Sequence[str]], int]:
    """Bookmarks and mentions, counted."""
    finder = MentionFinder(our_ontology())

    def found(texts: Sequence[str]) -> int:
        mentions = finder.pipe(texts)
        return sum(len(find_bookmarks(text)) + len(said) for text, said in zip(texts, mentions, strict=True))

    return found


def spacys() -> Callable[[Sequence[str]], int]:
    """Phrases, counted."""
    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for label, synonyms in our_ontology().synonyms.items():
        matcher.add(label, list(nlp.pipe(synonyms)))

    def found(texts: Sequence[str]) -> int:
        return sum(len(filter_spans(matcher(document, as_spans=True))) for document in nlp.pipe(texts))

    return found


def speed(find: Callable[[Sequence[str]], int], texts: Sequence[str]) -> float:
    """Sentences a second, of the fastest of some runs."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        find(texts)
        times.append(time.process_time() - start)
    return len(texts) / min(times)


def main() -> None:
    everything = sentences()
    bookmarked = [text for text in everything if find_bookmarks(text)]
    finders = {"ours": ours(), "spaCy": spacys()}
    for what, texts in (("sentences", everything), ("sentences with a bookmark", bookmarked)):
        mine, theirs = (speed(find, texts) for find in finders.values())
        print(
            f"mining of {len(texts)} {what}: ours {mine:,.0f}/s with bookmarks and plain forms, "
            f"spaCy's PhraseMatcher {theirs:,.0f}/s, ratio {mine / theirs:.2f}"
        )


if __name__ == "__main__":
    main()
