"""The gate for geometry: what is interpolated, corrected, left out or set aside, and that all of it is listed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pydicom
import pytest
from ct import BOX, edit, lesion, uid, volume, write_cohort, write_lesions, write_series

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.images.hounsfield import AIR_HU
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.corrections import NOTHING, Corrections
from lesionary.cohorts.indexing.index import Index, index_cohort
from lesionary.params.images import Mixed, Tilted, Uneven

UPRIGHT = Corrections(tilted=Tilted.UPRIGHT)
LARGEST = Corrections(mixed=Mixed.LARGEST)
RESAMPLED = Corrections(uneven=Uneven.RESAMPLED)


def index(folder: Path, corrections: Corrections = NOTHING, max_gap_mm: float = 0.0) -> Index:
    return index_cohort(Cohort.open(folder), max_gap_mm=max_gap_mm, tilt_deg=0.5, corrections=corrections)


def changes(found: Index) -> list[str]:
    return [change.what for _, _, change in found.adjusted.changes]


def reasons(found: Index) -> list[str]:
    return [problem.reason for problem in found.set_aside.problems]


def read(found: Index, patient: str) -> np.ndarray:
    """The whole volume, by way of the index as it is written."""
    name = uid(patient, "series")
    rows = found.series_table().to_dicts()
    series = Series.of_row(rows[list(found.series).index(name)])
    return series.read(found.cohort.files, range(series.geometry.size[2]))


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    return write_cohort(tmp_path / "cohort", ["anna", "bert"])


def move(cohort: Path, z: int, *position_mm: float) -> None:
    edit(next((cohort / "images" / "anna").glob(f"*-{z}.dcm")), ImagePositionPatient=list(position_mm))


def test_a_sound_cohort_is_left_as_it_is(cohort: Path) -> None:
    assert changes(index(cohort)) == []
    assert "places" not in index(cohort).series_table().columns


def test_what_was_done_is_written_without_names(cohort: Path, tmp_path: Path) -> None:
    move(cohort, 5, 0, 0, 15.0)
    found = index(cohort, max_gap_mm=5.0)
    found.adjusted.write(tmp_path / "adjusted.csv")
    (row,) = pl.read_csv(tmp_path / "adjusted.csv").to_dicts()
    assert row == {
        "kind": "series",
        "subject": found.series_table()["series"][list(found.series).index(uid("anna", "series"))],
        "change": "missing slices that are interpolated: 1, between 6 that are there",
        "rule": "index.max_gap_mm",
    }


def test_a_box_beyond_a_gap_keeps_the_slices_it_was_drawn_on(cohort: Path) -> None:
    next((cohort / "images" / "anna").glob("*-2.dcm")).unlink()
    write_lesions(cohort, [lesion("anna", z_min=2, z_max=4, key_slice=3), lesion("bert")])  # of stored 0 1 3 4 5
    ((_, box, key_slice), _) = index(cohort, max_gap_mm=5.0).lesions
    assert (box.z_min, box.z_max, key_slice) == (2.5, 5.0, 4)


def test_uneven_slices_are_resampled_at_their_median_distance(cohort: Path) -> None:
    move(cohort, 3, 0, 0, 8.5)  # 0 2.5 5 8.5 10 12.5
    write_lesions(cohort, [lesion("anna", z_min=3, z_max=5), lesion("bert")])
    found = index(cohort, RESAMPLED, max_gap_mm=3.5)
    assert changes(found) == ["slices 1.50 to 3.50 mm apart are interpolated every 2.50 mm"]
    hu, stored = read(found, "anna"), volume("anna").astype(float)
    np.testing.assert_array_equal(hu[[0, 1, 2, 4, 5]], stored[[0, 1, 2, 4, 5]])
    np.testing.assert_array_equal(hu[3], np.rint(stored[2] * (1 - 2.5 / 3.5) + stored[3] * (2.5 / 3.5)))
    assert found.series[uid("anna", "series")].instances == (0, 1, 2, None, 4, 5)
    box = found.lesions[0][1]
    assert box.z_min == pytest.approx((5 / 2.5 + 8.5 / 2.5) / 2 + 0.5)  # between stored slices 2 and 3
    assert box.z_max == 5.0


def test_resampling_stops_at_the_widest_gap_allowed(cohort: Path) -> None:
    move(cohort, 3, 0, 0, 8.5)
    assert reasons(index(cohort, RESAMPLED, max_gap_mm=3.4))[0] == "its slices lie 1.50 to 3.50 mm apart: uneven"


def test_a_resampled_constant_stays_constant_and_a_ramp_a_ramp(cohort: Path) -> None:
    for z, mm in enumerate((0, 2.5, 4, 7, 10, 12.5)):
        move(cohort, z, 0, 0, mm)
        ramp = np.full((12, 12), 1024 + 40 * mm, "<u2")
        edit(next((cohort / "images" / "anna").glob(f"*-{z}.dcm")), PixelData=ramp.tobytes())
    hu = read(index(cohort, RESAMPLED, max_gap_mm=3.0), "anna")
    np.testing.assert_array_equal(hu[:, 0, 0], 40 * 2.5 * np.arange(6))


@pytest.mark.parametrize("drift", [(0.0, 1.0), (0.0, -1.0), (2.0, 0.5)])
def test_a_tilted_series_is_set_upright_and_every_pixel_keeps_its_place(
    cohort: Path, drift: tuple[float, float]
) -> None:
    for z in range(6):
        move(cohort, z, 5 + z * drift[0], 7 + z * drift[1], z * 2.5)
    write_lesions(cohort, [lesion("anna"), lesion("bert")])
    found = index(cohort, UPRIGHT)
    angle = np.degrees(np.arctan(np.hypot(*drift) / 2.5))
    assert changes(found) == [f"a gantry tilt of {angle:.1f} degrees is taken out"]
    series, stored = found.series[uid("anna", "series")], volume("anna")
    hu = read(found, "anna")
    assert hu.shape == series.geometry.size[::-1]
    for z in range(0, 6, 2):  # there, shifts are whole pixels
        for y, x in ((0, 0), (3, 8), (11, 11)):
            world = np.array([[5 + z * drift[0] + x, 7 + z * drift[1] + y, z * 2.5]])
            at = series.geometry.to_voxel(world)[0] - 0.5
            np.testing.assert_allclose(at, np.rint(at), atol=1e-6)
            column, row, slice_ = np.rint(at).astype(int)
            assert hu[slice_, row, column] == stored[z, y, x]
    covered = hu != AIR_HU
    assert covered[0].sum() == 144
    box = found.lesions[0][1]
    corners = np.array([[BOX["x_min"], BOX["y_min"]], [BOX["x_max"], BOX["y_max"]]], float) - 0.5
    for z in range(BOX["z_min"], BOX["z_max"]):
        for x, y in corners:
            world = np.array([[5 + z * drift[0] + x, 7 + z * drift[1] + y, z * 2.5]])
            column, row, _ = series.geometry.to_voxel(world)[0]
            assert box.x_min - 1e-6 <= column <= box.x_max + 1e-6
            assert box.y_min - 1e-6 <= row <= box.y_max + 1e-6


def test_what_leans_as_no_gantry_does_is_never_set_upright(cohort: Path) -> None:
    for z in range(6):
        move(cohort, z, 0, z * 10_000.0, z * 2.5)
    assert reasons(index(cohort, UPRIGHT))[0] == "its slices lean by 90.0 degrees, as no gantry does"


def test_what_is_tilted_and_uneven_is_set_aside_whatever_is_corrected(cohort: Path) -> None:
    both = Corrections(tilted=Tilted.UPRIGHT, uneven=Uneven.RESAMPLED)
    for z in range(6):
        at = 2.5 * z + (z > 2)
        move(cohort, z, 0, 0.32 * at, at)
    assert reasons(index(cohort, both, max_gap_mm=9))[0] == "its gantry is tilted and its slices are uneven"


def test_a_small_tilt_that_is_seen_is_listed(cohort: Path) -> None:
    for z in range(6):
        move(cohort, z, 0, z * 0.2, z * 25.0)
    found = index(cohort)
    assert changes(found) == ["a gantry tilt of 0.46 degrees, 1.0 pixels at the last slice, is left as it is"]


def test_a_slice_beside_the_others_is_named(cohort: Path) -> None:
    move(cohort, 3, 0, 4, 7.5)
    assert reasons(index(cohort))[0] == "slice 3 by position lies 4.0 pixels beside the line of the others"


def test_of_mixed_orientations_the_largest_set_is_kept(cohort: Path) -> None:
    edit(next((cohort / "images" / "anna").glob("*-5.dcm")), ImageOrientationPatient=[1, 0, 0, 0, 0, -1])
    assert "differ in orientation" in reasons(index(cohort))[0]
    found = index(cohort, LARGEST)
    assert changes(found) == ["1 of its 6 slices, which differ in size, orientation or pixel spacing, are left out"]
    np.testing.assert_array_equal(read(found, "anna"), volume("anna")[:5])


def test_of_mixed_sizes_the_largest_set_is_kept(cohort: Path) -> None:
    small = np.zeros((6, 6), "<u2")
    edit(next((cohort / "images" / "anna").glob("*-0.dcm")), Rows=6, Columns=6, PixelData=small.tobytes())
    assert reasons(index(cohort))[0] == "its slices differ in size: (12, 12), (6, 6)"
    np.testing.assert_array_equal(read(index(cohort, LARGEST), "anna"), volume("anna")[1:])


def test_of_two_acquisitions_the_larger_is_kept(cohort: Path) -> None:
    for path in (cohort / "images" / "anna").iterdir():
        edit(path, AcquisitionNumber=1)
    for path in write_series(cohort / "images" / "again", "anna", depth=3):
        edit(path, SOPInstanceUID=uid("again", path.name), AcquisitionNumber=2)
    assert "lie at the same place" in reasons(index(cohort))[0]
    found = index(cohort, LARGEST)
    assert changes(found) == ["3 of its 9 slices, which other acquisitions repeat, are left out"]
    np.testing.assert_array_equal(read(found, "anna"), volume("anna"))


def test_the_same_place_twice_in_one_acquisition_is_never_decided(cohort: Path) -> None:
    move(cohort, 3, 0, 0, 5.0)
    assert "lie at the same place" in reasons(index(cohort, LARGEST))[0]


def test_where_uids_were_blanked_a_folder_is_a_series_and_that_is_listed(cohort: Path) -> None:
    for path in (cohort / "images" / "anna").iterdir():
        edit(path, SOPClassUID="", SOPInstanceUID="", SeriesInstanceUID="", StudyInstanceUID="")
    write_lesions(cohort, [lesion("anna", series="anna"), lesion("bert")])
    found = index(cohort)
    assert changes(found) == ["its files name no series: those of one folder are taken for one"]
    assert len(found.lesions) == 2
    np.testing.assert_array_equal(found.series["anna"].read(found.cohort.files, range(6)), volume("anna"))


def test_slices_at_different_places_that_share_a_uid_are_not_taken_for_copies(cohort: Path) -> None:
    first, second = sorted((cohort / "images" / "anna").glob("*.dcm"))[:2]
    edit(second, SOPInstanceUID=pydicom.dcmread(first).SOPInstanceUID)
    assert any(one.startswith("slices at different places have one SOPInstanceUID") for one in reasons(index(cohort)))


def test_one_object_twice_counts_once_and_is_listed(cohort: Path) -> None:
    write_series(cohort / "images" / "again", "anna")
    assert changes(index(cohort)) == ["6 of its slices are there twice, as one object: each counts once"]


def test_pixels_may_be_oblong_up_to_a_limit(cohort: Path) -> None:
    for path in (cohort / "images" / "anna").iterdir():
        edit(path, PixelSpacing=[0.5, 1.5])
    assert index(cohort).series[uid("anna", "series")].geometry.spacing_mm == (1.5, 0.5, 2.5)
    assert reasons(index(cohort, Corrections(max_anisotropy=2.9)))[0] == "its pixels measure 1.500 x 0.500 mm"


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "is a localiser"),
        ({"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}, "is a picture with text burnt in"),
        ({"BurnedInAnnotation": "YES"}, "is a picture with text burnt in"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "is no CT image but Secondary Capture Image Storage"),
        ({"SamplesPerPixel": 3}, "is in colour"),
        ({"RescaleType": "Z_EFF"}, "its values are not in HU (RescaleType)"),
        ({"NumberOfFrames": 2}, "holds 2 frames, which CT Image Storage never does"),
        ({"RescaleSlope": 0}, "its rescale cannot be used: [0.0, -1024.0]"),
        ({"PixelSpacing": [0, 1]}, "its PixelSpacing is no distance: [0.0, 1.0]"),
        (
            {"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]},
            "its ImageOrientationPatient is no pair of right-angled unit",
        ),
        ({"ImageOrientationPatient": [1, 0, 0]}, "its ImageOrientationPatient is no pair of right-angled unit vectors"),
    ],
)
def test_a_file_that_is_no_slice_is_set_aside_and_its_series_goes_on(
    cohort: Path, tags: dict[str, object], reason: str
) -> None:
    edit(next((cohort / "images" / "anna").glob("*-0.dcm")), **tags)
    found = index(cohort)
    assert [r.startswith(reason) for r in reasons(found)] == [True]
    np.testing.assert_array_equal(read(found, "anna"), volume("anna")[1:])


def test_a_missing_rescale_is_listed(cohort: Path) -> None:
    for path in (cohort / "images" / "anna").iterdir():
        edit(path, RescaleSlope=None, RescaleIntercept=None)
    found = index(cohort)
    assert changes(found) == ["no rescale slope or intercept is given: 1 and 0 are taken"]
    np.testing.assert_array_equal(read(found, "anna"), volume("anna") + 1024)


def test_slices_may_have_rescales_of_their_own(cohort: Path) -> None:
    for z in range(6):
        path = next((cohort / "images" / "anna").glob(f"*-{z}.dcm"))
        stored = volume("anna")[z] + 2000 + 10 * z
        edit(path, RescaleIntercept=-2000 - 10 * z, PixelData=stored.astype("<u2").tobytes())
    np.testing.assert_array_equal(read(index(cohort), "anna"), volume("anna"))


def test_monochrome1_is_a_way_to_show_not_to_mean(cohort: Path) -> None:
    for path in (cohort / "images" / "anna").iterdir():
        edit(path, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(read(index(cohort), "anna"), volume("anna"))


def test_the_only_slice_of_a_series_says_how_thick_it_is_taken_to_be(cohort: Path) -> None:
    for z in range(1, 6):
        next((cohort / "images" / "anna").glob(f"*-{z}.dcm")).unlink()
    write_lesions(cohort, [lesion("anna", z_min=0, z_max=1), lesion("bert")])
    found = index(cohort)
    assert changes(found) == ["it has one slice, whose thickness is taken to be 2.5 mm"]
    assert len(found.lesions) == 2


def test_slices_that_lost_something_in_compression_are_used_and_listed(cohort: Path) -> None:
    edit(next((cohort / "images" / "anna").glob("*-2.dcm")), LossyImageCompression="01")
    found = index(cohort)
    assert changes(found) == ["the pixels of 1 of its 6 slices were compressed with loss: HU are not exact"]
    assert len(found.series) == 2
    edit(next((cohort / "images" / "anna").glob("*-2.dcm")), LossyImageCompression="00")
    assert changes(index(cohort)) == []
