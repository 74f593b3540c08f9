"""Run the image stages over what is here of DeepLesion: its slices, its official table, its lesions' patches.

Reads   source   a folder with Images_png/<series>/<slice>.png and DL_info.csv
Writes  cohort   data/raw/deeplesion, in the cohort layout
        work     a folder kept out of Git: index, patches, and patches.png, every patch with its lesion's box
        page     docs/real-data/deeplesion.md: the lesions, and what was set aside
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lesionary.annotation.columns import EDGES
from lesionary.base.errors import CohortError
from lesionary.cohorts.images.deeplesion import official_numbers, read_table
from lesionary.imaging.shards import read_shards
from lesionary.importing.importing import plan_import
from lesionary.importing.request import Request

MEMORY = Path("data/interim/import/deeplesion.csv")
ABOUT = "Patient 000001 of DeepLesion (NIH Clinical Center), as distributed."


def main(source: Path, cohort: Path, work: Path, page: Path) -> None:
    """Import, index, crop, draw, write."""
    for folder in (cohort, work):
        shutil.rmtree(folder, ignore_errors=True)
    plan_import(Request(source, cohort, MEMORY, about=ABOUT, copy=True)).write()
    index, patches = work / "index", work / "patches"
    stage("index_images", cohort, index)
    stage("crop_patches", cohort, index, patches)
    table = pl.read_parquet(patches / "patches.parquet")
    images = np.concatenate(list(read_shards(patches)))
    draw(images, table.select(EDGES).to_numpy(), work / "patches.png")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text(cohort, index, images, table), "utf-8")
    print(f"wrote {page}; look at {work / 'patches.png'}")


def stage(name: str, *paths: Path) -> None:
    """Run a stage by hand."""
    subprocess.run([sys.executable, f"stages/{name}.py", *map(str, paths)], check=True)


def draw(images: np.ndarray, boxes: np.ndarray, path: Path) -> None:
    """Three channels a lesion, each with the box, at a soft-tissue window."""
    figure = Figure(figsize=(9, 3 * len(images)), layout="constrained")
    for row, (patch, box) in enumerate(zip(images, boxes, strict=True)):
        for channel in range(3):
            axes = figure.add_subplot(len(images), 3, 3 * row + channel + 1)
            axes.imshow(patch[channel], cmap="gray", vmin=-160, vmax=240)
            x_min, y_min, x_max, y_max = box
            edges = Rectangle((x_min - 0.5, y_min - 0.5), x_max - x_min, y_max - y_min, fill=False, edgecolor="#e69f00")
            axes.add_patch(edges)
            axes.set(
                xticks=[], yticks=[], title=f"lesion {row + 1}, {('2 mm below', 'key slice', '2 mm above')[channel]}"
            )
    figure.savefig(path, dpi=80)


def text(cohort: Path, index: Path, images: np.ndarray, table: pl.DataFrame) -> str:
    """The page."""
    lesions, series = pl.read_parquet(index / "lesions.parquet"), pl.read_parquet(index / "series.parquet")
    rows = lesions.join(series, on="series").join(table, on="lesion", suffix="_px")
    lines = ["| lesion | box in its patch (px) | spacing (mm) | mean HU in the box |", "|---|---|---|---|"]
    for number, (row, patch) in enumerate(zip(rows.iter_rows(named=True), images, strict=True), start=1):
        edges = [row[f"{name}_px"] for name in EDGES]
        x_min, y_min, x_max, y_max = (round(edge) for edge in edges)
        mean = patch[1, y_min:y_max, x_min:x_max].mean()
        spacing = " x ".join(f"{mm:g}" for mm in row["spacing_mm"])
        lines.append(f"| {number} | {', '.join(f'{edge:.1f}' for edge in edges)} | {spacing} | {mean:.0f} |")
    aside = pl.read_csv(index / "set_aside.csv")
    listed = [f"- {row['reason']} ({row['cure']})" for row in aside.iter_rows(named=True)]
    try:
        official_numbers(read_table(cohort / "DL_info.csv"), "DL_info.csv")
        refusal = "The table is whole: row numbers name lesions."
    except CohortError as error:
        refusal = f"Row numbers as lesion names are refused: {error}."
    parts = [
        "# DeepLesion, patient 000001",
        f"{len(series)} series, {len(lesions)} lesions with a patch.",
        "\n".join(lines),
    ]
    return "\n\n".join([*parts, refusal, "Set aside:", "\n".join(listed)]) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("source", "cohort", "work", "page"):
        parser.add_argument(name, type=Path)
    main(**vars(parser.parse_args()))
