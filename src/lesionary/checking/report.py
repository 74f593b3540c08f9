"""What a check found, and what of it may leave the cohort's folder."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any

from lesionary.checking.problems import REMOVED, Problem, Scrubber, Severity
from lesionary.checking.tracks import Step, Track
from lesionary.cohorts.contract.layout import Description
from lesionary.schemas.tables import TABLES
from lesionary.subtyping.scanners import scanner_of

COLUMNS = {column for table in TABLES for column in table.columns} | {*Description.model_fields, "npz.classes"}
QUOTED = re.compile(r"reads ('.*'|\".*\")")
"""What a user wrote where a closed set was wanted; it may be anything."""


class Status(IntEnum):
    """How a check ends: the program's exit status."""

    USABLE = 0
    """All that is there can be used."""
    IN_PART = 1
    """Something was set aside, or one of the tracks cannot run."""
    UNUSABLE = 2
    """No track can run."""


@dataclass
class Report:
    """The whole of a check, by the user's own names."""

    name: str
    there: dict[str, int] = field(default_factory=dict)
    """Counts of what lies in the folder."""
    kinds: dict[str, int] = field(default_factory=dict)
    syntaxes: dict[str, int] = field(default_factory=dict)
    makers: dict[str, int] = field(default_factory=dict)
    usable: dict[str, int] = field(default_factory=dict)
    """Counts of what the index holds."""
    tracks: list[Track] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    pixels: bool = True
    """Whether lesions were decoded and training was timed; `--headers` does neither."""

    @property
    def status(self) -> Status:
        """How good it is."""
        if not any(track.possible for track in self.tracks):
            return Status.UNUSABLE
        worse = any(one.severity in (Severity.STOPS, Severity.SET_ASIDE) for one in self.problems)
        return Status.IN_PART if worse else Status.USABLE

    def to_leave(self, scrubber: Scrubber) -> Report:
        """The same under pseudonyms: without places, values, and what quotes the user's tables or headers."""
        makers: Counter[str] = Counter()
        for name, count in self.makers.items():
            makers[scrubber(scanner_of(name)) or "not told"] += count
        tracks = [
            replace(track, problems=[], used={scrubber(name): n for name, n in track.used.items()})
            for track in self.tracks
        ]
        problems = [_to_leave(one, scrubber) for one in self.problems]
        return replace(self, name=scrubber(self.name), makers=dict(makers), tracks=tracks, problems=problems)

    def as_json(self) -> dict[str, Any]:
        """Everything in it, for programs."""
        kinds = {"kinds": self.kinds, "transfer_syntaxes": self.syntaxes, "manufacturers": self.makers}
        return {
            "cohort": self.name,
            "status": self.status.name.lower(),
            "exit_status": int(self.status),
            "there": {**self.there, **kinds},
            "usable": self.usable,
            "tracks": {track.name: {"possible": track.possible, "uses": track.used} for track in self.tracks},
            "steps": [vars(step) for step in self.steps],
            "problems": [_as_json(one) for one in self.problems],
        }


def _to_leave(problem: Problem, scrubber: Scrubber) -> Problem:
    reason, cure = (scrubber(QUOTED.sub(f"reads {REMOVED}", text)) for text in (problem.reason, problem.cure))
    if problem.quotes:
        reason, cure = f"{problem.file or 'the cohort'} cannot be read as a whole", "the terminal says why"
    column = problem.column if problem.column in COLUMNS else ""
    subject = scrubber(problem.subject)
    return replace(problem, reason=reason, cure=cure, column=column, subject=subject, place="", value="", quotes=False)


def _as_json(problem: Problem) -> dict[str, Any]:
    hidden = {"place", "value", "quotes"}
    return {name: value for name, value in vars(problem).items() if name not in hidden}


def grouped(problems: Iterable[Problem]) -> Mapping[tuple[Severity, str, str, str], list[Problem]]:
    """Problems of one kind together, the gravest kinds first; a kind is its severity, step, reason and cure."""
    order = list(Severity)
    groups: dict[tuple[Severity, str, str, str], list[Problem]] = {}
    for one in sorted(problems, key=lambda one: order.index(one.severity)):
        groups.setdefault((one.severity, one.step, one.reason, one.cure), []).append(one)
    return groups
