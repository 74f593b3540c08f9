from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from lesionary.atlas.material import read_material
from lesionary.base.errors import CohortError
from lesionary.params.images import IndexParams

PARAMS = IndexParams.load(Path(__file__).parents[2] / "params.yaml")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_lesion_has_its_own_truth(described, material):
    told = {row["lesion"]: row for row in rows(described.truth)}
    boxes = {
        (float(row["x_min"]), float(row["z_max"]), int(row["key_slice"])): told[row["lesion"]]["labels"].split("|")
        for row in rows(described.cohort / "lesions.csv")
    }
    found = {
        (row["x_min"], row["z_max"], row["key_slice"]): row["labels"] for row in material.lesions.iter_rows(named=True)
    }
    assert found == boxes
    assert material.lesions["kind"].null_count() == 0


def test_no_name_of_the_cohort_is_carried_along(described, material):
    names = {row[key] for row in rows(described.cohort / "lesions.csv") for key in ("lesion", "patient", "study")}
    assert not names & set(material.lesions.select(pl.col(pl.String)).unpivot()["value"])


def test_true_labels_bring_their_parents(material):
    columns = material.ontology.index
    for labels, row in zip(material.lesions["labels"], material.true, strict=True):
        expected = set(labels).union(*(material.ontology.ancestors(label) for label in labels))
        assert {label for label, column in columns.items() if row[column]} == expected


def test_what_is_said_is_what_was_judged_relevant_of_a_lesion_with_an_image(material):
    kept = material.judged.filter(pl.col("relation") == "relevant").drop_nulls("lesion")
    assert set(material.said.iter_rows()) == set(kept.select("lesion", "label").iter_rows())
    assert set(material.said["lesion"]) <= set(material.lesions["lesion"])


def test_every_image_of_the_cohort_is_counted(described, material):
    assert material.protocols["images"].sum() == len(list((described.cohort.parent / "images").rglob("*.dcm")))
    assert material.protocols["subtyped"].sum() == material.lesions.filter(pl.col("subtype") != "")["series"].n_unique()


@pytest.mark.parametrize(
    ("text", "message"),
    [("lesion,kind\nL1,cyst\n", "lacks the columns"), (None, "says nothing of lesion")],
    ids=["a truth without columns", "the truth of another cohort"],
)
def test_a_truth_that_does_not_fit_is_refused(described, tmp_path, text, message):
    head = described.truth.read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "truth.csv").write_text(text or f"{head}\n", encoding="utf-8")
    with pytest.raises(CohortError, match=message):
        read_material(described.cohort, tmp_path / "truth.csv", PARAMS)
