"""A report in words: for the terminal with names, as Markdown without them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence

from lesionary.atlas.markdown import table
from lesionary.checking.problems import Problem, Severity
from lesionary.checking.report import Report, Status, grouped
from lesionary.checking.tracks import Step, Track
from lesionary.checking.untimed import untimed

SHOWN = 5
"""Places of one kind of problem that the terminal shows unless it is asked for all."""
VERDICT = {
    Status.USABLE: "everything that is there can be used",
    Status.IN_PART: "it can be used, but not all of it",
    Status.UNUSABLE: "no track can use it as it is",
}
UNITS = ("bytes", "kB", "MB", "GB", "TB")


def in_terminal(report: Report, *, everything: bool = False) -> str:
    """The report with the user's own names: for whoever holds the data."""
    lines = [f"{_plain(report.name)}: {VERDICT[report.status]} (exit status {int(report.status)})", "", "There is"]
    lines += [f"  {_number(name, count)}" for name, count in report.there.items()]
    for title, counts in _counts(report):
        lines += [f"  {title}: {', '.join(f'{_plain(name)} {n:,}' for name, n in counts.items())}"] if counts else []
    if report.usable:
        lines += ["", "Usable", *(f"  {_number(name, count)}" for name, count in report.usable.items())]
    for track in report.tracks:
        lines += ["", f"{track.name}: {_verdict(track)}", *(f"  {_number(n, c)}" for n, c in track.used.items())]
    lines += ["", "Problems" if report.problems else "No problems"]
    for (severity, step, reason, cure), group in grouped(report.problems).items():
        lines.append(f"  {severity} by {step}, {len(group)}: {_plain(reason)}" + (f" ({_plain(cure)})" if cure else ""))
        shown = group if everything else group[:SHOWN]
        lines += [f"      {place}" for one in shown if (place := _place(one))]
        lines += [f"      and {len(group) - len(shown)} more (--all shows them)"] if len(group) > len(shown) else []
    if has_times(report):
        steps = [f"  {' '.join(filter(None, _step(one)))}" for one in report.steps]
        lines += ["", "Steps on this machine", *steps, *(f"  {said}" for said in untimed(report))]
    return "\n".join(lines) + "\n"


def as_markdown(report: Report) -> str:
    """The report as a page that may leave; `report` is what `Report.to_leave` gives. All text in it is escaped."""
    parts = [f"# {_escape(report.name)}", f"{VERDICT[report.status].capitalize()} (exit status {int(report.status)}).",
             "Names are pseudonyms, a file number is a place in the sorted listing of the images.",
             "## What is there", _table(report.there)]  # fmt: skip
    parts += [part for title, counts in _counts(report) if counts for part in (f"## By {title}", _table(counts))]
    if report.usable:
        parts += ["## What is usable", _table(report.usable)]
    for track in report.tracks:
        parts += [f"## {track.name.capitalize()}: {_verdict(track)}", *([_table(track.used)] if track.used else [])]
    head = ("", "step", "where", "reason", "cure")
    rows = [
        (one.severity, one.step, _escape(one.where), _escape(one.reason), _escape(one.cure)) for one in _ordered(report)
    ]
    parts += ["## Problems", table(head, rows) if rows else "None."]
    if has_times(report):
        steps = [tuple(map(_escape, _step(one))) for one in report.steps]
        parts += ["## Steps on this machine", table(("step", "time", "size", ""), steps), *untimed(report)]
    return "\n\n".join(parts) + "\n"


def has_times(report: Report) -> bool:
    """Whether there is anything to say of times: a track that can run may have none that was measured."""
    return bool(report.steps) or any(track.possible for track in report.tracks)


def _ordered(report: Report) -> list[Problem]:
    return [one for group in grouped(report.problems).values() for one in group]


def _counts(report: Report) -> Iterable[tuple[str, Mapping[str, int]]]:
    return (("kind of file", report.kinds), ("transfer syntax", report.syntaxes), ("manufacturer", report.makers))


def _verdict(track: Track) -> str:
    if track.possible:
        return "can run"
    asked = any(one.severity is Severity.STOPS for one in track.problems)
    without = "" if asked or track.name != "annotation" else ": there is neither reports.csv nor mined.csv"
    return f"cannot run{without}"


def _place(problem: Problem) -> str:
    """Where, by the user's own names, and what stands there."""
    row = f"{problem.file}, line {problem.row}" if problem.row else problem.file
    column = f"column {problem.column}" if problem.column else ""
    value = f"reads {problem.value!r}" if problem.value else ""
    shown = ", ".join(filter(None, (row, column, value, problem.place)))
    return _plain(shown or (f"{problem.kind} {problem.subject}" if problem.subject else ""))


def _step(step: Step) -> Sequence[str]:
    return step.stage, duration(step.seconds), size(step.bytes), f"({step.how})"


def duration(seconds: float | None) -> str:
    """In the unit that fits.

    >>> duration(0.25), duration(90), duration(7200), duration(None)
    ('0.2 s', '1.5 min', '2.0 h', '')
    """
    if seconds is None:
        return ""
    minutes = seconds / 60
    return f"{seconds:.1f} s" if minutes < 1 else f"{minutes:.1f} min" if minutes < 60 else f"{minutes / 60:.1f} h"


def size(count: int | None) -> str:
    """Bytes in the unit that fits.

    >>> size(512), size(2_500_000)
    ('512 bytes', '2.5 MB')
    """
    if count is None:
        return ""
    power = min(len(UNITS) - 1, (len(str(count)) - 1) // 3)
    return f"{count} bytes" if not power else f"{count / 1000**power:.1f} {UNITS[power]}"


def _number(name: str, count: int) -> str:
    return size(count) if name == "bytes" else f"{count:,} {_plain(name)}"


def _table(counts: Mapping[str, int]) -> str:
    return table(("", ""), [(_escape(name), f"{count:,}") for name, count in counts.items()])


def _plain(text: str) -> str:
    """Without what would move a terminal's cursor or colour it."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _escape(text: str) -> str:
    """As a Markdown page shows it: neither HTML nor Markdown, in one line."""
    return re.sub(r"([\\`*_\[\]#<>!~])", r"\\\1", html.escape(_plain(text), quote=False))
