"""Show the phantom: pictures of it on one page, and its statistics beside those of real cohorts.

Reads   cohort    data/raw/phantom: images, lesions, reports and what was judged by hand
        truth     of that cohort (CSV): lesion, kind, labels, subtype, mean_hu, diameter_mm, slices
Writes  page      HTML, one file: torso, organs, kinds of lesion and sub-types, each with a few slices or crops, beside
                  the sentence that has the lesion's bookmark and its true labels
        metrics   section.number.{phantom, real}, and rank_correlation (of label frequencies); what cannot be measured
                  is left out
        plots/labels.csv               label, class, phantom_true, phantom_said, deeplesion: shares of lesions
        plots/labels_by_rank.svg, plots/labels_by_label.svg
        table     Markdown: the same numbers, and what agrees with reality
"""

import argparse
from pathlib import Path

from lesionary.atlas.comparing import compare
from lesionary.atlas.comparing import metrics as as_metrics
from lesionary.atlas.markdown import page as markdown
from lesionary.atlas.material import read_material
from lesionary.atlas.page import Atlas, render
from lesionary.atlas.reality import read_measured
from lesionary.atlas.statistics import Statistics
from lesionary.base.errors import as_one_line
from lesionary.evaluation.files import write_metrics
from lesionary.figures.phantom import draw_labels, draw_ranks
from lesionary.params.annotation import LabelsParams
from lesionary.params.images import IndexParams


def main(cohort: Path, truth: Path, page: Path, metrics: Path, plots: Path, table: Path) -> None:
    """Read the cohort once, show it and count it."""
    rule = LabelsParams.load()
    material = read_material(cohort, truth, IndexParams.load())
    counts = Statistics(material, read_measured().labels, (rule.min_train, rule.min_val, rule.min_test))
    sections = compare(counts.figures, counts.subtypes)
    write_metrics(metrics, {**as_metrics(sections), "rank_correlation": counts.rank_correlation})
    plots.mkdir(parents=True, exist_ok=True)
    counts.shares.write_csv(plots / "labels.csv")
    draw_ranks(counts.shares, plots / "labels_by_rank.svg")
    draw_labels(counts.shares, plots / "labels_by_label.svg")
    for path, text in ((table, markdown(sections, counts)), (page, render(Atlas.of(material)))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("cohort", "truth", "page", "metrics", "plots", "table"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
