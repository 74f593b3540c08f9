"""Pictures inside the page: each a `data:` address, so that the ids of one cannot meet those of another."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Picture:
    """An SVG with what it shows in words (`alt`) and a caption."""

    data: str
    alt: str
    caption: str


def picture(path: Path, alt: str, caption: str) -> Picture:
    """Read the SVG at `path`."""
    coded = base64.b64encode(path.read_bytes()).decode("ascii")
    return Picture(f"data:image/svg+xml;base64,{coded}", alt, caption)
