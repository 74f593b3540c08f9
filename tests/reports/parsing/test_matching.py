"""Bookmarks without hyperlinks, and the lesions that they mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.texts import Texts
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.cohort import make_cohort
from lesionary.reports.parsing.bookmarks import find_bookmarks
from lesionary.reports.parsing.matching import Matcher, Target, Tolerance, targets_by_study
from lesionary.reports.parsing.tables import bookmarked_sentences

LIVER = Target("liver", 30.0, 20.0, series=2, instances=frozenset({11, 12, 13}), key_instance=12)
NODE = Target("node", 14.0, 12.0, series=2, instances=frozenset({13, 14}), key_instance=13)
TWIN = Target("twin", 29.0, 21.0, series=3, instances=frozenset({11, 12}), key_instance=11)
SMALL = PhantomParams(
    seed=4,
    patients=1,
    screening_patients=24,
    text_studies=0,
    matrix=160,
    max_slices=12,
    noise_hu=12.0,
    overlap=1.0,
    imbalance=1.0,
    label_noise=1.0,
    typos=0.0,
)


def lesions(text: str, *targets: Target) -> list[str | None]:
    match = Matcher({"S": targets}, Tolerance(2.0, 0.1))
    return [one.lesion for one in match(find_bookmarks(text), "R", "S")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.1 x 1.9 cm mass", ["liver"]),
        ("a 3.1 cm mass and a 14 mm node", ["liver", "node"]),
        ("35 mm", ["liver"]),  # its box's diagonal is 36 mm
        ("41 mm", [None]),
        ("3.1 x 1.2 cm", [None]),
        ("(2:12)", ["liver"]),
        ("(2:14), (2:15), (3:12)", ["node", None, None]),
        ("image 14", ["node"]),
        ("image 13", ["node"]),  # in both, and the key slice of one
    ],
)
def test_a_bookmark_means_the_lesion_that_alone_agrees(text: str, expected: list[str | None]) -> None:
    assert lesions(text, LIVER, NODE) == expected


def test_where_two_agree_none_is_meant() -> None:
    assert lesions("3.0 x 2.0 cm, image 12", LIVER, NODE) == ["liver", "liver"]
    assert lesions("3.0 x 2.0 cm", LIVER, TWIN) == [None]


def test_a_size_and_an_image_side_by_side_mean_what_both_agree_with() -> None:
    assert lesions("3.0 cm (3:12)", LIVER, TWIN) == ["twin", "twin"]
    assert lesions("one (2:11) of 3.0 cm, one (3:11) of 2.9 cm", LIVER, TWIN) == ["liver", "liver", "twin", "twin"]
    assert lesions("3.0 cm and 2.9 cm (3:12)", LIVER, TWIN) == [None, None, "twin"]


@pytest.mark.parametrize(
    "text",
    [
        "increased from 30 mm",
        "previously 3.0 cm",
        "previously measured about 30 x 20 mm",
        "was 3.0 x 2.0 cm on 6/18/2013",
        "3.0 cm previously",
        "30 mm on 2015-11-22",
        "compared to 3.0 cm",
    ],
)
def test_a_size_of_an_earlier_study_means_no_lesion_of_this_one(text: str) -> None:
    assert lesions(text, LIVER) == [None]
    assert lesions(f"It measures 30 mm, {text}", LIVER)[0] == "liver"


def test_without_numbers_in_the_images_sizes_still_agree_and_references_do_not() -> None:
    bare = Target("bare", 30.0, 20.0, series=None, instances=frozenset())
    assert lesions("3.0 cm (4:12)", bare) == ["bare", None]
    unnamed = Target("unnamed", 30.0, 20.0, series=None, instances=frozenset({12}))
    assert lesions("(4:12)", unnamed) == ["unnamed"]


def test_bookmarks_without_a_lesion_are_counted_and_listed_by_report() -> None:
    match, set_aside = Matcher({"S": [LIVER, TWIN]}, Tolerance(2.0, 0.1)), SetAside()
    match(find_bookmarks("30 mm, 3 mm, 31 mm, previously 30 mm"), "R-1", "S")
    match(find_bookmarks("30 mm"), "R-2", "without images")
    match.report(set_aside)
    assert [(one.kind.value, one.subject, one.reason) for one in set_aside.problems] == [
        ("bookmark", "R-1", "agrees with no lesion of its study"),
        ("bookmark", "R-1", "agrees with several lesions of its study"),
        ("bookmark", "R-1", "agrees with several lesions of its study"),
    ]


def test_a_target_is_measured_in_millimetres_and_by_the_numbers_of_its_slices() -> None:
    box = {"x_min": 2.0, "x_max": 12.0, "y_min": 3.0, "y_max": 33.0, "z_min": 1.0, "z_max": 3.0}
    row = {"lesion": "L", "study": "S", "series": "E", "key_slice": 2, **box}
    series = {"series": "E", "spacing_mm": [0.5, 0.5, 5.0], "series_number": 4, "instances": [90, 89, None, 87]}
    found = targets_by_study(pl.DataFrame([row]), pl.DataFrame([series]))
    assert found == {"S": [Target("L", 15.0, 5.0, 4, frozenset({89}), None)]}


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phantom")
    make_cohort(folder / "cohort", folder / "images", folder / "truth.csv", SMALL)
    return folder / "cohort"


def pairs(cohort: Path) -> set[tuple[str, int, str]]:
    """Report, sentence and lesion of every bookmark with a lesion."""
    opened = Cohort.open(cohort)
    index = index_cohort(opened, max_gap_mm=0, tilt_deg=0.5)
    match = Matcher(targets_by_study(index.lesion_table(), index.series_table()), Tolerance(4.0, 0.15))  # two pixels
    reports: Sequence = list(Texts(opened, index.lesion_table(), SetAside()).reports())
    splits = {one.patient: "train" for one in reports}
    bookmarks = bookmarked_sentences(reports, splits, SetAside(), match)[1]
    return set(bookmarks.drop_nulls("lesion").select("report", "sentence", "lesion").iter_rows())


def test_without_its_hyperlinks_the_phantom_is_matched_with_few_mistakes(phantom: Path) -> None:
    truth = pairs(phantom)
    (phantom / "bookmarks.csv").unlink()
    found = pairs(phantom)
    assert len(truth) > 30
    assert len(found & truth) / len(found) >= 0.8  # pixels are coarser than the default cohort's
    assert len(found & truth) / len(truth) >= 0.5
