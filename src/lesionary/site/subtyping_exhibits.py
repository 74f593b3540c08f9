"""The subtyping track beyond its rows: DMRN's Figures 1, 3, 4 and 5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lesionary.site.pictures import Picture, picture
from lesionary.subtyping.describing import ABLATIONS


@dataclass(frozen=True)
class SubtypingExhibits:
    """Everything that shows several rows of `plots` (plots/subtyping/figures) or `pictures` (patients' slices)."""

    rows: tuple[str, ...]
    embedded: tuple[str, ...]
    """Rows of which params.yaml wants the embeddings drawn."""
    plots: Path
    pictures: Path

    @cached_property
    def typical(self) -> Picture:
        """Figure 1."""
        alt = "Two slices of masses of each class with their width and height in mm"
        caption = (
            "Two masses a class, of different patients, drawn at random; the middle slice, cut to the mass, in the "
            "soft-tissue window. Each is as wide for its height as in the patient, and scaled to fill its place."
        )
        return picture(self.pictures / "typical.png", alt, caption)

    @cached_property
    def hard(self) -> Picture | None:
        """Figure 3."""
        alt = "A hard mass of each class, and below it a bar for each class probability of every row"
        caption = (
            "Solid bar: the probability of the truth. The number is the highest probability; ✓ where it is that of the "
            "truth. Of each class one study was drawn at random from the third that all rows together give least "
            "probability to be what it is, so that no row is favoured."
        )
        return self._if_drawn(self.pictures / "hard.png", alt, caption)

    @cached_property
    def ablations(self) -> Picture | None:
        """Figure 4."""
        drawn = self._built(ABLATIONS)
        alt = f"Confusion matrices side by side: {', '.join(drawn)}"
        caption = f"Studies, out of fold; shaded by the share of the true class. {self._missing(ABLATIONS)}"
        return self._if_drawn(self.plots / "ablations.svg", alt, caption)

    @cached_property
    def embeddings(self) -> Picture | None:
        """Figure 5."""
        drawn = self._built(self.embedded)
        alt = f"t-SNE of the first fold's test slices, coloured by class, side by side: {', '.join(drawn)}"
        caption = (
            "Slices of the first fold, none of them trained on; embeddings of different folds have no common axes and "
            "cannot be mixed. Distances between far groups of a t-SNE mean nothing. " + self._missing(self.embedded)
        )
        return self._if_drawn(self.plots / "embeddings.svg", alt, caption)

    def _built(self, wanted: Sequence[str]) -> list[str]:
        return [row for row in wanted if row in self.rows]

    def _missing(self, wanted: Sequence[str]) -> str:
        missing = [row for row in wanted if row not in self.rows]
        return f"Not built here: {', '.join(missing)}." if missing else ""

    @staticmethod
    def _if_drawn(path: Path, alt: str, caption: str) -> Picture | None:
        return picture(path, alt, caption.strip()) if path.is_file() else None


def read_subtyping_exhibits(
    rows: Sequence[str], embedded: tuple[str, ...], plots: Path, pictures: Path
) -> SubtypingExhibits:
    """Of rows in the order of params.yaml."""
    return SubtypingExhibits(tuple(rows), embedded, plots / "subtyping" / "figures", pictures / "subtyping")
