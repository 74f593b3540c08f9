"""Draw what stands side by side in the subtyping track (DMRN, Fig. 1, 3, 4 and 5).

Reads   slices        shards, slices.parquet, lesions.parquet
        folds         folds.csv
        features      <row>.safetensors of the rows whose embeddings are shown
        predictions   <row>/studies.parquet of every row
Writes  plots/ablations.svg      confusion matrices of DMRN and its ablations, where one of these is built
        plots/embeddings.svg     t-SNE of the first fold's test slices for the rows of figures.embedded that are built
        pictures/typical.png     two masses a class, each of another patient
        pictures/hard.png        a hard mass a class, and the class probabilities of every row

Pictures show patients' images and stay out of Git. Masses are drawn by `evaluation.seed`: typical ones from all of a
class, hard ones from the third of it that the rows, taken together, are least right about; the slice is the middle one.
"""

import argparse
from pathlib import Path

import numpy as np

from lesionary.base.errors import as_one_line
from lesionary.evaluation.projection import drawn, tsne
from lesionary.figures.subtyped.mass_album import MassAlbum
from lesionary.figures.subtyped.masses import draw_hard, draw_typical
from lesionary.figures.subtyping import draw_confusions, draw_embeddings
from lesionary.params.figures import FiguresParams
from lesionary.params.images import SlicesParams
from lesionary.params.results import EvaluationParams, RowsParams
from lesionary.params.subtyping import SubtyperParams
from lesionary.subtyping.choosing import hard, typical
from lesionary.subtyping.describing import ABLATIONS, describe
from lesionary.subtyping.embedding import embedding_of
from lesionary.subtyping.measuring import Decisions
from lesionary.subtyping.tables.cases import load_slices, load_studies
from lesionary.subtyping.tables.predictions import probabilities, read_predictions

TYPICAL = 2  # masses a class, as in the paper's figure


def main(slices: Path, folds: Path, features: Path, predictions: Path, plots: Path, pictures: Path) -> None:
    """Draw all four."""
    rows, seed = RowsParams.load().subtyping, EvaluationParams.load().seed
    titles = {row: describe(row, SubtyperParams.load_row(row)) for row in rows}
    tables = {row: read_predictions(predictions / row)["study"] for row in titles}
    plots.mkdir(parents=True, exist_ok=True)
    studies, seen = load_studies(folds), load_slices(slices, folds)
    ablations = {titles[row]: Decisions.of(tables[row]).counts() for row in ABLATIONS if row in tables}
    if len(ablations) > 1:
        draw_confusions(ablations, studies.classes, plots / "ablations.svg")
    first = np.flatnonzero(seen.fold == 0)
    test = first[drawn(len(first), seed)]
    wanted = [row for row in FiguresParams.load().embedded if row in titles]
    points = {titles[row]: tsne(embedding_of(features, row, len(seen.fold))[test], seed) for row in wanted}
    if points:
        draw_embeddings(points, seen.label[test], seen.classes, plots / "embeddings.svg")

    album, rng = MassAlbum.open(slices, SlicesParams.load().margin_mm), np.random.default_rng(seed)
    name = studies.table["study"]
    shown = [album.masses(name.gather(chosen).to_list()) for chosen in typical(studies, TYPICAL, rng)]
    draw_typical(dict(zip(studies.classes, shown, strict=True)), pictures / "typical.png")
    said = {row: probabilities(table) for row, table in tables.items()}
    if said:
        tested = studies.tested
        chosen = hard(tested, list(said.values()), rng)
        each = {row: probability[chosen] for row, probability in said.items()}
        draw_hard(
            album.masses(tested.table["study"].gather(chosen).to_list()), each, studies.classes, pictures / "hard.png"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("slices", "folds", "features", "predictions", "plots", "pictures"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
