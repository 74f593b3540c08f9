"""Every label of every lesion can be traced to what was written."""

from __future__ import annotations

import numpy as np
import polars as pl

from lesionary.annotation.labels import expanded, mine
from lesionary.annotation.mining.evidence import evidence
from lesionary.ontology.expansion import expand
from lesionary.ontology.graph import LabelClass, Ontology

PARENTS = {"chest": [], "lung": ["chest"], "left lung": ["lung"], "nodule": []}
ONTOLOGY = Ontology(
    classes={name: LabelClass.TYPE if name == "nodule" else LabelClass.BODYPART for name in PARENTS},
    synonyms={name: (name,) for name in PARENTS},
    parents={name: frozenset(up) for name, up in PARENTS.items()},
    exclusive={name: frozenset() for name in PARENTS},
)
CHANCES = {"p_relevant": 0.7, "p_uncertain": 0.2, "p_irrelevant": 0.1}


def pairs(*rows: tuple[str | None, str, int, str | None]) -> pl.DataFrame:
    """Lesion, label, start and relation."""
    written = [
        {"lesion": lesion, "label": label, "start": start, "end": start + 4, "used": used}
        | {"report": "R", "bookmark": 40, "judged": None, **CHANCES}
        for lesion, label, start, used in rows
    ]
    return pl.DataFrame(written, schema_overrides={"judged": pl.String}, infer_schema_length=None)


def test_a_mention_gives_its_label_and_the_parents_of_it() -> None:
    table = pairs(("a", "left lung", 5, "relevant"), ("a", "nodule", 15, "irrelevant"), ("z", "lung", 25, "relevant"))
    found = evidence(table, ["a"], ONTOLOGY)
    assert found.select("label", "source", "from_label", "start", "relation").rows() == [
        ("chest", "expansion", "left lung", 5, "relevant"),
        ("left lung", "mention", "left lung", 5, "relevant"),
        ("lung", "expansion", "left lung", 5, "relevant"),
        ("nodule", "mention", "nodule", 15, "irrelevant"),
    ]
    assert found["p_relevant"].to_list() == [0.7] * 4


def test_a_label_that_is_mentioned_and_implied_has_a_row_for_each() -> None:
    found = evidence(pairs(("a", "lung", 5, "relevant"), ("a", "left lung", 9, "uncertain")), ["a"], ONTOLOGY)
    assert found.filter(pl.col("label") == "lung").select("source", "relation").rows() == [
        ("mention", "relevant"),
        ("expansion", "uncertain"),
    ]


def test_what_no_one_judged_and_what_belongs_to_no_lesion_gives_no_label() -> None:
    table = pairs(("a", "lung", 5, None), (None, "lung", 5, "relevant"), ("a", "toe", 5, "relevant"))
    assert not len(evidence(table, ["a"], ONTOLOGY))


def test_the_rows_of_a_relation_are_the_cells_of_its_expanded_matrix() -> None:
    rng = np.random.default_rng(0)
    lesions, relations = list("abcdefgh"), ("relevant", "uncertain", "irrelevant")
    rows = [
        (str(rng.choice(lesions)), str(rng.choice(ONTOLOGY.labels)), int(rng.integers(40)), str(rng.choice(relations)))
        for _ in range(30)
    ]
    found, mined = evidence(pairs(*rows), lesions, ONTOLOGY), mine(pairs(*rows), lesions, ONTOLOGY, "used")
    both, known = mined.relevant | mined.uncertain, expanded(mined, ONTOLOGY)
    for count, matrix in (
        (1, known.relevant),
        (2, expand(both, ONTOLOGY.closure)),
        (3, expand(mined.mentioned, ONTOLOGY.closure)),
    ):
        cells = {(lesions[i], ONTOLOGY.labels[k]) for i, k in np.argwhere(matrix).tolist()}
        traced = found.filter(pl.col("relation").is_in(relations[:count]))
        assert set(traced.select("lesion", "label").iter_rows()) == cells
