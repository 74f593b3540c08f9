"""The phantom's judgements for a cohort without any: the sentences that teach, and the stage that asks for them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from ct import write_lesions
from own_cohort import PATIENTS, params, rows, texts, write_own, write_table

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.texts import Texts
from lesionary.ontology.ours import our_ontology
from lesionary.reports.judges.lending import School, read_school
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.tables import bookmarked_sentences, mentions_of
from lesionary.reports.parsing.tokens import Tokeniser

PARTS = ("train", "val", "val", "test", "val")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    """Every third of its mentions was judged irrelevant."""
    folder = write_own(tmp_path / "lender")
    write_lesions(folder, [row | {"split": PARTS[n % 5]} for n, row in enumerate(rows())])
    judged = texts()["relations"]
    for row in judged[::3]:
        row["relation"] = "irrelevant"
    write_table(folder / "relations.csv", judged)
    return folder


@pytest.fixture
def school(lender: Path) -> School:
    return read_school(lender, Tokeniser("en"))


def test_every_judgement_of_the_lender_is_a_pair_in_its_part(school: School) -> None:
    judged = school.pairs.drop_nulls("judged")
    assert sorted(judged["judged"]) == ["irrelevant"] * 7 + ["relevant"] * 6 + ["uncertain"] * 7
    assert judged["split"].value_counts(sort=True).rows() == [("val", 12), ("train", 4), ("test", 4)]
    assert judged["patient"].n_unique() == len(PATIENTS)
    assert len(school.examples) == len(school.pairs)


def test_the_images_of_the_lender_are_not_looked_at(lender: Path, school: School) -> None:
    for path in (lender / "images").rglob("*.dcm"):
        path.unlink()
    assert read_school(lender, Tokeniser("en")).pairs.equals(school.pairs)


def test_nothing_of_the_lender_is_told_to_the_borrower(lender: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = texts()["reports"]
    table[0]["text"] = "Normal."
    write_table(lender / "reports.csv", table)
    read_school(lender, Tokeniser("en"))
    assert capsys.readouterr().err == ""


def test_a_cohort_without_judgements_is_judged_as_the_lender_would_be(
    lender: Path, school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lender's own sentences, once with their judgements and once without."""
    monkeypatch.syspath_prepend(str(ROOT / "stages"))
    import classify_relations

    settings = {"rows": {"relations": ["linear", "rules"]}, "relations": {"apply": "linear"},
                "evaluation": {"replicates": 100}}  # fmt: skip
    monkeypatch.chdir(params(tmp_path, **settings).parent)
    found = {}
    for name, judged in (("own", True), ("lent", False)):
        tables = tmp_path / name
        write_tables(lender, tables, judged=judged)
        paths = [tables, tables / "mentions.parquet", lender]
        paths += [tmp_path / f"{name}-{part}" for part in ("relations.parquet", "model", "metrics.json", "plots")]
        classify_relations.main(*paths)
        found[name] = pl.read_parquet(paths[3]), json.loads(paths[5].read_text("utf-8"))
    sys.modules.pop("classify_relations")
    own, lent = (one.select(pl.selectors.starts_with("p_")).to_numpy() for one, _ in found.values())
    np.testing.assert_array_equal(own, lent)
    assert found["lent"][0]["judged"].null_count() == len(lent)
    assert set(found["own"][1]["rows"]) == {"linear", "rules"}
    pairs = {"all": len(lent), "val": 0, "test": 0, "unmatched": 0, "phantom": 12}
    assert found["lent"][1] == {"test": {}, "rows": {}, "differences": {}, "pairs": pairs}
    for plot in ("intervals", "differences", "reliability", "history"):
        assert pl.read_csv(tmp_path / "lent-plots" / f"{plot}.csv").is_empty()


def write_tables(cohort: Path, folder: Path, *, judged: bool) -> None:
    """What find_bookmarks and match_labels write."""
    opened, set_aside = Cohort.open(cohort), SetAside()
    reader = Texts(opened, index_cohort(opened, max_gap_mm=0, tilt_deg=0.5).lesion_table(), set_aside)
    reports = list(reader.reports())
    sentences, bookmarks = bookmarked_sentences(reports, {r.patient: str(r.split) for r in reports}, set_aside)
    said = reader.judged()
    folder.mkdir()
    sentences.write_parquet(folder / "sentences.parquet")
    bookmarks.write_parquet(folder / "bookmarks.parquet")
    (said if judged else said.clear()).write_parquet(folder / "judged.parquet")
    mentions_of(sentences, MentionFinder(our_ontology())).write_parquet(folder / "mentions.parquet")
