"""The ontology of this package. Stages are given the file by name (`ontology.file`), so that it may be another."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from lesionary.ontology.graph import Ontology
from lesionary.ontology.reading import parse_ontology


@cache
def our_ontology() -> Ontology:
    """`lesions.yaml`, read once."""
    return parse_ontology((files("lesionary.ontology") / "lesions.yaml").read_text(encoding="utf-8"), "lesions.yaml")
