"""What scrubbing covers in MTSamples, by rule, and how much of it names somebody or some day.

A room of `mtsamples.py`. These reports have no headers, so that `known` has nothing to look for; most names were taken
out, or replaced by letters, before they were published.
"""

from collections import Counter
from collections.abc import Sequence

from lesionary.cohorts.naming import Identities
from lesionary.params.reports import Scrub
from lesionary.reports.scrubbing.patterns import find_common
from lesionary.reports.scrubbing.scrubbing import scrub

JUDGED = {Scrub.DATES: (370, 62, 62), Scrub.NAMES: (12, 12, 10)}
"""Passages found when they were judged (they may overlap), judged, and right: all names, every sixth date."""

WRONG = (
    '"referred by Neuro-ophthalmology" and "referred to UIHC" (a hospital) name nobody.',
    'Two of the names take a word too many: "Dr. X. Please", "Dr. X. Exercise". Nine of the ten are letters that stand '
    'for a name ("Dr. XYZ").',
    'The dates are days, months with a year, and times of day ("6:00AM", "0920 hours").',
    "Left: of 21 passages that look like a short date, a time of day or a clinic, drawn in steps from 192, three are "
    'dates ("in 5/93"); the rest are grades, reflexes, hours of a clock face and what had been covered.',
)


def scrubbed(texts: Sequence[str]) -> tuple[list[tuple[object, ...]], int]:
    """A row a rule: rule, passages covered, in how many reports, judged, right, precision; and the characters read."""
    passages, reports, found = Counter[Scrub](), Counter[Scrub](), Counter[Scrub]()
    for text in texts:
        _, counts = scrub(text, Identities(), list(Scrub))
        passages += counts
        reports.update(counts.keys())
        found.update({rule: sum(1 for _ in find_common(text, rule)) for rule in JUDGED})
    rows: list[tuple[object, ...]] = []
    for rule in Scrub:
        then, judged, right = JUDGED.get(rule, (0, 0, 0))
        if found[rule] != then:
            reason = f"{rule.value}: {found[rule]} passages are found, {then} were when they were judged"
            raise SystemExit(f"error: {reason} (judge them again: JUDGED in real/mtsamples_scrubbed.py)")
        told = (judged, right, f"{right / judged:.3f}") if judged else ("", "", "")
        rows.append((rule.value, passages[rule], reports[rule], *told))
    return rows, sum(map(len, texts))
