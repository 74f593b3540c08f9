"""The annotation track over a cohort: the code of crop_patches, find_bookmarks and match_labels, writing nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from lesionary.annotation.cropping import MAKERS, Task, recall
from lesionary.base.errors import CohortError, ItemError, LesionError
from lesionary.checking.places import Places
from lesionary.checking.problems import Problem, Severity
from lesionary.checking.tracks import Track, share
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.contract.splits import split_patients
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import Index
from lesionary.cohorts.kept import Kept
from lesionary.cohorts.texts import Texts
from lesionary.ontology.reading import read_ontology
from lesionary.params.annotation import AnnotationParams
from lesionary.params.images import PatchesParams
from lesionary.params.reports import BookmarksParams, OntologyParams
from lesionary.reports.growing import batches
from lesionary.reports.judges.classifying import count_judged
from lesionary.reports.parsing.matching import Matcher, Tolerance, targets_by_study
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.tables import bookmarked_sentences, join_judged, mentions_of, pairs_of
from lesionary.reports.scrubbing.scrubbing import Scrubber
from lesionary.running.progress import progress

REPORTS = 1_000
"""Read at a time."""
CHANNELS = 3
BYTES_A_VOXEL = 2  # int16 HU


@dataclass(frozen=True)
class Settings:
    """Params of the track."""

    patches: PatchesParams
    bookmarks: BookmarksParams
    split_seed: int
    ontology: Path

    @classmethod
    def load(cls, path: Path) -> Settings:
        """From params.yaml."""
        ontology = Path(OntologyParams.load(path).file)
        seed = AnnotationParams.load(path).split_seed
        return cls(PatchesParams.load(path), BookmarksParams.load(path), seed, ontology)


def check_annotation(index: Index, places: Places, settings: Settings, *, pixels: bool = True) -> Track:
    """What the track can use; a cohort without reports has no such track, which is no problem."""
    track = Track("annotation")
    if not (index.cohort.folder / "reports.csv").is_file():
        return track
    lesions, set_aside = index.lesion_table(), SetAside()
    with track.timed("crop_patches") as step:
        patched = _patched(index, lesions, settings.patches, set_aside) if pixels else set(lesions["lesion"])
    side = round(settings.patches.side_mm / settings.patches.spacing_mm)
    step.bytes = len(patched) * CHANNELS * side**2 * BYTES_A_VOXEL
    if not pixels:
        step.seconds, step.how = None, "counted"
    track.problems += places.problems("crop_patches", set_aside)
    said = SetAside()
    try:
        _read(track, index, lesions, settings, said, patched)
    except CohortError as error:
        problem = Problem(Severity.STOPS, "find_bookmarks", "cohort", "", error.reason, error.cure, place=error.place,
                          quotes=True)  # fmt: skip
        track.problems.append(problem)
    track.problems += places.problems("find_bookmarks", said)
    if not track.possible and not any(one.severity is Severity.STOPS for one in track.problems):
        reason, cure = "no lesion has an image and a label in a sentence", "see what was set aside"
        track.problems.append(Problem(Severity.STOPS, "expand_labels", "cohort", "", reason, cure))
    return track


def _read(
    track: Track, index: Index, lesions: pl.DataFrame, settings: Settings, set_aside: SetAside, patched: set[str]
) -> None:
    texts = Texts(index.cohort, lesions, set_aside)
    tolerance = Tolerance(settings.bookmarks.tolerance_mm, settings.bookmarks.tolerance_share)
    counts: Counter[str] = Counter()
    labelled_by_text: set[str] = set()
    mined = []
    with track.timed("find_bookmarks and match_labels"):
        given = lesions.select("patient", "split").iter_rows()
        splits = split_patients([*given, *texts.patients()], settings.split_seed)
        series = index.series_table()
        match = Matcher(targets_by_study(lesions, series), tolerance)
        scrubbed = Scrubber.of(index.cohort, settings.bookmarks.scrub, lesions, series)
        finder = MentionFinder(read_ontology(settings.ontology))
        for batch in batches(scrubbed(progress(texts.reports(), "finding bookmarks")), REPORTS):
            sentences, bookmarks = bookmarked_sentences(batch, splits, set_aside, match)
            pairs = pairs_of(sentences, bookmarks, mentions_of(sentences, finder))
            counts += Counter(reports=len(batch), sentences=len(sentences), bookmarks=len(bookmarks), pairs=len(pairs))
            labelled_by_text |= set(pairs["lesion"].drop_nulls()) & patched
            mined.append(pairs.select("report", "label", "bookmark", "start", "end", "split"))
        match.report(set_aside)
        judged, by_hand = texts.judged(), texts.labelled()
    counts["passages scrubbed"] = scrubbed.counts.total()
    joined, unmatched = join_judged(pl.concat(mined), judged) if mined else (pl.DataFrame(), len(judged))
    if unmatched:
        reason = (
            f"{unmatched} of {len(judged)} judged mentions are no mention that the ontology finds with their bookmark"
        )
        cure = "compare label, start and bookmark with the ontology and with bookmarks.csv"
        problem = Problem(Severity.NOTICED, "classify_relations", "table", "", reason, cure, "relations.csv")
        track.problems.append(problem)
    if not len(judged):
        reason = "nobody judged a mention: the judge that the phantom teaches is taken, and not measured here"
        cure = "write relations.csv to teach and measure judges on this cohort"
        track.problems.append(Problem(Severity.NOTICED, "classify_relations", "cohort", "", reason, cure))
    lacking = [split for split in ("val", "test") if len(judged) and not (len(joined) and count_judged(joined, split))]
    for split in lacking:
        reason, cure = f"has no judged pair of a {split} patient", "judge mentions of some bookmarked sentences by hand"
        track.problems.append(Problem(Severity.STOPS, "classify_relations", "table", "", reason, cure, "relations.csv"))
    track.used = _used(counts, lesions, labelled_by_text, len(judged) - unmatched, set(by_hand["lesion"]) & patched)
    track.possible = bool(labelled_by_text) and not lacking


def _used(
    counts: Mapping[str, int], lesions: pl.DataFrame, labelled: set[str], judged: int, by_hand: set[str]
) -> dict[str, int]:
    return {
        "patients": lesions.filter(pl.col("lesion").is_in(list(labelled)))["patient"].n_unique(),
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
