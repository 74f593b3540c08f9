"""Tables of the report as Markdown."""

from __future__ import annotations

from lesionary.site.tables import Cell, Line, Table, Whose


def as_markdown(table: Table, of: str) -> str:
    """A table of the report."""
    spans = [text for text, width in table.spans for _ in range(width)] or [""] * len(table.head)
    head = [f"{name}, {span}" if span else name for name, span in zip(table.head, spans, strict=True)]
    lines = [f"| {table.first} | {' | '.join(head)} |", "|---|" + "---|" * len(head)]
    for group in table.groups:
        if group.title and group.lines:
            lines.append(f"| **{group.title}** |" + " |" * len(head))
        lines += [_line(line) for line in group.lines]
    return f"## {table.title} ({of})\n\n" + "\n".join(lines)


def _line(line: Line) -> str:
    name = f"*{line.name}*" if line.whose is Whose.PAPER else line.name
    return f"| {name} | {' | '.join(_cell(cell) for cell in line.cells)} |"


def _cell(cell: Cell) -> str:
    text = " ".join(part for part in (cell.text, cell.spread, cell.interval) if part)
    if cell.key:
        return f"*{text}*"
    return f"**{text}**" if cell.best else text
