"""How many images each class has, here and in the paper (DMRN, Figure 6 and Table 8)."""

from __future__ import annotations

import polars as pl

from lesionary.subfigures.classes import figure_classes
from lesionary.subfigures.parts import Part


def count_classes(images: pl.DataFrame) -> pl.DataFrame:
    """A row a class of `images` (class, part): class, name, train, validation, test, published_train, published_test.

    Classes stand in the order of the paper's Table 8, then any others by name; those have no published counts, and
    their name is their code.
    """
    known = figure_classes()
    rows = []
    for code in in_order(images["class"].unique().to_list()):
        parts = images.filter(pl.col("class") == code)["part"]
        paper = known.get(code)
        counts = {str(part): (parts == str(part)).sum() for part in Part}
        published = {
            "published_train": paper.train if paper else None,
            "published_test": paper.test if paper else None,
        }
        rows.append({"class": code, "name": paper.name if paper else code, **counts, **published})
    return pl.DataFrame(rows, schema_overrides={"published_train": pl.Int64, "published_test": pl.Int64})


def in_order(classes: list[str]) -> list[str]:
    """Codes in the order of the paper's Table 8, then the others by name.

    >>> in_order(["own", "GTAB", "D3DR", "mine"])
    ['D3DR', 'GTAB', 'mine', 'own']
    """
    known = list(figure_classes())
    return sorted(classes, key=lambda code: (known.index(code) if code in known else len(known), code))
