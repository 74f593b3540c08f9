"""Measure what the phantom is compared with: label frequencies, sentence lengths, sizes and scans of real cohorts.

Reads   source    a folder with lesanet/text_mined_labels_171_and_split.json, mtsamples/mtsamples_radiology.json and
                  deeplesion/DL_info.csv (the part of the official table that is there)
Writes  measured  src/lesionary/atlas/measured.yaml: numbers alone, nothing of a report or an image
"""

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl

from lesionary.annotation.released import read_released
from lesionary.atlas.measuring import diameters, label_shares, long_tail, words
from lesionary.cohorts.images.deeplesion import TABLE, read_table
from lesionary.ontology.expansion import expand
from lesionary.ontology.ours import our_ontology
from lesionary.reports.parsing.bookmarks import find_bookmarks
from lesionary.reports.parsing.sentences import split_sentences

HEAD = """\
# Real numbers beside which the phantom's stand. `python real/reality.py` writes this file; a test compares it.

"""
SOURCES = {
    "top_ten_share": "LesaNet's released labels, all splits: lesions with a relevant label, parents by our ontology",
    "words_median": "MTSamples: sentences that hold a size or an image reference",
    "diameter_mm_p5": "DeepLesion: Lesion_diameters_Pixel_ (the longer) times Spacing_mm_px_",
    "pixel_mm_median": "DeepLesion: Spacing_mm_px_, a series once",
}
"""Comment above the first number of each source."""


def main(source: Path, measured: Path) -> None:
    """Measure, and write."""
    labels = released_shares(source / "lesanet" / "text_mined_labels_171_and_split.json")
    numbers = {
        **long_tail(labels),
        **words(referring_sentences(source / "mtsamples" / "mtsamples_radiology.json")),
        **deeplesion(source / "deeplesion" / TABLE),
    }
    lines = [HEAD + "numbers:"]
    for name, value in numbers.items():
        lines += [f"  # {SOURCES[name]}"] if name in SOURCES else []
        lines.append(f"  {name}: {round(value, 4):g}")
    lines += [f"\n# {SOURCES['top_ten_share']}; shares of lesions.", "labels:"]
    lines += [f"  {label}: {round(share, 5)}" for label, share in sorted(labels.items(), key=lambda one: -one[1])]
    measured.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"wrote {measured}")


def released_shares(path: Path) -> dict[str, float]:
    """Share of lesions that have each released label, parents included."""
    ontology, names = our_ontology(), json.loads(path.read_text("utf-8"))["term_list"]
    columns = [ontology.index[name] for name in names]
    listed = np.concatenate([split.relevant for split in read_released(path).values()])
    listed = listed[listed.any(axis=1)]
    whole = np.zeros((len(listed), len(ontology.labels)), bool)
    whole[:, columns] = listed
    return label_shares(expand(whole, ontology.closure)[:, columns], names)


def referring_sentences(path: Path) -> list[str]:
    """Sentences of the reports that refer to a lesion."""
    found = []
    for one in json.loads(path.read_text("utf-8")):
        text = one["text"]
        starts = [bookmark.start for bookmark in find_bookmarks(text)]
        found += [text[start:end] for start, end, _ in split_sentences(text) if any(start <= at < end for at in starts)]
    return found


def deeplesion(path: Path) -> dict[str, float]:
    """Sizes of lesions, and pixels and slice distances of series."""
    table = read_table(path).with_columns(series=pl.col("File_name").str.extract(r"^(.*)_\d+\.png$"))
    spacing, long_px = _numbers(table, "Spacing_mm_px_"), _numbers(table, "Lesion_diameters_Pixel_").max(axis=1)
    series = _numbers(table.unique("series", keep="first", maintain_order=True), "Spacing_mm_px_")
    return {
        **diameters(long_px * spacing[:, 0]),
        "pixel_mm_median": float(np.median(series[:, 0])),
        "interval_mm_median": float(np.median(series[:, 2])),
    }


def _numbers(table: pl.DataFrame, column: str) -> np.ndarray:
    return np.array([[float(part) for part in text.split(",")] for text in table[column]])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("measured", type=Path)
    main(**vars(parser.parse_args()))
