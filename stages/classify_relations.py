"""Tell which mention belongs to which bookmark: relevant, uncertain or irrelevant (LesaNet, 3.2 and 5.1).

Reads   reports     sentences.parquet, bookmarks.parquet, judged.parquet
        mentions    parquet
Writes  relations   parquet: report, sentence, patient, split, start, end, label, bookmark, bookmark_end, lesion,
                    p_relevant, p_uncertain, p_irrelevant, predicted, judged (null where nobody judged)
        model/network.safetensors, model/network.json, model/sentences.safetensors
        metrics     test.macro.{precision, recall, f1} and test.<class>.{...} of the network on the judged test pairs;
                    rules.macro and linear.macro alike; pairs.{all, val, test, unmatched}
        plots/intervals.csv   classifier, class, metric, value, low, high: bootstrap over patients
        plots/history.csv     epoch, learning_rate, loss, val_macro_f1
"""

import argparse
import json
from pathlib import Path

import polars as pl

from lesionary.arrays import save_arrays
from lesionary.errors import as_one_line
from lesionary.evaluation.files import write_metrics
from lesionary.params import EvaluationParams, RelationsParams
from lesionary.reports.classifying import Judged, baselines, scores, train_judge, with_predictions
from lesionary.reports.relations import RelationJudge
from lesionary.reports.sentence_vectors import LatentVectors
from lesionary.reports.tables import examples_of, join_judged, pairs_of
from lesionary.training.devices import fix_threads


def main(reports: Path, mentions: Path, relations: Path, model: Path, metrics: Path, plots: Path) -> None:
    """Train on the judged pairs of validation, score on test, judge every pair."""
    params, evaluation = RelationsParams.load(), EvaluationParams.load()
    fix_threads()
    tables = [pl.read_parquet(reports / name) for name in ("sentences.parquet", "bookmarks.parquet")]
    tables.append(pl.read_parquet(mentions))
    pairs, unmatched = join_judged(pairs_of(*tables), pl.read_parquet(reports / "judged.parquet"))
    examples = examples_of(pairs, *tables)
    network, epochs = train_judge(pairs, examples, params)
    judges = {"network": network, **baselines(pairs, examples)}
    found = scores(
        judges, pairs, examples, replicates=evaluation.replicates, level=evaluation.level, seed=evaluation.seed
    )
    relations.parent.mkdir(parents=True, exist_ok=True)
    with_predictions(pairs, network.predict(examples)).write_parquet(relations)
    store(network, model)
    of_network = {s.of: {t.metric: t.value for t in found["network"] if t.of == s.of} for s in found["network"]}
    others = {n: {"macro": {s.metric: s.value for s in found[n] if s.of == "macro"}} for n in ("rules", "linear")}
    judged = {split: len(Judged.of(pairs, split).rows) for split in ("val", "test")}
    write_metrics(
        metrics, {"test": of_network, **others, "pairs": {"all": len(pairs), **judged, "unmatched": unmatched}}
    )
    plots.mkdir(parents=True, exist_ok=True)
    rows = [
        {"classifier": name, "class": s.of, "metric": s.metric, "value": s.value, "low": s.low, "high": s.high}
        for name, part in found.items()
        for s in part
    ]
    rounded = pl.selectors.float().round(4)
    pl.DataFrame(rows).with_columns(rounded).write_csv(plots / "intervals.csv")
    curve = [
        {"epoch": e.number, "loss": sum(e.losses.values()), "val_macro_f1": e.validation["macro_f1"]} for e in epochs
    ]
    pl.DataFrame(curve).with_columns(rounded).write_csv(plots / "history.csv")


def store(network: RelationJudge, model: Path) -> None:
    """Write the network, what it needs to read sentences, and its sentence encoder."""
    arrays, data = network.stored()
    save_arrays(model / "network.safetensors", arrays)
    (model / "network.json").write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    if isinstance(network.sentences, LatentVectors):
        save_arrays(model / "sentences.safetensors", network.sentences.arrays())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("reports", "mentions", "relations", "model", "metrics", "plots"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
