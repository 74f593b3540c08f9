"""Turn judged mentions into the labels that annotation learns and is measured by (LesaNet, 3.1, 4.2 and 5.1).

Reads   ontology       YAML like lesionary/ontology/lesions.yaml, or a released workbook (.xlsx)
        reports        patients.parquet (patient, split), labelled.parquet (lesion, label by hand), mined.parquet where
                       there is one (lesion, label, relation: mined elsewhere)
        relations      parquet: report, start, end, lesion, label, predicted, judged (hand-judged relation or null) ...
        patches        patches.parquet: the lesions that have an image
Writes  labels/lesions.parquet      lesion, patient, split, row (in the patches), mined (has a mention, or a label that
                                    was given), by_hand (of test): lesions that are one or both
        labels/labels.csv           label, class, train, val, test: how often each occurs, mined and expanded
        labels/targets.safetensors  uint8 (lesions, labels): relevant, uncertain, irrelevant as mentioned;
                                    with their parents: relevant_expanded, relevant_uncertain_expanded,
                                    mentioned_expanded; uncertain_expanded; hand (complete truth, where by_hand);
                                    closure and exclusions (labels, labels)
        labels/evidence.parquet     lesion, label, source (mention, expansion, given), from_label, report, start, end,
                                    bookmark, relation (as used), judged, p_<relation>: every label of every lesion;
                                    of what was given, report to bookmark, judged and p_<relation> are null
        metrics                     {raw, relevant, relevant_uncertain, expanded}.{precision, recall, f1} of the mined
                                     labels of hand-labelled lesions against their truth, where labels are mined here;
                                     given.{lesions, labels} and the same of these, where labels were given; counts of
                                     lesions, of labels, of pairs.{parents, exclusive} among them, and of
                                     labels_a_lesion.{text_mined, hand_labelled, unsaid}
        labels/contradictions.csv   fault, label, other: what the ontology says against itself, which is not obeyed
        labels/set_aside.csv        kind, subject, reason, cure
        plots/counts.csv            label, class, learnt, split, relevant, uncertain, irrelevant, implied: lesions
        plots/faults.csv            split, lesions, labelled, labels, said_twice, missing_ancestors,
                                    exclusive_together, exclusive_as_written: of relevant labels as mentioned

In the train split a mention's relation is the classifier's; in val and test it is the judge's where there is one. The
mining is measured by the classifier's alone. A label that was given and is mentioned, too, has the stronger relation.
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl

from lesionary.annotation.labels import expanded, label_list, labels_a_lesion, mine, pairs_among, quality_of
from lesionary.annotation.mining.evidence import evidence
from lesionary.annotation.mining.given import given_metrics, read_given, with_given
from lesionary.annotation.mining.statistics import count_table, fault_table
from lesionary.annotation.mining.targets import by_hand, lesions_with_labels
from lesionary.base.arrays import save_arrays
from lesionary.base.errors import as_one_line
from lesionary.cohorts.contract.set_aside import SetAside
from lesionary.evaluation.files import write_metrics
from lesionary.ontology.expansion import expand
from lesionary.ontology.reading import read_ontology
from lesionary.params.annotation import LabelsParams


def main(
    ontology: Path, reports: Path, relations: Path, patches: Path, labels: Path, metrics: Path, plots: Path
) -> None:
    """Write the labels of every lesion with a patch and a mention, or labelled by hand and of test."""
    params, graph, set_aside = LabelsParams.load(), read_ontology(ontology), SetAside()
    own = pl.read_parquet(relations).with_columns(used=pl.coalesce("judged", "predicted"))
    given = read_given(reports, graph, set_aside)
    pairs = with_given(own, given)
    hand_rows = pl.read_parquet(reports / "labelled.parquet")
    patients = pl.read_parquet(reports / "patients.parquet")
    patched = pl.read_parquet(patches / "patches.parquet")
    lesions = lesions_with_labels(patched, patients, pairs, hand_rows, set_aside, given=len(given) > 0)
    names, said = lesions["lesion"].to_list(), lesions["mined"].to_numpy()
    split = np.where(said, lesions["split"].to_numpy(), "")  # what is labelled by hand alone tells nothing of mining
    mined, hand = mine(pairs, names, graph, "used"), by_hand(hand_rows, names, graph, set_aside)
    known = expanded(mined, graph)
    both = expand(mined.relevant | mined.uncertain, graph.closure)
    parts = (both[split == "train"], known.relevant[split == "val"], known.relevant[split == "test"])
    kept = label_list(*parts, (params.min_train, params.min_val, params.min_test))
    truth = expand(hand, graph.closure)

    labels.mkdir(parents=True, exist_ok=True)
    lesions.write_parquet(labels / "lesions.parquet")
    evidence(pairs, names, graph).write_parquet(labels / "evidence.parquet")
    counts = {name: part.sum(axis=0)[kept] for name, part in zip(("train", "val", "test"), parts, strict=True)}
    chosen = [graph.labels[column] for column in kept]
    classes = [graph.classes[label].value for label in chosen]
    pl.DataFrame({"label": chosen, "class": classes, **counts}).write_csv(labels / "labels.csv")
    with_parents = {"relevant": known.relevant, "relevant_uncertain": both, "uncertain": known.uncertain}
    with_parents["mentioned"] = expand(mined.mentioned, graph.closure)
    matrices = {**vars(mined), **{f"{name}_expanded": m for name, m in with_parents.items()}, "hand": truth}
    among = {name: getattr(graph, name)[np.ix_(kept, kept)] for name in ("closure", "exclusions")}
    arrays = {name: matrix[:, kept] for name, matrix in matrices.items()} | among
    save_arrays(labels / "targets.safetensors", {name: array.astype(np.uint8) for name, array in arrays.items()})
    faults = [(one.fault.value, one.label, one.other) for one in graph.contradictions()]
    pl.DataFrame(faults, ["fault", "label", "other"], orient="row").write_csv(labels / "contradictions.csv")
    set_aside.write(labels / "set_aside.csv")
    plots.mkdir(parents=True, exist_ok=True)
    count_table(mined, split, kept, graph).write_csv(plots / "counts.csv")
    fault_table(mined, pairs, names, split, graph, "used").write_csv(plots / "faults.csv")

    judged_by_hand = lesions["by_hand"].to_numpy()
    asked, right = lesions.filter("by_hand")["lesion"].to_list(), truth[judged_by_hand]
    quality = quality_of(own, asked, right, graph, "predicted")
    elsewhere = {"given": given_metrics(given, asked, right, graph)} if len(given) else {}
    sizes = {name: int((split == name).sum()) for name in ("train", "val", "test")}
    described = {
        "lesions": {**sizes, "by_hand": int(judged_by_hand.sum())},
        "labels": len(kept),
        "pairs": pairs_among(graph.only(chosen)),
        "labels_a_lesion": labels_a_lesion(known.relevant[:, kept], truth[:, kept], split == "test", judged_by_hand),
    }
    write_metrics(metrics, {**quality, **described, **elsewhere})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("ontology", "reports", "relations", "patches", "labels", "metrics", "plots"):
        parser.add_argument(name, type=Path)
    with as_one_line():
        main(**vars(parser.parse_args()))
