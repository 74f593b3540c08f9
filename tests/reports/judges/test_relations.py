from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from closeness import assert_same_sums
from relation_samples import NAMES, Corpus, corpus, network

from lesionary.base.errors import CohortError
from lesionary.reports.judges.encoding import Encoded, Example, Vocabulary, blinded, encode
from lesionary.reports.judges.judging import Judge, RuleJudge, cues, fit_linear, measure
from lesionary.reports.judges.relations import (
    RelationFit,
    RelationJudge,
    class_weights,
    dev_part,
    fit_relations,
    logits,
    temperature,
)
from lesionary.reports.judges.sentence_vectors import LatentVectors, sentence_vectors
from lesionary.training.devices import fix_threads
from lesionary.training.loop import Recipe, train


def fit(data: Corpus, **more: Any) -> RelationFit:
    settings = {"filters": 100, "seed": 3, **more}
    return fit_relations(data.examples, data.classes, data.patients, names=NAMES, **settings)


def macro_f1(judge: Judge, data: Corpus) -> float:
    rng = np.random.default_rng(0)
    predicted = judge.predict(data.examples).argmax(axis=1)
    scores = measure(data.classes, predicted, data.patients, judge.names, replicates=20, level=0.95, rng=rng)
    return next(score.value for score in scores if (score.metric, score.of) == ("f1", "macro"))


@pytest.fixture(autouse=True)
def one_thread() -> None:
    fix_threads(1)


@pytest.fixture(scope="module")
def judged() -> Corpus:
    return corpus(600)


@pytest.fixture(scope="module")
def split(judged: Corpus) -> tuple[Corpus, Corpus]:
    held_out = judged.patients % 4 == 0
    return judged.of(~held_out), judged.of(held_out)


@pytest.mark.parametrize("heads", [0, 4])
def test_a_tiny_set_is_learnt_by_heart_and_one_step_changes_every_parameter(judged: Corpus, heads: int) -> None:
    few = judged.of(np.arange(len(judged.examples)) < 24)
    encoded = encode(few.examples, Vocabulary.fit(few.examples, min_count=1))
    vectors = np.random.default_rng(0).random((24, 5), dtype=np.float32)
    sizes = Vocabulary.fit(few.examples, min_count=1).sizes
    model = network(heads, sizes=sizes, sentence=5, filters=32)
    before = {name: value.clone() for name, value in model.named_parameters()}
    ids, joined = torch.as_tensor(encoded.padded(np.arange(24))), torch.as_tensor(vectors)
    targets = torch.as_tensor(few.classes)

    def losses(batch: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"loss": torch.nn.functional.cross_entropy(model(ids[batch], joined[batch]), targets[batch])}

    optimizer = torch.optim.Adam(model.parameters())
    recipe = Recipe(epochs=120, batch=24, learning_rate=0.005, cosine=False)
    history = train(model, optimizer, lambda _: np.arange(24), losses, recipe)
    next(history)
    assert [name for name, value in model.named_parameters() if torch.equal(value, before[name])] == []
    assert list(history)[-1].losses["loss"] < 0.02
    assert logits(model, encoded, vectors).argmax(axis=1).tolist() == few.classes.tolist()


@pytest.mark.parametrize("heads", [0, 4])
def test_one_seed_gives_the_same_bytes_whatever_torch_has_drawn_before(judged: Corpus, heads: int) -> None:
    few = judged.of(judged.patients < 12)

    def trained(seed: int) -> tuple[list[Any], bytes]:
        torch.rand(int(torch.randint(1, 99, ())))
        run = fit(few, epochs=2, heads=heads, seed=seed)
        history = list(run.epochs())
        return history, run.best().predict(few.examples).tobytes()

    assert trained(1) == trained(1)
    assert trained(1) != trained(2)


def test_an_epoch_visits_every_training_pair_once_in_an_order_of_its_own(judged: Corpus) -> None:
    run = fit(judged)
    assert not np.array_equal(run.plan(1), run.plan(2))
    assert np.array_equal(run.plan(2), run.plan(2))
    assert sorted(run.plan(1)) == np.flatnonzero(~run.dev).tolist()


def test_the_best_epoch_is_kept_though_later_ones_are_worse(judged: Corpus) -> None:
    few = judged.of(judged.patients < 16)
    run = fit(few, epochs=12, learning_rate=0.03)
    history = list(run.epochs())
    dev = few.of(run.dev)
    best = max(epoch.validation["macro_f1"] for epoch in history)
    assert macro_f1(run.best(), dev) == pytest.approx(best)
    assert history[-1].validation["macro_f1"] != best


def test_words_of_the_held_out_patients_are_unknown(judged: Corpus) -> None:
    data = replace(judged, examples=[*judged.examples])
    held = dev_part(data.classes, data.patients, fraction=0.2, seed=3)
    for index in np.flatnonzero(held).tolist():
        data.examples[index] = replace(data.examples[index], tokens=tuple(f"{t}x" for t in data.examples[index].tokens))
    run = fit(data, epochs=1)
    next(run.epochs())
    assert not any(word.endswith("lesionx") for word in run.best().vocabulary.words)


def test_one_pair_alone_is_judged_as_among_others(split: tuple[Corpus, Corpus]) -> None:
    train_part, rest = split
    encoder = LatentVectors.fit([blinded(example) for example in train_part.examples], dimension=8, seed=0)
    run = fit(train_part, epochs=1, sentences=encoder, heads=2)
    next(run.epochs())
    judge = run.best()
    together = judge.predict(rest.examples)
    np.testing.assert_allclose(together.sum(axis=1), 1)
    alone = np.concatenate([judge.predict([example]) for example in rest.examples[:20]])
    assert_same_sums(alone, together[:20])
    assert judge.predict([]).shape == (0, 3)


def test_a_judge_that_was_stored_judges_alike(judged: Corpus) -> None:
    few = judged.of(judged.patients < 12)
    encoder = LatentVectors.fit([blinded(example) for example in few.examples], dimension=8, seed=0)
    run = fit(few, epochs=1, heads=2, sentences=encoder)
    next(run.epochs())
    judge = run.best()
    arrays, data = judge.stored()
    again = RelationJudge.restored(arrays, json.loads(json.dumps(data)), LatentVectors.from_arrays(encoder.arrays()))
    assert np.array_equal(again.predict(few.examples), judge.predict(few.examples))
    assert again.names == NAMES


def test_the_network_learns_the_grammar_far_beyond_the_majority(split: tuple[Corpus, Corpus]) -> None:
    train_part, rest = split
    run = fit(train_part, epochs=30, learning_rate=0.003)
    history = list(run.epochs())
    predicted = run.best().predict(rest.examples).argmax(axis=1)
    majority = np.bincount(train_part.classes).argmax()
    assert (predicted == rest.classes).mean() > (rest.classes == majority).mean() + 0.2
    assert macro_f1(run.best(), rest) > 0.65
    assert history[-1].losses["cross_entropy"] < history[0].losses["cross_entropy"] / 2


def test_every_judge_fits_the_same_table(split: tuple[Corpus, Corpus]) -> None:
    train_part, rest = split
    linear = fit_linear(train_part.examples, train_part.classes, names=NAMES)
    assert macro_f1(linear, rest) > 0.7
    assert macro_f1(RuleJudge(cues()), rest) > 0.7


def test_the_held_out_part_shares_no_patient_and_has_every_class() -> None:
    patients = np.array([f"p{index // 5}" for index in range(100)])
    classes = np.zeros(100, int)
    classes[[3, 97]] = 1  # two patients know the rare class
    held = dev_part(classes, patients, fraction=0.5, seed=0)
    assert not set(patients[held]) & set(patients[~held])
    assert held.sum() == 50
    assert classes[held].sum() == 1
    assert dev_part(classes[:10], patients[:10], fraction=0.01, seed=0).sum() == 5


def test_one_patient_cannot_be_parted() -> None:
    with pytest.raises(CohortError, match="come from 1 patients"):
        dev_part(np.array([0, 1]), np.array(["a", "a"]), fraction=0.2, seed=0)


def test_a_class_that_training_lacks_does_not_weigh_without_end() -> None:
    assert class_weights(np.array([0, 0, 2, 2]), 3).tolist() == pytest.approx([2 / 3, 4 / 3, 2 / 3])


def test_the_temperature_undoes_a_scale() -> None:
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 2, (20_000, 3))
    classes = (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)  # drawn from their softmax
    assert temperature(scores, classes) == pytest.approx(1, abs=0.03)
    assert temperature(scores * 5, classes) == pytest.approx(5, rel=0.03)


def test_without_an_encoder_a_sentence_vector_has_no_numbers(judged: Corpus) -> None:
    assert sentence_vectors(judged.examples[:2], None).shape == (2, 0)


def test_predictions_come_in_the_order_asked_for(judged: Corpus) -> None:
    vocabulary = Vocabulary.fit(judged.examples, min_count=1)
    encoded: Encoded = encode(judged.examples[:300], vocabulary)
    model, none = network(sizes=vocabulary.sizes), np.zeros((300, 0), np.float32)
    which = np.random.default_rng(0).permutation(300)[:200]
    assert_same_sums(logits(model, encoded, none, which), logits(model, encoded, none)[which])


def test_parts_of_speech_are_looked_at_where_any_are_known(judged: Corpus) -> None:
    few = judged.of(judged.patients < 8)
    tagged = [replace(example, pos=("X",) * len(example.tokens)) for example in few.examples]
    settings = []
    for one in (few, replace(few, examples=tagged)):
        run = fit(one, epochs=1)
        next(run.epochs())
        settings.append(run.best().settings["channels"])
    assert settings == [[0, 2, 3, 4], [0, 1, 2, 3, 4]]


def test_any_two_spans_and_any_classes_are_learnt() -> None:
    """Who treats whom: nothing here is a lesion."""
    verbs = {"treats": 0, "blocks": 1, "meets": 2, "copies": 3}
    who = ("anna", "bert", "carl", "dora", "emil", "fritz")
    examples = [Example((a, verb, b, "."), (0, 1), (2, 3)) for a in who for verb in verbs for b in who]
    classes = np.array([verbs[example.tokens[1]] for example in examples])
    names = ("heals", "hinders", "knows", "equals")
    run = fit_relations(
        examples, classes, np.arange(len(examples)) // 8, names=names, epochs=12, filters=32, learning_rate=0.02, seed=1
    )
    list(run.epochs())
    asked = [Example(("grete", "blocks", "hans", "."), (0, 1), (2, 3))]
    assert names[run.best().predict(asked).argmax()] == "hinders"
