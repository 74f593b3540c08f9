"""Draw the figures of one annotation row (LesaNet, Fig. 2, 4, 6 and 7), its calibration, and its thresholds.

Reads   ontology    the file that the labels were matched by
        patches, labels, and the row's model and scores
        reports     sentences.parquet, bookmarks.parquet
Writes  plots/ontology.svg      a sample of the ontology; dashed: labels that are not learnt
        plots/propagation.svg   the learnt score propagation of a few labels, where the row has one
        plots/calibration.svg   reliability curves on both test sets
        plots/thresholds.csv    test, metric, grid, exact: means with the authors' grid of thresholds, and with the best
                                of all thresholds
        pictures/samples.png    ten lesions with right, wrong and missed labels and their scores
        pictures/similar.png    four lesions, the three nearest of other patients, and what was written of these

Pictures show patients' images and words and stay out of Git. Lesions are hand-labelled ones of the test split, drawn
by `evaluation.seed` so that they are spread over the body.
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl

from lesionary.annotation.dataset import Labels, load_patches
from lesionary.annotation.outcomes import outcomes, sentences_of, spread_lesions
from lesionary.annotation.scoring.calibrating import reliabilities
from lesionary.annotation.scoring.measuring import evaluation_sets, threshold_table
from lesionary.annotation.scoring.retrieving import neighbours
from lesionary.base.arrays import load_arrays
from lesionary.base.errors import as_one_line
from lesionary.figures.annotated.lesions import draw_retrieval, draw_samples
from lesionary.figures.annotated.ontology import draw_ontology
from lesionary.figures.annotated.propagation import draw_propagation, readable
from lesionary.figures.annotated.showing import Album
from lesionary.figures.reliability import draw_reliability
from lesionary.ontology.reading import read_ontology
from lesionary.params.results import EvaluationParams

SAMPLES, QUERIES, NEAREST = 10, 4, 3


def main(
    ontology: Path, patches: Path, labels: Path, model: Path, scores: Path, reports: Path, plots: Path, pictures: Path
) -> None:
    """Draw everything that shows one row alone."""
    rng, graph, known = (
        np.random.default_rng(EvaluationParams.load().seed),
        read_ontology(ontology),
        Labels.load(labels),
    )
    weights, said = load_arrays(model), load_arrays(scores)
    plots.mkdir(parents=True, exist_ok=True)
    draw_ontology(graph, known.names, plots / "ontology.svg")
    if "propagate.weight" in weights:
        names = readable(known.table)
        among = [known.names.index(name) for name in names]
        draw_propagation(weights["propagate.weight"][np.ix_(among, among)], names, plots / "propagation.svg")
    draw_reliability(reliabilities(evaluation_sets(known, said["scores"])), plots / "calibration.svg")
    threshold_table(known, said["scores"]).write_csv(plots / "thresholds.csv")

    album = Album(known, *load_patches(patches, known), graph)
    sampled = spread_lesions(known, SAMPLES, rng)
    draw_samples([(album.shown(n), outcomes(known, said["scores"], n)) for n in sampled], pictures / "samples.png")
    asked = spread_lesions(known, QUERIES, rng)
    found = neighbours(known, said["embedding"], np.array(asked), NEAREST)
    lesions = known.lesions["lesion"].gather(found.ravel()).to_list()
    sentences, bookmarks = (pl.read_parquet(reports / f"{name}.parquet") for name in ("sentences", "bookmarks"))
    texts = sentences_of(lesions, sentences, bookmarks)
    rows = [
        (album.shown(n), outcomes(known, said["scores"], n), [album.match(n, other, texts) for other in near])
        for n, near in zip(asked, found.tolist(), strict=True)
    ]
    draw_retrieval(rows, pictures / "similar.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("ontology", "patches", "labels", "model", "scores", "reports", "plots", "pictures"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
