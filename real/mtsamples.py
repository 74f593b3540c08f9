"""Read the radiology reports of MTSamples and say how text mining fares on prose that nobody wrote for it.

Reads   reports  mtsamples_radiology.json: a list of {name, specialty, text}
        judged   folder of mtsamples_<part>.csv: what a reader judged in 150 sentences (`lesionary.reports.audit`)
        model    network.safetensors, network.json, sentences.safetensors: what classify_relations taught the phantom
        interim  reports, mentions.parquet, relations.parquet of the same run; without model or these, relations are
                 left out, and the page says so
Writes  page     Markdown: counts of sentences, bookmarks and mentions, precision and recall where that reader judged,
                 what a reader found wrong, and what scrubbing covers

These reports have no images and no hyperlinks. A record's number is its place in the list, from 0. `READ` was chosen
by hand among the sentences that this script takes to have a bookmark.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from mtsamples_judged import sections, table
from mtsamples_scrubbed import WRONG, scrubbed

from lesionary.ontology.ours import our_ontology
from lesionary.reports.parsing.bookmarks import Kind, find_bookmarks
from lesionary.reports.parsing.mentions import MentionFinder
from lesionary.reports.parsing.sentences import split_sentences

FREQUENT = 20

READ = (
    ("38", "A 7 mm and a 5 mm", "right: two nodules; the one image reference belongs to both"),
    ("56", "paratracheal lymph node", "the station is guessed: taken for the lower one"),
    ("56", "right supraclavicular region", "a region is read as its lymph nodes; so it is wherever nodes are meant"),
    ("56", "It measures 6 x 2 cm.", "size without a label: its node stands in the sentence before"),
    ("93", "left posterior sulcus", "no label: the sulcus is not in the ontology"),
    ("93", "left renal nodule", "right: left kidney and nodule"),
    ("93", "likely representing a cyst", "right, and left to relations to call uncertain"),
    ("93", "hernia neck", "was read as the neck of the body; now as the hernia"),
    ("48", "fluid collection has resolved", "mentioned, though it is gone: for relations"),
    ("47", "cortical mass", "cortex is not tied to the kidney that follows"),
    ("40", "jugulodigastric node", "was a lymph node of nowhere; now of the neck"),
    ("252", "matted nodes", "right; one conglomerate, mentioned twice"),
    ("252", "hyoid bone", "a landmark, mentioned as if it were the place"),
    ("140", "anterior mediastinal mass", "right, with the three sizes; the arch is a landmark"),
    ("192", "33mm just distal to", 'a diameter, kept; without "just" it would pass for a distance'),
    ("201", "slice thicknesses of less than", "was a size of 1 mm; now none"),
    ("230", "transversely x 3.4 AP", "right: both diameters, the second without a unit"),
    ("236", "INTERPRETATION OF IMAGES:", "was read as image 1 across a line break; now none"),
    ("165", "midline shift", "was a size of a lesion; now none"),
    ("99", "consistent with 33 weeks", "a fetal measure, kept as a size"),
    ("14", "Pupils 7mm/5mm", "a size of no lesion, and the second number is lost"),
    ("180", "position measuring 1.2 cm", "right: the distance before it is left out"),
    ("211", "the appendix measures 16 mm", "no label: the appendix is not in the ontology"),
    ("243", "humeral head", "was a head; now silent"),
    ("258", "apex right lung", "right lung was found without its apex; now both"),
)


def main(reports: Path, judged: Path, model: Path, interim: Path, page: Path) -> None:
    """Count, and write `page`."""
    texts = [one["text"] for one in json.loads(reports.read_text("utf-8"))]
    ontology = our_ontology()
    finder = MentionFinder(ontology)
    bookmarks, labels, marked = Counter[str](), Counter[str](), []
    sentences = []
    for text in texts:
        found = find_bookmarks(text)
        bookmarks.update(str(one.kind) for one in found)
        starts = [one.start for one in found]
        for start, end, _ in split_sentences(text):
            sentences.append(text[start:end])
            marked.append(any(start <= at < end for at in starts))
    began = time.perf_counter()
    mentions = list(finder.pipe(sentences))
    seconds = time.perf_counter() - began
    for several in mentions:
        labels.update(one.label for one in several)
    both = sum(bool(several) for several, mark in zip(mentions, marked, strict=True) if mark)
    covered, characters = scrubbed(texts)
    classes = Counter({str(kind): 0 for kind in ontology.classes.values()})
    for label, count in labels.items():
        classes[str(ontology.classes[label])] += count
    lines = [
        "# Text mining on MTSamples\n",
        f"{len(texts)} transcribed radiology reports, CT the smaller part. `real/mtsamples.py` writes this page.\n",
        table(
            ("what", "count"),
            [("sentences", len(sentences)), ("of them with a bookmark", sum(marked)), ("of these with a label", both)],
        ),
        table(("bookmarks", "count"), [(str(kind), bookmarks[str(kind)]) for kind in Kind]),
        table(("mentions", "count"), [*classes.items(), ("all", labels.total())]),
        f"{len(labels)} of {len(ontology.labels)} labels are mentioned at least once. The most frequent:\n",
        table(
            ("label", "class", "mentions"), [(one, ontology.classes[one], n) for one, n in labels.most_common(FREQUENT)]
        ),
        *sections(texts, judged, model, interim, finder),
        f"## What is right and wrong in {len(READ)} sentences\n",
        "Read by hand, chosen for their faults as much as for what is right. Most sizes here measure no lesion: "
        "fetuses, discs, chambers of the heart. Hospital reports of CT have fewer of these.\n",
        table(("record", "words", "judgement"), READ),
        "## What scrubbing covers\n",
        f"{characters:,} characters, without headers that would tell whom to look for ([rules](../privacy.md)). A "
        "language model judged, once, whether a passage names somebody, or a day or time.\n",
        table(("rule", "passages", "reports", "judged", "right", "precision"), covered),
        "\n".join(f"- {one}" for one in WRONG) + "\n",
    ]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n".join(lines).rstrip() + "\n", "utf-8")
    print(f"{page}: {len(sentences)} sentences, labels matched at {len(sentences) / seconds:.0f} sentences a second")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("reports", "judged", "model", "interim", "page"):
        parser.add_argument(name, type=Path)
    main(**vars(parser.parse_args()))
