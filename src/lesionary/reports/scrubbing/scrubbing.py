"""Reports without identities, covered so that their texts keep their shape: letters are x or X, digits are 0.

Everything else stays, line breaks and full stops above all. So every place in a text is where it was, sentences end
where they ended, a covered date is still a date to whoever asks whether a size is of the past, and no size or reference
can come of it: a size of 0 is none, and there is no image 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import polars as pl

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.identities import Known
from lesionary.cohorts.naming import Identities
from lesionary.cohorts.texts import Report
from lesionary.params.reports import Scrub
from lesionary.reports.scrubbing.known import find_known
from lesionary.reports.scrubbing.patterns import Span, find_common


@dataclass
class Scrubber:
    """Covers what `rules` find, and counts it by report and rule; of what was covered nothing is kept."""

    rules: Sequence[Scrub]
    known: Known
    counts: Counter[tuple[str, Scrub]] = field(default_factory=Counter)

    @classmethod
    def of(cls, cohort: Cohort, rules: Sequence[Scrub], lesions: pl.DataFrame, series: pl.DataFrame) -> Self:
        """For the reports of an indexed cohort; nothing is covered where cohort.yaml says that they name nobody."""
        if cohort.description.deidentified:
            return cls((), Known({}))
        return cls(rules, Known.read(cohort, lesions, series))

    def __call__(self, reports: Iterable[Report]) -> Iterator[Report]:
        """Report after report with its text scrubbed; hyperlinks point where they pointed."""
        for report in reports:
            identities = self.known((report.study, report.patient)) | report.identities
            text, counts = scrub(report.text, identities, self.rules)
            self.counts.update({(report.name, rule): count for rule, count in counts.items()})
            yield replace(report, text=text, identities=Identities())

    def write(self, path: Path) -> None:
        """As CSV: report (its pseudonym), rule, count; a header alone if nothing was covered."""
        rows = [(report, rule.value, count) for (report, rule), count in self.counts.items()]
        schema = {"report": pl.String, "rule": pl.String, "count": pl.Int64}
        pl.DataFrame(rows, schema, orient="row").write_csv(path)


def scrub(text: str, identities: Identities, rules: Sequence[Scrub]) -> tuple[str, Counter[Scrub]]:
    """`text` with what `rules` find covered, and how often each found what none before had.

    >>> scrub("Jane Doe, 3/4/2019: 12 mm cyst.", Identities(names={"DOE^JANE"}), list(Scrub))[0]
    'Xxxx Xxx, 0/0/0000: 12 mm cyst.'
    """
    taken, counts = bytearray(len(text)), Counter[Scrub]()
    for rule in rules:
        spans = find_known(text, identities) if rule is Scrub.KNOWN else find_common(text, rule)
        for start, end in _longest_first(spans):
            if not all(taken[start:end]):
                counts[rule] += 1
                taken[start:end] = b"\1" * (end - start)
    parts = ["".join(map(_cover, text[start:end])) if own else text[start:end] for own, start, end in _runs(taken)]
    return "".join(parts), counts


def _cover(character: str) -> str:
    kind = unicodedata.category(character)
    if kind[0] in "LM":
        return "X" if kind == "Lu" else "x"
    return "0" if kind[0] == "N" else character


def _longest_first(spans: Iterable[Span]) -> list[Span]:
    return sorted(spans, key=lambda span: (span[0] - span[1], span))


def _runs(taken: bytearray) -> Iterator[tuple[int, int, int]]:
    """Runs of one value: the value, its start and its end."""
    for found in re.finditer(b"\0+|\1+", taken):
        yield taken[found.start()], *found.span()
