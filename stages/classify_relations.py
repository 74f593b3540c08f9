"""Tell which mention belongs to which bookmark: relevant, uncertain or irrelevant (LesaNet, 3.2 and 5.1).

Reads   reports     sentences.parquet, bookmarks.parquet, judged.parquet
        mentions    parquet
        phantom     its cohort folder: reports, bookmarks and relations of it teach where nobody judged a mention
Writes  relations   parquet: report, sentence, patient, split, start, end, label, bookmark, bookmark_end, lesion,
                    p_relevant, p_uncertain, p_irrelevant, predicted (by the applied row), judged (null where nobody
                    judged)
        model/network.safetensors, model/network.json, model/sentences.safetensors: of the applied row, if a network
        metrics     of the judged test pairs: test.macro.{precision, recall, f1} and test.<class>.{...} of the applied
                    row; rows.<row>.macro.{...}, rows.<row>.calibration_error; differences.<row>.<metric>.{value, low,
                    high}: macro, the row less the applied one; pairs.{all, val, test, unmatched}
        Where the phantom teaches, the applied row alone is trained and nothing is measured: test, rows and differences
        are empty, and pairs.phantom counts the judged pairs that taught. Where there is no pair, as where labels were
        mined elsewhere, no row is trained and the tables are empty.
        plots/intervals.csv     classifier, class, metric, value, low, high: bootstrap over patients
        plots/differences.csv   the same columns: each other row less the applied one on the same draws of patients
        plots/reliability.csv   classifier, above, up_to (confidence), pairs, confidence, accuracy
        plots/history.csv       classifier, epoch, loss, val_macro_f1
"""

import argparse
from pathlib import Path

import polars as pl

from lesionary.base.errors import as_one_line
from lesionary.evaluation.files import write_metrics
from lesionary.params.reports import JudgeParams, RelationsParams
from lesionary.params.results import EvaluationParams, RowsParams
from lesionary.reports.judges import comparing
from lesionary.reports.judges.classifying import count_judged, predictions, train_row, with_predictions
from lesionary.reports.judges.examples import examples_of
from lesionary.reports.judges.lending import School, read_school
from lesionary.reports.judges.relations import RelationJudge
from lesionary.reports.judges.storing import store
from lesionary.reports.parsing.tables import join_judged, pairs_of
from lesionary.reports.parsing.tokens import Tokeniser
from lesionary.training.devices import fix_threads


def main(
    reports: Path, mentions: Path, phantom: Path, relations: Path, model: Path, metrics: Path, plots: Path
) -> None:
    """Train every row on the judged pairs of validation, score all on test, judge every pair with the applied one."""
    params, evaluation = RelationsParams.load(), EvaluationParams.load()
    names = RowsParams.load().relations
    applied, settings = params.applied(names), {row: JudgeParams.load_row(row) for row in names}
    fix_threads()
    sentences, bookmarks, judged = (
        pl.read_parquet(reports / f"{name}.parquet") for name in ("sentences", "bookmarks", "judged")
    )
    mentioned = pl.read_parquet(mentions)
    pairs, unmatched = join_judged(pairs_of(sentences, bookmarks, mentioned), judged)
    tokeniser = Tokeniser(params.pipeline)
    examples = examples_of(pairs, sentences, bookmarks, mentioned, tokeniser)
    asked = not pairs.is_empty()
    lent = asked and judged.is_empty()
    school = read_school(phantom, tokeniser) if lent else School(pairs, examples)
    taught = {applied: settings[applied]} if lent else settings
    rows = {row: train_row(row, one, school.pairs, school.examples) for row, one in taught.items()} if asked else {}

    judge = rows[applied].judge if asked else None
    relations.parent.mkdir(parents=True, exist_ok=True)
    with_predictions(pairs, predictions(judge, examples)).write_parquet(relations)
    model.mkdir(parents=True, exist_ok=True)
    if isinstance(judge, RelationJudge):
        store(judge, model, settings[applied].encoder)

    measured = asked and not lent
    compared = comparing.Comparison.of(rows, pairs, examples) if measured else comparing.Comparison.nothing()
    scores, differences = compared.scores(evaluation), compared.differences(applied, evaluation)
    reliabilities = compared.reliabilities()
    plots.mkdir(parents=True, exist_ok=True)
    comparing.score_table(scores).write_csv(plots / "intervals.csv")
    comparing.score_table(differences).write_csv(plots / "differences.csv")
    comparing.reliability_table(reliabilities).write_csv(plots / "reliability.csv")
    comparing.history_table(rows).write_csv(plots / "history.csv")
    counts = {split: count_judged(pairs, split) for split in ("val", "test")}
    borrowed = {"phantom": count_judged(school.pairs, "val")} if lent else {}
    values = {
        "test": comparing.metrics_of(scores.get(applied, ())),
        "rows": comparing.row_metrics(scores, reliabilities),
        "differences": comparing.difference_metrics(differences),
        "pairs": {"all": len(pairs), **counts, "unmatched": unmatched, **borrowed},
    }
    write_metrics(metrics, values)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("reports", "mentions", "phantom", "relations", "model", "metrics", "plots"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
