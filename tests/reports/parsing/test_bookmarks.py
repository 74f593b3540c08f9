"""Bookmarks of a report."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from lesionary.base.errors import ReportError
from lesionary.reports.parsing.bookmarks import Bookmark, Kind, find_bookmarks


@dataclass(frozen=True)
class Link:
    start: int
    end: int
    lesion: str | None


@pytest.mark.parametrize(
    ("text", "size_mm"),
    [
        ("2.3 x 2.1 cm", (23, 21)),
        ("14 mm", (14,)),
        ("10-cm", (100,)),
        (".5 cm", (5,)),
        ("1.2 by 0.8 by 0.7 cm", (12, 8, 7)),
        ("2.3cm x 2.1cm", (23, 21)),
        ("6x5x6CM", (60, 50, 60)),
        ("23 × 21 mm", (23, 21)),
        ("1 cm x 7 mm", (10, 7)),
        ("3.7 cm transversely x 3.4", (37, 34)),
        ("4 AP x 3 cm", (40, 30)),
        ("1.5 centimeters", (15,)),
        ("9 millimetre", (9,)),
        ("2.3 x\n   2.1 cm", (23, 21)),
        ("2-3 mm", (2.5,)),
        ("12 to 14 mm", (13,)),
        ("thirteen millimeter", (13,)),
        ("Two-cm", (20,)),
    ],
)
def test_a_size_is_read_in_every_spelling(text: str, size_mm: tuple[float, ...]) -> None:
    before = "A nodule of "
    assert find_bookmarks(f"{before}{text}, stable.") == [
        Bookmark(len(before), len(before) + len(text), Kind.SIZE, size_mm=size_mm)
    ]


def test_of_a_size_that_changed_the_new_one_counts() -> None:
    assert find_bookmarks("grown from 2.3 to 3.4 cm")[0].size_mm == (34,)


def test_three_sizes_are_three_bookmarks() -> None:
    assert [one.size_mm for one in find_bookmarks("12 mm, 14 mm and 16 mm")] == [(12,), (14,), (16,)]


@pytest.mark.parametrize(
    "text",
    [
        "5 mm slices",
        "2.5-mm sections were obtained",
        "5 mm thick axial images",
        "slice thickness of less than 1 mm",
        "a peak velocity of 60 cm per second",
        "280 cm/sec",
        "14 cm H20",
        "BP 120 mmHg",
        "2 cm distal to the carina",
        "to within 4 cm of the fissure",
        "five mm slices",
        "the bone mm",
        "5 mm leftward midline shift",
        "a 5-mm shift of the midline",
        "3.5mm of anterolisthesis",
        "1.3 cm square",
        "2.3 cm2",
        "3 mass",
        "0 mm",
        "grade 2",
        "5 x 3",
    ],
)
def test_what_only_looks_like_a_size_is_none(text: str) -> None:
    assert find_bookmarks(text) == []


@pytest.mark.parametrize(
    ("text", "series", "slice_"),
    [
        ("series 4 image 120", 4, 120),
        ("series #4, image #120", 4, 120),
        ("Series 4/Image 120", 4, 120),
        ("series 4\nimage 120", 4, 120),
        ("series 4: 120", 4, 120),
        ("Se 4, Im 120", 4, 120),
        ("S4/I120", 4, 120),
        ("IMA 8-34", 8, 34),
        ("image 4:120", 4, 120),
        ("image 45 of series 3", 3, 45),
        ("images 12 and 14 of series 5", 5, 12),
        ("image 23", None, 23),
        ("images #6-9", None, 6),
        ("image #33/68", None, 33),
        ("image #69-70, 135", None, 69),
        ("slice 17", None, 17),
    ],
)
def test_an_image_reference_is_read_in_every_spelling(text: str, series: int | None, slice_: int) -> None:
    assert find_bookmarks(f"cyst ({text}).") == [Bookmark(6, 6 + len(text), Kind.IMAGE, series=series, slice=slice_)]


def test_numbers_in_brackets_are_references_times_and_dates_are_none() -> None:
    assert [(one.series, one.slice) for one in find_bookmarks("(4:120), (5/233), [3:17; 4:20]")] == [
        (4, 120),
        (5, 233),
        (3, 17),
        (4, 20),
    ]
    assert find_bookmarks("(3:00-6:00AM) on (7/22), (6:05), (11/2008), the 4:20 train, 120/80") == []


def test_a_heading_before_a_numbered_list_is_no_reference() -> None:
    assert find_bookmarks("INTERPRETATION OF IMAGES:\n1. Cyst. Give 5 mg IM 5 units") == []


def test_a_range_of_images_ends_where_a_size_begins() -> None:
    found = find_bookmarks("series 4 image 120-125, 2.3 cm; image 12 - 14 mm nodule")
    assert [(one.slice, one.size_mm) for one in found] == [(120, ()), (None, (23,)), (12, ()), (None, (14,))]


def test_what_lies_in_a_hyperlink_belongs_to_it() -> None:
    text = "A mass (series 4 image 120, 2.3 x 2.1 cm) and a 14 mm node."
    link = Link(text.index("(") + 1, text.index(")"), "m1")
    assert find_bookmarks(text, [link]) == [
        Bookmark(link.start, link.end, Kind.HYPERLINK, size_mm=(23, 21), series=4, slice=120, lesion="m1"),
        Bookmark(text.index("14"), text.index(" node"), Kind.SIZE, size_mm=(14,)),
    ]


def test_a_hyperlink_that_overlaps_a_size_in_part_takes_it() -> None:
    text = "A 2.3 x 2.1 cm mass."
    assert find_bookmarks(text, [Link(8, 14, None)]) == [Bookmark(8, 14, Kind.HYPERLINK, size_mm=(23, 21))]


def test_of_nested_hyperlinks_the_first_that_reaches_it_takes_what_is_found() -> None:
    text = "One here, another of 14 mm there."
    links = [Link(0, len(text), "long"), Link(0, 3, "short")]
    assert [(one.lesion, one.size_mm) for one in find_bookmarks(text, links)] == [("short", ()), ("long", (14,))]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 99)])
def test_a_hyperlink_outside_its_report_is_an_error(start: int, end: int) -> None:
    with pytest.raises(ReportError, match=f"runs from {start} to {end} in a text of 7 characters"):
        find_bookmarks("A mass.", [Link(start, end, "m1")])


def test_places_hold_although_characters_are_strange() -> None:
    text = "\x00\x92“ 2.3 × 2.1\x1fcm\u2003mass"
    (only,) = find_bookmarks(text)
    assert text[only.start : only.end] == "2.3 × 2.1\x1fcm"
    assert find_bookmarks("") == []


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\t", "\u00a0", "\x00", "\u2003", " \n  "])
def test_any_white_space_within_a_bookmark_leaves_it_one(gap: str) -> None:
    text = "Mass 2.3 x 2.1 cm (series 4, image 120) and 1.2 by 0.8 by 0.7 cm, was 14 mm, image 45 of series 3"
    changed = f"\ufeff\U0001f600{gap}{text.replace(' ', gap)}"
    found = [(changed[b.start : b.end].replace(gap, " "), b.size_mm, b.slice, b.past) for b in find_bookmarks(changed)]
    assert found == [(text[b.start : b.end], b.size_mm, b.slice, b.past) for b in find_bookmarks(text)]
    assert [one[0] for one in found] == [
        "2.3 x 2.1 cm", "series 4, image 120", "1.2 by 0.8 by 0.7 cm", "14 mm", "image 45 of series 3",
    ]  # fmt: skip


def test_a_range_and_a_change_are_not_of_the_past() -> None:
    assert [one.past for one in find_bookmarks("grown from 2 to 3 cm, from 2 cm, 3 cm, previously 2 cm")] == [
        False, True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize("unit", ["1 ", "1 x ", "2.3 cm ", "image 5 ", "1-", "series 4 ", "image 1, ", " ", "(4:5, "])
def test_a_report_of_300_000_characters_is_read(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    found = find_bookmarks(f"image 5 {text}", [Link(i, i + 6, "m") for i in range(0, 50_000, 10)])
    assert sum(one.kind is Kind.HYPERLINK for one in found) == 5000
