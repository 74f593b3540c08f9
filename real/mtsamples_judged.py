"""What is found in the sentences of MTSamples that were judged by hand: bookmarks, mentions and relations.

A room of `mtsamples.py`. Judgements lie in `real/judged`, their rules in `docs/real-data/judging.md`.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from mtsamples_relations import EPOCHS, relation_rows, strangers

from lesionary.cohorts.relations import RELATIONS
from lesionary.params.results import EvaluationParams
from lesionary.reports.audit import Audit, Place, agreement, precision_recall
from lesionary.reports.parsing.bookmarks import find_bookmarks
from lesionary.reports.parsing.mentions import MentionFinder

MODALITIES = ("CT", "other")

BEFORE = (
    ("CT", "bookmarks of a lesion", "0.865", "0.987"),
    ("CT", "mentions", "0.958", "0.976"),
    ("other", "bookmarks of a lesion", "0.500", "1.000"),
    ("other", "mentions", "0.947", "0.857"),
)
"""Measured before the faults that the judgements showed were mended."""

LEFT = (
    "An image reference to what is normal, the width of a normal duct or canal, fetal measures, needles and screws "
    "count as bookmarks: nothing in a size says that it is of no lesion.",
    "A paratracheal lymph node is taken for the lower station.",
    '"L5 nerve root" is read as the vertebra, "T3-4" and "femoral" as nothing.',
    '"5mm thick area", "circumscribed at 1.83 cm" and "bolus contrast enhancement" are read as attributes.',
    '"Lobulated mass lesion" mentions both the lobular mass and the mass.',
    'A node that is said by its chain alone ("cervical chain") and abbreviations ("LAE") are missed.',
)


def sections(texts: Sequence[str], judged: Path, model: Path, interim: Path, finder: MentionFinder) -> list[str]:
    """Markdown: what is found in the judged sentences, and how well relations are told."""
    audit = Audit.read(judged, "mtsamples")
    number = Counter(audit.sentences["modality"])
    refers, said = Counter(audit.bookmarks["refers"]), Counter(audit.relations["relation"])
    lines = [
        f"## What is found in {len(audit.sentences)} sentences that were judged by hand\n",
        f"{number['CT']} sentences of CT reports, which are all that carry a size or an image reference, and "
        f"{number['other']} of other reports, drawn at random. They hold {refers['lesion']} bookmarks of a lesion, "
        f"{refers['other']} sizes and references of none, {len(audit.mentions)} mentions, and {len(audit.relations)} "
        f"pairs of which {', '.join(f'{said[one]} are {one}' for one in RELATIONS)}. One reader, a language "
        "model and no radiologist, judged once ([rules](judging.md)), knowing the ontology. Brackets are intervals "
        "of a bootstrap over records.\n",
        table(("modality", "what", "true", "found", "precision", "recall"), found_and_true(audit, texts, finder)),
        "Before the faults that the judging showed were mended (numbers in words, shifts and slips, necks of hernias, "
        "windows, vessels of organs, some synonyms), on the same sentences; the table above is of no unseen text:\n",
        table(("modality", "what", "precision", "recall"), BEFORE),
        "Left as it is:\n",
        "\n".join(f"- {one}" for one in LEFT) + "\n",
        "## Relations of the judged pairs\n",
    ]
    lacking = [path for path in (model / "network.json", interim / "relations.parquet") if not path.is_file()]
    if lacking:
        reason = f"{lacking[0]} is missing: build it with `dvc repro classify_relations`, then `make real`"
        print(f"relations are not measured: {reason}")
        return [*lines, f"Not measured, since {reason}.\n"]
    head = ("modality", "judge", "accuracy", "macro F1", *(f"{one}: precision / recall" for one in RELATIONS))
    return [
        *lines,
        "Between true mentions and true bookmarks. *phantom*: taught the judged validation sentences of the phantom "
        "alone. *half*: two halves of the records (both modalities), each judged by what was taught the other; with "
        "*phantom*, both at once. *repeated*: the half as often as makes it weigh as much as the phantom. The network "
        f"is then taught anew ({EPOCHS} epochs), with words and sentence vectors of its own examples. "
        "The row *repeated* was added after the one above it had been seen.\n",
        table(head, relation_rows(audit, texts, model, interim)),
        "Most pairs are relevant: accuracy is to be read beside that of *always relevant*. Uncertain pairs are so few "
        "that macro F1 hangs on single ones. The reader knew the cues of the rules, which may favour them. "
        f"{strangers(audit, texts, model):.0%} of the words of these pairs' sentences are unknown to the phantom's "
        "network.\n",
    ]


def table(head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in lines) + "\n"


def found_and_true(audit: Audit, texts: Sequence[str], finder: MentionFinder) -> list[tuple[object, ...]]:
    """Rows of a table: precision and recall of bookmarks and of mentions, for each modality.

    Of CT every report was read to its end, so that a bookmark found outside the judged sentences counts as wrong.
    """
    params, rows = EvaluationParams.load(), []
    for modality in MODALITIES:
        sentences = [row[:3] for row in audit.sentences.filter(modality=modality).iter_rows()]
        records = sorted({record for record, _, _ in sentences})
        marks, labels = [], []
        for record, start, end in sentences:
            labels += [Place(record, start + a, start + b, label) for a, b, label in finder(texts[record][start:end])]
        for record in records:
            own = [(start, end) for one, start, end in sentences if one == record]
            marks += [
                Place(record, one.start, one.end)
                for one in find_bookmarks(texts[record])
                if modality == "CT" or any(start <= one.start < end for start, end in own)
            ]
        here = audit.bookmarks.filter(pl.col("record").is_in(records))
        lesions = [Place(*row) for row in here.filter(refers="lesion").select("record", "start", "end").iter_rows()]
        whole = [Place(*row) for row in here.select("record", "start", "end").iter_rows()]
        said = audit.mentions.filter(pl.col("record").is_in(records)).select("record", "start", "end", "label")
        mentions = [Place(*row) for row in said.iter_rows()]
        for what, found, true in (
            ("bookmarks of a lesion", marks, lesions),
            ("any size or image reference", marks, whole),
            ("mentions", labels, mentions),
        ):
            counts, rng = agreement(found, true, records), np.random.default_rng(params.seed)
            shares = precision_recall(counts, replicates=params.replicates, level=params.level, rng=rng)
            rows.append((modality, what, len(true), len(found), *map(str, shares)))
    return rows
