"""The phantom in numbers, by the names of `figures.yaml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from lesionary.annotation.labels import label_list
from lesionary.atlas.material import Material
from lesionary.atlas.measuring import diameters, label_shares, long_tail, rank_correlation, words
from lesionary.cohorts.relations import RELATIONS

PAPER_RULE = (10, 2, 2)
"""How often a label occurs in train, val and test to be learnt (LesaNet, 5.1)."""


@dataclass(frozen=True)
class Statistics:
    """Of one phantom; `real` are the released labels' shares, `rule` how often a label must occur to be learnt."""

    material: Material
    real: Mapping[str, float]
    rule: tuple[int, int, int]

    @property
    def figures(self) -> dict[str, dict[str, float]]:
        """Every number, by group and name; one that cannot be measured here is not finite."""
        return {
            "labels": self.labels,
            "lesions": self.lesions,
            "relations": self.relations,
            "sentences": words(self.material.sentences["text"]),
            "sizes": self.sizes,
            "scans": self.scans,
        }

    @cached_property
    def shares(self) -> pl.DataFrame:
        """label, class, phantom_true, phantom_said, deeplesion: shares of lesions; every label that occurs anywhere.

        What is said is counted over the lesions that have a judged sentence. Most frequent in reality first.
        """
        ontology = self.material.ontology
        true = label_shares(self.material.true, ontology.labels)
        said = label_shares(self.material.expanded(self.material.said, self._judged), ontology.labels)
        rows = [
            (label, ontology.classes[label].value, true[label], said[label], self.real.get(label, 0.0))
            for label in ontology.labels
        ]
        columns = ("label", "class", "phantom_true", "phantom_said", "deeplesion")
        table = pl.DataFrame(rows, schema=columns, orient="row").with_columns(pl.col(columns[2:]).round(5))
        occurs = pl.any_horizontal(pl.col(columns[2:]) > 0)
        return table.filter(occurs).sort("deeplesion", "phantom_true", "label", descending=[True, True, False])

    @cached_property
    def labels(self) -> dict[str, float]:
        """How many labels there are, and how unequal."""
        true, split = self.material.true, self.material.lesions["split"].to_numpy()
        parts = (true[split == "train"], true[split == "val"], true[split == "test"])
        return {
            "in_use": float(true.any(axis=0).sum()),
            "learnable": float(len(label_list(*parts, self.rule))),
            "learnable_paper": float(len(label_list(*parts, PAPER_RULE))),
            **long_tail(label_shares(true, self.material.ontology.labels)),
        }

    @cached_property
    def rank_correlation(self) -> float:
        """Of the true labels' frequencies with the real ones."""
        return rank_correlation(label_shares(self.material.true, self.material.ontology.labels), self.real)

    @cached_property
    def lesions(self) -> dict[str, float]:
        """Labels a lesion that has a judged sentence, counted among the released 171 as the paper does."""
        material = self.material
        counted = np.array([label in self.real for label in material.ontology.labels])
        rows = {lesion: n for n, lesion in enumerate(material.lesions["lesion"])}
        said = material.expanded(material.said, self._judged)[:, counted]
        true = material.true[[rows[lesion] for lesion in self._judged]][:, counted]
        counts = {"said": said, "true": true, "missing": true & ~said}
        return {name: _mean(matrix.sum(axis=1)) for name, matrix in counts.items()}

    @cached_property
    def relations(self) -> dict[str, float]:
        """What the judges of the test split found."""
        judged = self.material.judged.filter(pl.col("split") == "test")["relation"]
        return {"judged": float(len(judged)), **{name: _mean(judged.eq(name).to_numpy()) for name in RELATIONS}}

    @cached_property
    def sizes(self) -> dict[str, float]:
        """Longer side of the lesion's box in the plane, which is what a reader measures."""
        pixel_mm = {name: one.geometry.spacing_mm[0] for name, one in self.material.series.items()}
        edges = self.material.lesions.select("series", "x_min", "x_max", "y_min", "y_max").iter_rows()
        return diameters(max(right - left, back - front) * pixel_mm[name] for name, left, right, front, back in edges)

    @cached_property
    def scans(self) -> dict[str, float]:
        """Pixels and slices, of series with a typed adrenal mass and of the others."""
        found: dict[str, float] = {}
        for name in ("pixel_mm", "thickness_mm"):
            adrenal, others = (
                self.material.protocols.filter(pl.col("subtyped") == which)[name].to_numpy() for which in (True, False)
            )
            found[f"adrenal_{name}_min"] = float(adrenal.min()) if len(adrenal) else float("nan")
            found[f"adrenal_{name}_max"] = float(adrenal.max()) if len(adrenal) else float("nan")
            found[f"other_{name}_median"] = float(np.median(others)) if len(others) else float("nan")
        return found

    @cached_property
    def subtypes(self) -> dict[str, dict[str, int]]:
        """Studies and slices of each sub-type."""
        typed = self.material.lesions.filter(pl.col("subtype") != "")
        table = typed.group_by("subtype").agg(studies=pl.col("study").n_unique(), slices=pl.col("slices").sum())
        rows = table.sort("subtype").iter_rows(named=True)
        return {row["subtype"]: {"studies": row["studies"], "slices": row["slices"]} for row in rows}

    @cached_property
    def images(self) -> dict[tuple[str, str], int]:
        """Images by manufacturer and transfer syntax."""
        counts = self.material.protocols.group_by("manufacturer", "syntax").agg(pl.col("images").sum())
        return {(maker, syntax): n for maker, syntax, n in counts.sort("manufacturer", "syntax").iter_rows()}

    @cached_property
    def _judged(self) -> list[str]:
        """Lesions with an image and a judged sentence, sorted."""
        here = set(self.material.lesions["lesion"])
        return sorted(here.intersection(self.material.judged["lesion"].drop_nulls()))


def _mean(values: Sequence[float] | np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
