"""The tables of a cohort (CSV), gathered from its patients."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path

from lesionary.phantom.casting import Split
from lesionary.phantom.pages import Report
from lesionary.phantom.radiologist import Finding
from lesionary.phantom.truth import Truth

BOX = ("x_min", "y_min", "z_min", "x_max", "y_max", "z_max")
COLUMNS = {
    "lesions": ("lesion", "patient", "study", "series", *BOX, "key_slice", "subtype", "split"),
    "reports": ("report", "study", "patient", "split", "text"),
    "bookmarks": ("report", "start", "end", "lesion"),
    "relations": ("report", "start", "end", "label", "bookmark", "relation"),
    "labels": ("lesion", "study", "label"),
}
JUDGED = (Split.VAL, Split.TEST)  # whose sentences were judged by hand
Line = tuple[str | int | float, ...]


@dataclass(frozen=True)
class Study:
    """Whose it is, and in which split."""

    patient: str
    study: str
    series: str
    split: Split


@dataclass
class Rows:
    """Lines of every table."""

    lines: dict[str, list[Line]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    truths: list[Truth] = field(default_factory=list)

    def add_finding(self, study: Study, finding: Finding, truth: Truth) -> None:
        """A lesion that was found; of the test split its labels, too."""
        edges = (round(edge, 1) for edge in asdict(finding.box).values())
        where = (finding.lesion, study.patient, study.study, study.series)
        subtype = finding.subtype.value if finding.subtype else ""
        self.lines["lesions"].append((*where, *edges, finding.key_slice, subtype, study.split.value))
        if study.split is Split.TEST:
            self.lines["labels"] += [(finding.lesion, study.study, label) for label in finding.description.labels]
        self.truths.append(truth)

    def add_report(self, study: Study, name: str, report: Report, lesions: list[str]) -> None:
        """A report; `lesions` are the names of its findings, empty where there is no image."""
        self.lines["reports"].append((name, study.study, study.patient, study.split.value, report.text))
        self.lines["bookmarks"] += [(name, link.start, link.end, lesions[link.finding]) for link in report.links]
        if study.split in JUDGED:
            self.lines["relations"] += [(name, *astuple(judgement)) for judgement in report.judgements]

    def extend(self, other: Rows) -> None:
        """Append another's lines."""
        for name, lines in other.lines.items():
            self.lines[name] += lines
        self.truths += other.truths

    def write(self, folder: Path, truth: Path) -> None:
        """Write `folder`/lesions.csv and its companions, and the truth apart."""
        for name, columns in COLUMNS.items():
            _write(folder / f"{name}.csv", columns, self.lines[name])
        truth.parent.mkdir(parents=True, exist_ok=True)
        _write(truth, tuple(Truth.__dataclass_fields__), (astuple(line) for line in self.truths))


def _write(path: Path, columns: Iterable[str], lines: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(lines)
