"""The page: one HTML file that carries its style and its pictures in itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from lesionary.site.annotation import Annotation
from lesionary.site.differences import Differences
from lesionary.site.excluded import Excluded
from lesionary.site.exhibits import Exhibits
from lesionary.site.order import Agreement
from lesionary.site.relations import Relations
from lesionary.site.sentences import Sample
from lesionary.site.subfigures import Subfigures
from lesionary.site.subtyping import Subtyping
from lesionary.site.subtyping_exhibits import SubtypingExhibits
from lesionary.site.tables import Table


@dataclass(frozen=True)
class Page:
    """What stands on it."""

    cohorts: tuple[str, str]
    """Of subtyping, of annotation."""
    level: float
    """Of every interval."""
    subtyping: Subtyping
    subtyping_exhibits: SubtypingExhibits
    subtyping_differences: Differences
    subtyping_orders: Sequence[Agreement]
    subfigures: Subfigures
    annotation: Annotation
    exhibits: Exhibits
    frequency: Table
    """Annotation, by how frequent labels are."""
    agreements: Sequence[Agreement]
    recall_lost: Table
    """Annotation, without score propagation."""
    relations: Relations
    samples: Sequence[Sample]
    quotes_reports: bool
    """In samples or in pictures of lesions; not of a cohort whose labels were mined elsewhere."""
    excluded: Sequence[Excluded]

    @property
    def phantom(self) -> bool:
        """Whether all of it comes from the embedded cohort, so that no patient is meant."""
        return set(self.cohorts) == {"phantom"}

    @property
    def reduced(self) -> list[str]:
        """Rows that are smaller than the paper's."""
        rows = (*self.subtyping.rows, *self.subfigures.rows, *self.annotation.rows)
        return [row.name for row in rows if "reduced" in row.size]


def render(page: Page) -> str:
    """The page as HTML; what stands in data is escaped, and a name that the template misspells is an error."""
    parts = {
        "page.html": (files("lesionary.site") / "page.html").read_text(encoding="utf-8"),
        "subtyping.html": (files("lesionary.site") / "subtyping.html").read_text(encoding="utf-8"),
        "subfigures.html": (files("lesionary.site") / "subfigures.html").read_text(encoding="utf-8"),
        "parts.html": (files("lesionary.site") / "parts.html").read_text(encoding="utf-8"),
    }
    environment = Environment(
        loader=DictLoader(parts), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = Markup((files("lesionary.site") / "page.css").read_text(encoding="utf-8"))  # our own, so not escaped
    return environment.get_template("page.html").render(page=page, style=style)
