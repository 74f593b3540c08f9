"""Pictures inside the page: each a `data:` address, so that the ids of one cannot meet those of another."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Picture:
    """With what it shows in words (`alt`) and a caption."""

    data: str
    alt: str
    caption: str


TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


def picture(path: Path, alt: str, caption: str) -> Picture:
    """Read the SVG or PNG at `path`."""
    return embed(path.read_bytes(), TYPES[path.suffix], alt, caption)


def embed(content: bytes, kind: str, alt: str, caption: str) -> Picture:
    """A picture of MIME type `kind` that lies nowhere."""
    return Picture(f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}", alt, caption)
