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
from lesionary.checking.mined import check_mined, divided, used_of
from lesionary.checking.places import Places
from lesionary.checking.problems import Problem, Severity
from lesionary.checking.tracks import Track, share
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.contract.splits import overruled, split_patients
from lesionary.cohorts.images.reading import Series
from lesionary.cohorts.indexing.index import Index
from lesionary.cohorts.kept import Kept
from lesionary.cohorts.mined import TABLE as MINED
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
    """What the track can use; a cohort with neither reports nor mined labels has no such track, which is no problem."""
    track = Track("annotation")
    if not any((index.cohort.folder / name).is_file() for name in ("reports.csv", MINED)):
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
        reason, cure = "has no lesion with an image and a label", "see what was set aside"
        track.problems.append(Problem(Severity.STOPS, "expand_labels", "cohort", "", reason, cure))
    return track


def _read(
    track: Track, index: Index, lesions: pl.DataFrame, settings: Settings, set_aside: SetAside, patched: set[str]
) -> None:
    texts, ontology = Texts(index.cohort, lesions, set_aside), read_ontology(settings.ontology)
    tolerance = Tolerance(settings.bookmarks.tolerance_mm, settings.bookmarks.tolerance_share)
    counts: Counter[str] = Counter()
    labelled_by_text: set[str] = set()
    found = []
    with track.timed("find_bookmarks and match_labels"):
        given, problems = check_mined(index.cohort, lesions, ontology, set_aside)
        parts = [*lesions.select("patient", "split").iter_rows(), *texts.patients()]
        splits = split_patients(overruled(parts, given.splits), settings.split_seed)
        series = index.series_table()
        match = Matcher(targets_by_study(lesions, series), tolerance)
        scrubbed = Scrubber.of(index.cohort, settings.bookmarks.scrub, lesions, series)
        finder = MentionFinder(ontology)
        for batch in batches(scrubbed(progress(texts.reports(), "finding bookmarks")), REPORTS):
            sentences, bookmarks = bookmarked_sentences(batch, splits, set_aside, match)
            pairs = pairs_of(sentences, bookmarks, mentions_of(sentences, finder))
            counts += Counter(reports=len(batch), sentences=len(sentences), bookmarks=len(bookmarks), pairs=len(pairs))
            labelled_by_text |= set(pairs["lesion"].drop_nulls()) & patched
            found.append(pairs.select("report", "label", "bookmark", "start", "end", "split"))
        match.report(set_aside)
        judged, by_hand = texts.judged(), set(texts.labelled()["lesion"]) & patched
    counts["passages scrubbed"] = scrubbed.counts.total()
    joined, unmatched = join_judged(pl.concat(found), judged) if found else (pl.DataFrame(), len(judged))
    counts["judged"] = len(judged) - unmatched
    problems += _judging(joined, judged, unmatched, counts["pairs"])
    track.problems += problems
    labelled_elsewhere = set(given.labels["lesion"]) & patched
    labelled = labelled_by_text | labelled_elsewhere
    told = {} if labelled_elsewhere and not counts["reports"] else _told(counts, labelled_by_text, by_hand)
    track.used = {"patients": lesions.filter(pl.col("lesion").is_in(list(labelled)))["patient"].n_unique(), **told}
    if labelled_elsewhere:
        track.used |= used_of(given, labelled_elsewhere) | divided(lesions, splits, labelled, by_hand)
    track.possible = bool(labelled) and not any(one.severity is Severity.STOPS for one in problems)


def _judging(joined: pl.DataFrame, judged: pl.DataFrame, unmatched: int, pairs: int) -> list[Problem]:
    """What is to be said of the judgements, and of who judges; nobody does where there are no `pairs`."""
    problems = []
    if unmatched:
        reason = (
            f"{unmatched} of {len(judged)} judged mentions are no mention that the ontology finds with their bookmark"
        )
        cure = "compare label, start and bookmark with the ontology and with bookmarks.csv"
        problem = Problem(Severity.NOTICED, "classify_relations", "table", "", reason, cure, "relations.csv")
        problems.append(problem)
    if pairs and not len(judged):
        reason = "nobody judged a mention: the judge that the phantom teaches is taken, and not measured here"
        cure = "write relations.csv to teach and measure judges on this cohort"
        problems.append(Problem(Severity.NOTICED, "classify_relations", "cohort", "", reason, cure))
    for split in ("val", "test") if pairs and len(judged) else ():
        if not count_judged(joined, split):
            reason = f"has no judged pair of a {split} patient"
            cure = "judge mentions of some bookmarked sentences by hand"
            problems.append(Problem(Severity.STOPS, "classify_relations", "table", "", reason, cure, "relations.csv"))
    return problems


def _told(counts: Mapping[str, int], labelled: set[str], by_hand: set[str]) -> dict[str, int]:
    """What reports give."""
    return {
        "lesions with an image and a mentioned label": len(labelled),
        "lesions labelled by hand": len(by_hand),
        "reports": counts["reports"],
        "passages of reports that are covered": counts["passages scrubbed"],
        "sentences with a bookmark": counts["sentences"],
        "bookmarks": counts["bookmarks"],
        "pairs of mention and bookmark": counts["pairs"],
        "judged pairs": counts["judged"],
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
