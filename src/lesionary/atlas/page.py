"""The page of pictures: one HTML file that looks like the report and carries everything in itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from lesionary.atlas.material import Material
from lesionary.atlas.rows import Row, Strip, kind_rows, organ_rows, subtype_rows, torso


@dataclass(frozen=True)
class Atlas:
    """What stands on it."""

    torso: Sequence[Strip]
    regions: Sequence[tuple[str, list[Strip], list[str]]]
    kinds: Sequence[Row]
    subtypes: Sequence[Row]

    @classmethod
    def of(cls, material: Material) -> Atlas:
        """Choose and draw everything."""
        return cls(
            tuple(torso(material)),
            tuple(organ_rows(material)),
            tuple(kind_rows(material)),
            tuple(subtype_rows(material)),
        )


def render(atlas: Atlas) -> str:
    """The page as HTML; what stands in data is escaped, and a name that the template misspells is an error."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((files("lesionary.atlas") / "atlas.html").read_text(encoding="utf-8"))
    sheets = (
        (files("lesionary.site") / "page.css").read_text(encoding="utf-8"),
        (files("lesionary.atlas") / "atlas.css").read_text(encoding="utf-8"),
    )
    return template.render(atlas=atlas, style=Markup("".join(sheets)))  # our own, so not escaped
