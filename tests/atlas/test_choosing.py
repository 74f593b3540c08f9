from __future__ import annotations

import polars as pl
import pytest

from lesionary.atlas.choosing import levels, organs, spread
from lesionary.cohorts.contract.layout import ImageKind
from lesionary.cohorts.images.reading import Series
from lesionary.figures.windows import everything, window_of, windows
from lesionary.imaging.geometry import Geometry
from lesionary.ontology.ours import our_ontology


def lesions(*rows):
    return pl.DataFrame(rows, schema=("lesion", "patient", "diameter_mm"), orient="row")


def test_examples_run_from_the_smallest_to_the_largest():
    table = lesions(*((f"l{n}", f"p{n}", 10.0 + (7 * n) % 9) for n in range(9)))
    sizes = spread(table, [], 4)["diameter_mm"].to_list()
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (10.0, 18.0)


def test_no_patient_is_shown_twice_while_there_are_others():
    table = lesions(("a", "p", 1.0), ("b", "p", 2.0), ("c", "q", 3.0), ("d", "r", 4.0))
    assert spread(table, [], 3)["patient"].to_list() == ["p", "q", "r"]
    assert spread(table, [], 4)["lesion"].to_list() == ["a", "b", "c", "d"]


def test_of_few_lesions_all_are_shown_and_of_none_nothing():
    assert spread(lesions(("a", "p", 1.0)), [], 4)["lesion"].to_list() == ["a"]
    assert spread(lesions(("a", "p", 1.0)).clear(), [], 4).is_empty()


def stack(foot_mm: float, slices: int, step_mm: float = 5.0) -> Series:
    geometry = Geometry((4, 4, slices), (1.0, 1.0, step_mm), (0.0, 0.0, foot_mm), (1, 0, 0), (0, 1, 0))
    return Series(ImageKind.DICOM, tuple(range(slices)), geometry, "", "")


def test_levels_run_from_head_to_foot_through_different_series():
    found = levels({"low": stack(-100, 11), "high": stack(0, 21), "all": stack(-100, 41)}, 3)
    assert [height for _, _, height in found] == [100.0, 0.0, -100.0]
    assert len({name for name, _, _ in found}) == 3
    assert levels({}, 3) == []


def test_a_part_of_the_lung_is_seen_in_the_lung_window_and_a_rib_in_that_of_bone():
    ontology = our_ontology()
    shown = [window_of(labels, ontology).name for labels in (["left lower lobe", "mass"], ["rib"], ["liver"], [])]
    assert shown == ["lung", "bone", "soft tissue", "soft tissue"]


@pytest.mark.parametrize("part", sorted({part for names in organs().values() for part in names}))
def test_every_organ_is_a_label(part):
    assert part in our_ontology().index


def test_windows_name_labels_and_one_is_for_everything():
    assert {part for one in windows() for part in one.parts} <= set(our_ontology().labels)
    assert [one for one in windows() if not one.parts] == [everything()]
