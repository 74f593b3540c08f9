"""Read the images of the sub-figure benchmark, and set a tenth of the training images apart (DMRN, 3.4).

Reads   images             {train,test}/<class>/<file>, a folder a class
Writes  0000.npy ...       uint8 RGB (images, 3, side_px, side_px), in shards of 512
        images.parquet     n (place in the shards), file (place in the sorted listing of `images`), class,
                           part (train, validation, test)
        set_aside.csv      kind, subject, reason, cure: files that are no image, copies, classes without an image
        metrics            images, classes, set_aside, and {train, validation, test}.<class>, a `total` each
        plots/classes.csv  class, name, train, validation, test, published_train, published_test
        plots/classes.svg  the same, drawn
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.base.errors import as_one_line
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.evaluation.files import write_metrics
from lesionary.figures.subfigures import draw_distribution
from lesionary.params.sorting import SubfiguresParams
from lesionary.subfigures.counting import count_classes
from lesionary.subfigures.parts import Part
from lesionary.subfigures.reading.images import read_images


def main(images: Path, processed: Path, metrics: Path, plots: Path) -> None:
    """Read what lies in `images`."""
    params = SubfiguresParams.load()
    set_aside = SetAside()
    side_px, validation, seed = params.side_px, params.validation, params.split_seed
    table = read_images(images, processed, set_aside, side_px=side_px, validation=validation, seed=seed)
    table.write_parquet(processed / "images.parquet")
    set_aside.write(processed / "set_aside.csv")
    counts = count_classes(table)
    numbers = {"images": len(table), "classes": len(counts), "set_aside": len(set_aside.problems)}
    write_metrics(metrics, {**numbers, **{str(part): of_part(counts, part) for part in Part}})
    plots.mkdir(parents=True, exist_ok=True)
    counts.write_csv(plots / "classes.csv")
    draw_distribution(counts, plots / "classes.svg")


def of_part(counts: pl.DataFrame, part: Part) -> dict[str, int]:
    """Images of each class, and in all."""
    return {**dict(counts.select("class", str(part)).iter_rows()), "total": int(counts[str(part)].sum())}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("images", "processed", "metrics", "plots"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
