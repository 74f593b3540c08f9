"""What the times of a check leave out is told, whatever is checked and however."""

from __future__ import annotations

from pathlib import Path

import yaml

from lesionary.checking.report import Report
from lesionary.checking.showing import as_markdown, in_terminal
from lesionary.checking.tracks import Step, Track
from lesionary.checking.untimed import AT_THE_END, LEFT_OUT, TIMED, untimed

ROOT = Path(__file__).parents[2]
PHANTOM = {"make_phantom", "make_subfigures", "describe_phantom"}


def report(*steps: Step, tracks: tuple[str, ...] = ("subtyping",), pixels: bool = True) -> Report:
    return Report("own", tracks=[Track(name, possible=True) for name in tracks], steps=list(steps), pixels=pixels)


def test_every_stage_of_the_pipeline_is_timed_or_told_to_be_left_out() -> None:
    stages = set(yaml.safe_load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"])
    told = [stage for part in (TIMED, LEFT_OUT) for names in part.values() for stage in names]
    assert len(told) == len(set(told))
    assert {*told, AT_THE_END, "index_images"} == stages - PHANTOM


def test_what_no_check_estimates_is_named() -> None:
    said = " ".join(
        untimed(report(Step("crop_slices", 1.0), Step("draw_folds", 1.0), Step("train_subtyper dmrn", 9.0)))
    )
    assert "Not timed" not in said
    for stage in (*LEFT_OUT["subtyping"], AT_THE_END):
        assert stage in said
    assert "evaluate_annotator" not in said  # that track does not run


def test_headers_alone_time_no_crop_and_no_training() -> None:
    counted = Step("crop_slices", None, 100, "counted")
    first, _ = untimed(report(counted, Step("draw_folds", 1.0), pixels=False))
    assert first == "Not timed, since --headers decodes no lesion and trains nothing: crop_slices, train_subtyper."


def test_a_step_of_two_stages_times_both() -> None:
    steps = Step("find_bookmarks and match_labels", 1.0), Step("expand_labels", 1.0)
    first, _ = untimed(report(*steps, tracks=("annotation",), pixels=False))
    assert first.endswith(": crop_patches, classify_relations, train_annotator.")


def test_it_is_told_even_where_nothing_was_timed() -> None:
    pictures = report(tracks=("sub-figures",), pixels=False)
    for shown in (in_terminal(pictures), as_markdown(pictures)):
        assert "read_subfigures, train_subfigures" in shown
        assert "evaluate_subfigures" in shown
