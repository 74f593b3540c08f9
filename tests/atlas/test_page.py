from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import polars as pl
import pytest
from PIL import Image

from lesionary.atlas.page import Atlas, render
from lesionary.atlas.pictures import CROP_MM, crop
from lesionary.atlas.rows import EXAMPLES, example, kind_rows, subtype_rows
from lesionary.cohorts.contract.layout import ImageKind
from lesionary.cohorts.images.reading import Series
from lesionary.figures.windows import everything
from lesionary.imaging.geometry import Geometry


@pytest.fixture(scope="module")
def html(described) -> str:
    return described.page.read_text(encoding="utf-8")


def test_the_page_fetches_nothing(html):
    found: list[tuple[str, str]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag not in {"script", "link", "iframe"}
            found.extend((name, value or "") for name, value in attrs if name in {"src", "href", "xlink:href"})

    Reader().feed(html)
    assert {value[:5] for _, value in found} == {"data:", *(value[:5] for _, value in found if value[0] == "#")}
    assert "url(" not in html


def test_every_kind_and_sub_type_of_the_truth_has_a_row(material):
    kinds = material.lesions.filter(pl.col("subtype") == "")["kind"].unique()
    assert sorted(row.title for row in kind_rows(material)) == sorted(kinds)
    subtypes = material.lesions.filter(pl.col("subtype") != "")["subtype"].unique()
    rows = {row.title: row for row in subtype_rows(material)}
    assert sorted(rows) == sorted(subtypes)
    assert all(1 <= len(row.examples) <= EXAMPLES for row in rows.values())


def test_a_kind_that_nobody_knew_and_that_is_no_html_is_shown_as_written(material):
    strange = "<b>kind & kin</b>"
    renamed = replace(material, lesions=material.lesions.with_columns(kind=pl.lit(strange)))
    page = render(Atlas((), (), tuple(kind_rows(renamed)), ()))
    assert strange not in page
    assert "&lt;b&gt;kind &amp; kin&lt;/b&gt;" in page


def test_a_lesion_stands_beside_the_sentence_with_its_bookmark(material):
    for lesion in material.lesions.iter_rows(named=True):
        shown = example(material, lesion)
        marks = material.bookmarks.filter(pl.col("lesion") == lesion["lesion"]).sort("report", "start").to_dicts()
        text = "".join(block.text for block in shown.blocks)
        bookmark = "".join(piece.text for block in shown.blocks for piece in block.pieces if piece.bookmark)
        if not marks:
            assert text == ""
            continue
        here = (pl.col("report") == marks[0]["report"]) & (pl.col("sentence") == marks[0]["sentence"])
        (sentence,) = material.sentences.filter(here).to_dicts()
        assert text == sentence["text"]
        start = sentence["start"]
        assert bookmark == sentence["text"][marks[0]["start"] - start : marks[0]["end"] - start]


def test_a_label_is_told_apart_from_one_that_was_left_out_only_where_somebody_judged(material):
    judged = set(material.judged["lesion"].drop_nulls())
    assert judged
    for lesion in material.lesions.iter_rows(named=True):
        said = [one for _, one in example(material, lesion).labels]
        assert (None in said) == (lesion["lesion"] not in judged)


def picture(monkeypatch, diameter_px: float):
    """A bright square lesion in an even slice of 1 mm pixels."""
    hu = np.full((1, 200, 300), 40, np.int16)
    low, high = 100 - diameter_px / 2, 100 + diameter_px / 2
    hu[0, int(low) : int(high), int(low) + 50 : int(high) + 50] = 240
    monkeypatch.setattr(Series, "read", lambda self, files, slices: hu)
    geometry = Geometry((300, 200, 1), (1.0, 1.0, 5.0), (0.0, 0.0, 0.0), (1, 0, 0), (0, 1, 0))
    box = {"x_min": low + 50, "y_min": low, "z_min": 0, "x_max": high + 50, "y_max": high, "z_max": 1}
    series = Series(ImageKind.DICOM, (0,), geometry, "", "")
    return crop(series, (), {**box, "key_slice": 0, "kind": "square"}, everything())


@pytest.mark.parametrize(("diameter", "side"), [(10, CROP_MM[0]), (40, 80.0), (90, CROP_MM[1]), (140, 168.0)])
def test_a_crop_holds_the_lesion_with_some_of_what_is_around_it(monkeypatch, diameter, side):
    assert picture(monkeypatch, diameter).side_mm == pytest.approx(side)


def test_the_box_is_drawn_around_the_bright_pixels(monkeypatch):
    shown = picture(monkeypatch, 40)
    image = np.asarray(Image.open(BytesIO(base64.b64decode(shown.data.partition(",")[2]))))
    assert image.shape == (shown.side, shown.side)
    bright = np.argwhere(image > 250)
    x, y, width, height = shown.box
    top, left = bright.min(axis=0)
    bottom, right = bright.max(axis=0) + 1
    assert x <= left < right <= x + width
    assert y <= top < bottom <= y + height
    assert len(bright) > 0.85 * width * height


def test_what_lies_beyond_the_slice_is_black(monkeypatch):
    shown = picture(monkeypatch, 180)  # 216 mm around it, and the slice is 200 mm high
    image = np.asarray(Image.open(BytesIO(base64.b64decode(shown.data.partition(",")[2]))))
    beyond = round((shown.side_mm - 200) / 2 / shown.side_mm * shown.side) - 2
    assert beyond > 0
    assert not image[:beyond].any()
    assert not image[-beyond:].any()
    assert image[beyond + 6 : -beyond - 6, 10:-10].all()


def test_the_same_cohort_gives_the_same_page(material, html):
    assert render(Atlas.of(material)) == html


def test_what_has_no_lesion_is_named(html):
    assert re.search(r"No lesion of this cohort lies in", html)
