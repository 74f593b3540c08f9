"""Which stages the times of a check leave out, in plain words: a sum of these times is no time of a whole run."""

from __future__ import annotations

from collections.abc import Sequence

from lesionary.checking.report import Report
from lesionary.checking.tracks import Step

TIMED = {
    "subtyping": ("crop_slices", "draw_folds", "train_subtyper"),
    "annotation": (
        "crop_patches", "find_bookmarks", "match_labels", "classify_relations", "expand_labels", "train_annotator",
    ),
    "sub-figures": ("read_subfigures", "train_subfigures"),
}  # fmt: skip
"""Stages of a track that a check with pixels times or estimates."""
LEFT_OUT = {
    "subtyping": ("fit_svm", "evaluate_subtyper", "compare_subtypers", "draw_subtyping"),
    "annotation": ("train_subsets", "evaluate_annotator", "compare_annotators", "draw_annotation"),
    "sub-figures": ("evaluate_subfigures",),
}
"""Those that no check estimates: SVMs, subsets of labels, and what measures, compares and draws."""
AT_THE_END = "write_report"


def untimed(report: Report) -> list[str]:
    """Sentences on what the steps of a report leave out; of tracks that can run alone."""
    tracks = [track.name for track in report.tracks if track.possible]
    known = {stage for step in report.steps if step.seconds is not None for stage in stages_of(step)}
    missed = [stage for name in tracks for stage in TIMED[name] if stage not in known]
    never = [*(stage for name in tracks for stage in LEFT_OUT[name]), *([AT_THE_END] if tracks else [])]
    said = []
    if missed and not report.pixels:
        said.append(f"Not timed, since --headers decodes no lesion and trains nothing: {', '.join(missed)}.")
    elif missed:
        said.append(f"Not timed here: {', '.join(missed)}.")
    rest = [
        "the seconds that each stage but classify_relations takes to start",
        "rows of a matrix that train no network",
        *never,
    ]
    return [*said, f"Not estimated, so a sum of these times leaves it out: {', '.join(rest)}."]


def stages_of(step: Step) -> Sequence[str]:
    """Stages that a step stands for, without the row.

    >>> stages_of(Step("find_bookmarks and match_labels")), stages_of(Step("train_subtyper dmrn"))
    (['find_bookmarks', 'match_labels'], ['train_subtyper'])
    """
    return [part.split(" ")[0] for part in step.stage.split(" and ")]
