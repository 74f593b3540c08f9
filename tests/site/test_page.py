"""The report page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
import yaml

PUBLISHED = yaml.safe_load((files("lesionary.site") / "published.yaml").read_text(encoding="utf-8"))
LOADING = {"src", "srcset", "data", "poster", "background", "action", "xlink:href"}
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Reader(HTMLParser):
    """Tags with their attributes, the text of published cells, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.published: dict[str, str] = {}
        self.key: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "td":
            self.key = dict(attrs).get("data-published")
        elif tag == "span" and self.key and dict(attrs).get("class") == "spread":
            self.key = re.sub(r"^(\w+)/", r"\1_sd/", self.key)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "td":
            self.key = None

    def handle_data(self, data: str) -> None:
        if self.key and data.strip():
            self.published[self.key] = data.strip(" ±\n").replace(",", "")


def test_what_stands_in_data_is_text_and_never_markup(write_page: Callable[[], str]) -> None:
    page = write_page()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<b class="x">' not in page
    assert "&lt;b class=&#34;x&#34;&gt;lung&lt;/b&gt;: relevant 0.50, uncertain 0.20, irrelevant 0.30" in page
    assert "a &lt;hole&gt;" in page
    assert not Reader(page).open


def test_white_space_of_a_report_is_kept(write_page: Callable[[], str]) -> None:
    page = write_page()
    assert '&lt;/script&gt;\n<span class="mention irrelevant"><mark>cyst</mark>' in page
    assert (
        '<p class="said">Stable <u>2.1 cm</u><sup>1</sup> <span class="mention relevant"><mark>hepatic nodule' in page
    )


def test_a_class_name_is_text_too(run: dict[str, Path], write_page: Callable[[], str]) -> None:
    for path in (*run["metrics"].rglob("*.json"), *run["plots"].rglob("*.csv")):
        path.write_text(path.read_text(encoding="utf-8").replace("GN", "<script>GN"), encoding="utf-8")
    page = write_page()
    assert "<script" not in page
    assert "&lt;script&gt;GN: 1 studies" in page


def test_every_row_of_params_is_there_and_no_other(run: dict[str, Path], write_page: Callable[[], str]) -> None:
    stray = run["metrics"] / "subtyping" / "stray.json"
    stray.write_text((run["metrics"] / "subtyping" / "dmrn.json").read_text(encoding="utf-8"), encoding="utf-8")
    page = write_page()
    for row in ("dmrn", "my_own", "clinical", "lesanet", "another"):
        assert f"<dt>{row}</dt>" in page
        assert f'<tr class="ours"><th scope="row">{row}</th>' in page
    assert "stray" not in page
    figures = 4 + 6 + 1  # of annotation, of subtyping, of sub-figures: they show several rows
    assert page.count("<img ") == 3 * 3 + 2 + 2 * 2 + 2 + figures  # one epoch is no curve


def test_the_same_results_are_the_same_bytes(run: dict[str, Path], write_page: Callable[[], str]) -> None:
    assert write_page() == write_page()
    relations = pl.read_parquet(run["relations"])
    before = write_page()
    relations.reverse().write_parquet(run["relations"])
    assert write_page() == before


def test_the_page_says_so_where_the_phantom_taught_the_judge(
    run: dict[str, Path], write_page: Callable[[], str]
) -> None:
    assert "Nobody judged a mention" not in write_page()
    empty = {"test": {}, "rows": {}, "differences": {}, "pairs": {"all": 3, "val": 0, "test": 0, "phantom": 3407}}
    (run["metrics"] / "relations.json").write_text(json.dumps(empty), encoding="utf-8")
    for path in (run["plots"] / "relations").glob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    page = write_page()
    assert "Nobody judged a mention of this\ncohort: <b>cnn</b>, taught by 3,407 judged pairs of the phantom" in page
    tags = Reader(page).tags
    named = {attributes.get("id") for _, attributes in tags}
    assert {str(attributes["href"])[1:] for tag, attributes in tags if tag == "a"} <= named


def given(run: dict[str, Path], *, reports: bool) -> None:
    """Labels that came with the cohort, beside its reports or in their place."""
    labels = json.loads((run["metrics"] / "labels.json").read_text(encoding="utf-8"))
    labels["given"] = {"lesions": 9, "labels": 1234, "raw": {"precision": 0.125, "recall": 0.25, "f1": 0.375}}
    if not reports:
        for step in ("raw", "relevant", "expanded"):
            del labels[step]
        empty = {"test": {}, "rows": {}, "differences": {}, "pairs": {"all": 0, "val": 0, "test": 0, "unmatched": 0}}
        (run["metrics"] / "relations.json").write_text(json.dumps(empty), encoding="utf-8")
        for path in (run["plots"] / "relations").glob("*.csv"):
            path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
        for path in (run["relations"], *run["reports"].glob("*.parquet")):
            pl.read_parquet(path).clear().write_parquet(path)
    (run["metrics"] / "labels.json").write_text(json.dumps(labels), encoding="utf-8")


def test_the_page_says_so_where_labels_were_given_and_no_report_stands_behind_them(
    run: dict[str, Path], write_page: Callable[[], str]
) -> None:
    given(run, reports=False)
    page = write_page()
    told = " ".join(page.split())
    assert "Of this cohort 1,234 labels of 9 lesions were given, not mined here" in told
    assert "and no sentence of a report stands behind them here." in told
    assert "No sentence mentions a label beside a bookmark, so no judge of relations was taught." in told
    assert "<p>There are none.</p>" in told
    assert "Of the test reports" not in told
    assert "mined elsewhere</th>" in told
    assert "mined here</th>" not in told
    assert "Lesions with a mention or a given label" in told
    tags = Reader(page).tags
    named = {attributes.get("id") for _, attributes in tags}
    assert {str(attributes["href"])[1:] for tag, attributes in tags if tag == "a"} <= named


def test_given_labels_beside_reports_are_measured_beside_what_was_mined_of_these(
    run: dict[str, Path], write_page: Callable[[], str]
) -> None:
    assert "were given" not in write_page()
    given(run, reports=True)
    told = " ".join(write_page().split())
    assert "and stand beside those that its reports gave." in told
    assert told.index("mined here</th>") < told.index("mined elsewhere</th>") < told.index("0.3750")
    assert "Of the test reports, 1 sentences" in told


def test_nothing_is_fetched(write_page: Callable[[], str]) -> None:
    page = write_page()
    for tag, attributes in Reader(page).tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base"}
        for name, value in attributes.items():
            assert name not in LOADING or re.match(r"data:image/(svg\+xml|png);base64,", str(value))
            assert name != "href" or str(value).startswith("#")
    assert not re.search(r"https?://|url\(|@import", page)


def test_every_link_of_the_contents_leads_somewhere(write_page: Callable[[], str]) -> None:
    tags = Reader(write_page()).tags
    names = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(set(names)) == len(names)
    assert {str(attributes["href"])[1:] for tag, attributes in tags if tag == "a"} <= set(names)


def test_a_published_number_is_the_one_in_the_file(write_page: Callable[[], str]) -> None:
    shown = Reader(write_page()).published
    for key, text in shown.items():
        table, row, column = key.split("/")
        known = PUBLISHED["tables"][table]
        assert float(text) == known["rows"][row][known["columns"].index(column)], key
        assert len(text.partition(".")[2]) == known["decimals"], key
    assert {key.split("/")[0] for key in shown} == set(PUBLISHED["tables"])
    methods = {
        row for name in ("study", "slice", "ablation", "text_mined") for row in PUBLISHED["tables"][name]["rows"]
    }
    assert methods == {key.split("/")[1] for key in shown} & methods


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("always ACA", "the majority class stands beside accuracy"),
        ("75.00", "three of four studies are of one class"),
        ("60.0 %", "the share of pairs of one class is the measured one"),
        ("ACA is seen 3.0 times as often", "ACA fills three of four places, GN one"),
        ("90 % intervals", "the level is that of params.yaml"),
        ("No patient was looked at", "the cohort is the phantom"),
        ('<td class="count">3</td>', "what was set aside is counted by reason"),
        ("<td>images of annotation_index</td>", "each cohort by its name"),
        (
            '<small>nodule</small><small class="relevant" title="nodule:',
            "a label is named where it is not what was written",
        ),
        ("relevant 0.50<b>judged uncertain</b>", "a judge who disagrees is shown"),
        (
            "Of 2 rows compared by accuracy over studies, the interval of 2 does not hold 0 (my_own, clinical).",
            "counted",
        ),
        ("by t, folds: 2; t, folds, corrected: 0; t, studies: 2; McNemar: 0.", "of each test, the rows below 0.05"),
        ("by t, folds: 1; t, folds, corrected: 0; t, slices: 1. One", "slices are not tested by McNemar's"),
        ('<span class="value">&lt;0.001</span>', "a tiny p is not printed as nought"),
        (
            '<span class="value">-12.50</span><span class="interval">[-25.0, -6.2]</span>',
            "a difference in per cent points",
        ),
        ("Not built here: sdl.", "a row that is not in a figure is named"),
        ("Not built here: single_branch, without_ms_sfl_rs, without_ms_sfl, without_ms.", "nor are the ablations"),
        ("[-0.250, 0.062]", "the interval of a difference"),
        ("less that of cnn", "differences are from the applied judge"),
        ('<th scope="col">90–100 %</th>', "accuracy by confidence"),
        ('87.5</span><span class="interval">of 8</span>', "what was right there, per cent of so many pairs"),
        ("+ by expansion: abdomen, upper abdomen", "parents of the liver"),
    ],
)
def test_the_page_says(text: str, why: str, write_page: Callable[[], str]) -> None:
    assert text in " ".join(write_page().split()), why


def test_a_page_of_patients_says_that_it_quotes_reports(write_page: Callable[[], str]) -> None:
    params = Path("params.yaml")
    params.write_text(params.read_text(encoding="utf-8").replace("cohort: phantom", "cohort: deeplesion"), "utf-8")
    page = write_page()
    assert "This page quotes" in page
    assert "phantom" not in page


def test_a_page_of_patients_without_reports_does_not_say_so(
    write_page: Callable[[], str], run: dict[str, Path]
) -> None:
    params = Path("params.yaml")
    params.write_text(params.read_text(encoding="utf-8").replace("cohort: phantom", "cohort: deeplesion"), "utf-8")
    for table in (run["reports"] / "sentences.parquet", run["reports"] / "bookmarks.parquet", run["relations"]):
        pl.read_parquet(table).clear().write_parquet(table)
    page = write_page()
    assert "neither" in page
    assert "This page quotes" not in page
