"""The annotation track over a cohort: the code of the stages up to its training, writing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

import polars as pl

from lesionary.annotation.cropping import MAKERS, Task, recall
from lesionary.base.errors import CohortError, ItemError, LesionError
from lesionary.checking.annotators import annotator_steps
from lesionary.checking.judges import Asked, Judges, judging_step
from lesionary.checking.labelling import NOTHING, Learnable, learnable
from lesionary.checking.mentions import Mentions, read_mentions
from lesionary.checking.mined import divided, used_of
from lesionary.checking.places import Places
from lesionary.checking.problems import Problem, Severity
from lesionary.checking.tracks import Track, share
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import Index
from lesionary.cohorts.kept import Kept
from lesionary.cohorts.mined import TABLE as MINED
from lesionary.ontology.reading import read_ontology
from lesionary.params.annotation import AnnotationParams, AnnotatorParams, LabelsParams
from lesionary.params.images import PatchesParams
from lesionary.params.phantom import PhantomParams
from lesionary.params.reports import BookmarksParams, JudgeParams, OntologyParams, RelationsParams
from lesionary.params.results import RowsParams
from lesionary.reports.judges.classifying import Judged, count_judged
from lesionary.reports.parsing.tables import join_judged

CHANNELS = 3
BYTES_A_VOXEL = 2  # int16 HU


@dataclass(frozen=True)
class Settings:
    """Params of the track."""

    patches: PatchesParams
    bookmarks: BookmarksParams
    labels: LabelsParams
    split_seed: int
    ontology: Path
    judges: Judges
    phantom: Asked
    annotators: Mapping[str, AnnotatorParams]

    @classmethod
    def load(cls, path: Path) -> Self:
        """From params.yaml."""
        rows, relations = RowsParams.load(path), RelationsParams.load(path)
        judges = {row: JudgeParams.load_row(row, path) for row in rows.relations}
        return cls(
            PatchesParams.load(path),
            BookmarksParams.load(path),
            LabelsParams.load(path),
            AnnotationParams.load(path).split_seed,
            Path(OntologyParams.load(path).file),
            Judges(judges, relations.applied(rows.relations), relations.pipeline),
            Asked.of_phantom(PhantomParams.load(path)),
            {row: AnnotatorParams.load_row(row, path) for row in rows.annotation},
        )

    @property
    def side_px(self) -> int:
        """Of a patch."""
        return round(self.patches.side_mm / self.patches.spacing_mm)


def check_annotation(index: Index, places: Places, settings: Settings, *, pixels: bool = True) -> Track:
    """What the track can use; a cohort with neither reports nor mined labels has no such track, which is no problem."""
    track = Track("annotation")
    if not any((index.cohort.folder / name).is_file() for name in ("reports.csv", MINED)):
        return track
    lesions, set_aside = index.lesion_table(), SetAside()
    with track.timed("crop_patches") as step:
        patched = _patched(index, lesions, settings.patches, set_aside) if pixels else set(lesions["lesion"])
    step.bytes = len(patched) * CHANNELS * settings.side_px**2 * BYTES_A_VOXEL
    if not pixels:
        step.seconds, step.how = None, "counted"
    track.problems += places.problems("crop_patches", set_aside)
    said = SetAside()
    try:
        with track.timed("find_bookmarks and match_labels"):
            ontology = read_ontology(settings.ontology)
            mentions = read_mentions(index, lesions, ontology, settings.bookmarks, settings.split_seed, said)
    except CohortError as error:
        track.problems += places.problems("find_bookmarks", said)
        track.problems.append(Problem(Severity.STOPS, "find_bookmarks", "cohort", "", error.reason, error.cure,
                                      place=error.place, quotes=True))  # fmt: skip
        return track
    track.problems += places.problems("find_bookmarks", said)
    track.problems += mentions.noticed
    joined, unmatched = join_judged(mentions.pairs, mentions.judged)
    judged = _judged(track, mentions, joined, unmatched, settings.judges)
    unlabelled, learnt = SetAside(), NOTHING
    try:
        with track.timed("expand_labels"):
            learnt = learnable(mentions, joined, lesions, patched, ontology, settings.labels, unlabelled)
        labelled = _labelled(track, mentions, learnt, settings.labels)
    except CohortError as error:
        labelled = False
        track.problems.append(Problem(Severity.STOPS, "expand_labels", "cohort", "", error.reason, error.cure))
    track.problems += places.problems("expand_labels", unlabelled)
    track.used = _used(mentions, lesions, patched, unmatched, learnt)
    track.possible = judged and labelled
    if track.possible and pixels:
        asked = Asked(len(joined), count_judged(joined, "val"), count_judged(joined, "test"))
        if mentions.sample:
            track.steps.append(judging_step(settings.judges, mentions.sample, asked, settings.phantom))
        track.steps += annotator_steps(settings.annotators, learnt, settings.side_px)
    return track


def _judged(track: Track, mentions: Mentions, joined: pl.DataFrame, unmatched: int, judges: Judges) -> bool:
    """Whether judges can be taught and measured; what is wrong with their judgements is told."""
    judged = len(mentions.judged)
    if unmatched:
        reason = f"{unmatched} of {judged} judged mentions are no mention that the ontology finds with their bookmark"
        cure = "compare label, start and bookmark with the ontology and with bookmarks.csv"
        problem = Problem(Severity.NOTICED, "classify_relations", "table", "", reason, cure, "relations.csv")
        track.problems.append(problem)
    if not len(mentions.pairs):
        return True  # there is nothing to judge
    if not judged:
        reason = "nobody judged a mention: the judge that the phantom teaches is taken, and not measured here"
        cure = "write relations.csv to teach and measure judges on this cohort"
        track.problems.append(Problem(Severity.NOTICED, "classify_relations", "cohort", "", reason, cure))
        return True
    stops = []
    for split in ("val", "test"):
        try:
            known = Judged.of(joined, split)
            if split == "val":
                judges.check(known)
        except CohortError as error:
            stops.append(Problem(Severity.STOPS, "classify_relations", "table", "", error.reason, error.cure,
                                 "relations.csv"))  # fmt: skip
    track.problems += stops
    return not stops


def _labelled(track: Track, mentions: Mentions, learnt: Learnable, least: LabelsParams) -> bool:
    """Whether there is a label to learn; if not, that is told."""
    if learnt.measurable and learnt.train:
        return True
    if learnt.labels:
        reason = "no label tells lesions of val apart: all have it, or none"
        step, cure = "train_annotator", "add lesions of val patients, or divide the patients otherwise"
    else:
        wanted = f"{least.min_train} lesions of train, {least.min_val} of val and {least.min_test} of test"
        how = "mentioned beside the bookmarks" if len(mentions.pairs) else "given to the images"
        reason = f"no label is {how} of {wanted}"
        step, cure = "expand_labels", "see what was set aside, or lower labels.min_train, min_val and min_test"
    track.problems.append(Problem(Severity.STOPS, step, "cohort", "", reason, cure))
    return False


def _used(
    mentions: Mentions, lesions: pl.DataFrame, patched: set[str], unmatched: int, learnt: Learnable
) -> dict[str, int]:
    mentioned = set(mentions.pairs["lesion"].drop_nulls()) & patched
    given = set(mentions.given.labels["lesion"]) & patched
    labelled, by_hand = mentioned | given, set(mentions.by_hand["lesion"]) & patched
    owners = lesions.filter(pl.col("lesion").is_in(list(by_hand))).select("lesion", "patient").iter_rows()
    tested = {lesion for lesion, patient in owners if mentions.splits[patient] == "test"}
    used = {"patients": lesions.filter(pl.col("lesion").is_in([*labelled, *tested]))["patient"].n_unique()}
    if mentions.counts["reports"] or not given:
        used |= _told(mentions, mentioned, by_hand, len(mentions.judged) - unmatched)
    if given:
        used |= used_of(mentions.given, given) | divided(lesions, mentions.splits, labelled, tested)
    return used | {"labels that are given often enough": learnt.labels}


def _told(mentions: Mentions, labelled: set[str], by_hand: set[str], judged: int) -> dict[str, int]:
    """What reports give."""
    counts = mentions.counts
    return {
        "lesions with an image and a mentioned label": len(labelled),
        "lesions labelled by hand": len(by_hand),
        "reports": counts["reports"],
        "passages of reports that are covered": counts["passages scrubbed"],
        "sentences with a bookmark": counts["sentences"],
        "bookmarks": counts["bookmarks"],
        "pairs of mention and bookmark": counts["pairs"],
        "judged pairs": judged,
    }


def _patched(index: Index, lesions: pl.DataFrame, params: PatchesParams, set_aside: SetAside) -> set[str]:
    """Lesions of which a patch can be cut."""
    series = {row["series"]: Series.of_row(row) for row in index.series_table().iter_rows(named=True)}
    images, rows = index.cohort.images, list(lesions.iter_rows(named=True))
    sizes = (params.side_mm, params.spacing_mm, params.slice_gap_mm)
    tasks = [Task(one, *series[one["series"]].alone(images), *sizes) for one in rows]
    kept_here = Kept.of(index.cohort.folder, images, *MAKERS)
    kept = set()
    for lesion, error in zip(rows, share(partial(try_crop, kept_here), tasks, "cropping patches"), strict=True):
        with set_aside.guard(Kind.LESION, lesion["lesion"]):
            if error:
                raise LesionError(error.place, error.reason, error.cure)
            kept.add(lesion["lesion"])
    return kept


def try_crop(kept: Kept, task: Task) -> ItemError | None:
    """Why no patch can be cut; nothing of the patch is handed between processes."""
    made = recall(kept, task)
    return made if isinstance(made, ItemError) else None
