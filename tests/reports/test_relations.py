from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch

from lesionary.errors import CohortError, ParamsError
from lesionary.reports.encoding import Channel, Encoded, Example, Span, Vocabulary, blinded, encode
from lesionary.reports.judging import Judge, Relation, RuleJudge, cues, fit_linear, measure
from lesionary.reports.relation_cnn import FoldedCNN, RelationCNN
from lesionary.reports.relations import (
    RelationFit,
    RelationJudge,
    class_weights,
    dev_part,
    fit_relations,
    logits,
    temperature,
)
from lesionary.reports.sentence_vectors import LatentVectors, sentence_vectors
from lesionary.training.devices import fix_threads
from lesionary.training.loop import Recipe, train

NAMES = tuple(Relation)
FINDINGS = [
    "nodule",
    "mass",
    "lymph node",
    "cyst",
    "metastasis",
    "lesion",
    "consolidation",
    "adenoma",
    "abscess",
    "opacity",
]
PLACES = ["right lower lobe", "left kidney", "liver", "mediastinum", "spleen", "left adrenal", "pelvis", "right axilla"]
LOOKS = ["large", "hypodense", "enhancing", "calcified", "lobulated", "necrotic"]
MARKS = ["BOOKMARK", "( {a} : {b} )", "{a}.{b} x {a}.{a} cm", "series {a} image {b}", "{b} mm"]
HEDGES = ["suspicious for", "concerning for", "may represent", "could reflect", "possibly", "worrisome for", "? of"]
DENIALS = ["no", "without", "no evidence of", "no sign of", "negative for"]
FILLERS = ["again", "stable", "since", "prior", "study", "the", "slightly", "in", "now", "seen", "that", "image", "new"]
# {f} {p} {l} a finding, a place, a look of the bookmarked lesion {b}; {u} an uncertain finding, {n} a denied one
CLAUSES = [
    "there is a {l} {f} in the {p} {b}",
    "{b} {l} {f} of the {p}",
    "{f} in the {p} measures {b} , smaller",
    "the {p} shows a {l} {f} {h} {u} {b}",
    "{l} {f} of the {p} {b} {h} {u}",
    "{l} {f} {b} , {u} can not be excluded",
    "{u} versus {u} in the {p} {b}",
    "a {f} , {h} {u} , in the {p} {b}",
    "{d} {n} , but a {l} {f} {b} of the {p}",
    "unchanged {f} of the {p} {b} {d} {n}",
    "a {f} {b} , {h} {u} , in the {p} , {d} {n}",
]
MENTIONS = {"{f}": FINDINGS, "{u}": FINDINGS, "{n}": FINDINGS, "{p}": PLACES, "{l}": LOOKS}
LISTS = {**MENTIONS, "{b}": MARKS, "{h}": HEDGES, "{d}": DENIALS}
JOINTS = [" and ", " ; ", " , while ", " , with ", " . "]


@dataclass(frozen=True)
class Corpus:
    examples: list[Example]
    classes: np.ndarray
    patients: np.ndarray

    def of(self, which: np.ndarray) -> Corpus:
        examples = [self.examples[index] for index in np.flatnonzero(which)]
        return Corpus(examples, self.classes[which], self.patients[which])


def sentence(rng: np.random.Generator) -> list[tuple[Example, Relation]]:
    """One or two clauses, each about a lesion with its own bookmark; all pairs with their truth."""
    tokens: list[str] = []
    mentions: list[tuple[Span, int, str]] = []
    bookmarks: list[Span] = []
    number = int(rng.integers(1, 3))
    for clause in range(number):
        for word in rng.choice(CLAUSES).split():
            tokens += rng.choice(FILLERS, rng.choice([0, 0, 0, 1, 3])).tolist()
            drawn = (
                str(rng.choice(LISTS.get(word, [word]))).format(a=rng.integers(1, 9), b=rng.integers(10, 99)).split()
            )
            span = (len(tokens), len(tokens) + len(drawn))
            tokens += drawn
            if word == "{b}":
                bookmarks.append(span)
            elif word in MENTIONS:
                mentions.append((span, clause, word))
        tokens += rng.choice(JOINTS).split() if clause + 1 < number else ["."]
    pairs = []
    for span, clause, word in mentions:
        for own, bookmark in enumerate(bookmarks):
            truth = {"{u}": Relation.UNCERTAIN, "{n}": Relation.IRRELEVANT}.get(word, Relation.RELEVANT)
            others = tuple(other for other, _, _ in mentions if other != span)
            rest = tuple(other for other in bookmarks if other != bookmark)
            example = Example(tuple(tokens), span, bookmark, others, rest)
            pairs.append((example, truth if own == clause else Relation.IRRELEVANT))
    return pairs


def corpus(pairs: int, seed: int = 0) -> Corpus:
    """Three sentences a patient."""
    rng = np.random.default_rng(seed)
    found: list[tuple[Example, Relation, int]] = []
    patient = 0
    while len(found) < pairs:
        found += [(example, truth, patient) for _ in range(3) for example, truth in sentence(rng)]
        patient += 1
    examples, truths, patients = zip(*found, strict=True)
    return Corpus(list(examples), np.array([NAMES.index(truth) for truth in truths]), np.array(patients))


def fit(data: Corpus, **more: Any) -> RelationFit:
    settings = {"filters": 100, "seed": 3, **more}
    return fit_relations(data.examples, data.classes, data.patients, names=NAMES, **settings)


def macro_f1(judge: Judge, data: Corpus) -> float:
    rng = np.random.default_rng(0)
    predicted = judge.predict(data.examples).argmax(axis=1)
    scores = measure(data.classes, predicted, data.patients, judge.names, replicates=20, level=0.95, rng=rng)
    return next(score.value for score in scores if (score.metric, score.of) == ("f1", "macro"))


def network(heads: int = 0, **more: Any) -> RelationCNN:
    torch.manual_seed(4)
    return RelationCNN(**{"sizes": (30, 4, 20, 20, 6), "classes": 3, "filters": 8, "heads": heads, **more})


def drawn(examples: int, tokens: int) -> torch.Tensor:
    rng = np.random.default_rng(2)
    return torch.as_tensor(np.stack([rng.integers(1, top, (examples, tokens)) for top in (30, 4, 20, 20, 6)], axis=1))


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


@pytest.mark.parametrize("heads", [0, 2])
def test_padding_never_changes_a_result(heads: int) -> None:
    model, ids = network(heads, sentence=2), drawn(5, 7)
    vectors = torch.linspace(-1, 1, 10).reshape(5, 2)
    filled = torch.cat([ids, torch.zeros(5, 5, 9, dtype=torch.long)], dim=2)
    torch.testing.assert_close(model(filled, vectors), model(ids, vectors), rtol=1e-5, atol=1e-6)


def test_padding_does_not_win_the_maximum_where_every_filter_answers_below_zero() -> None:
    model = network(2)
    assert model.attention is not None
    torch.nn.init.constant_(model.attention.join.bias, -5.0)
    ids = drawn(1, 3)
    filled = torch.cat([ids, torch.zeros(1, 5, 4, dtype=torch.long)], dim=2)
    torch.testing.assert_close(model(filled, torch.zeros(1, 0)), model(ids, torch.zeros(1, 0)))


def test_convolution_and_maximum_are_what_a_loop_computes() -> None:
    model, ids = network(sentence=1), drawn(1, 6)
    rows = np.concatenate(
        [table.weight.detach().numpy()[ids[0, channel]] for channel, table in enumerate(model.tables)], axis=1
    )
    zero = np.zeros((1, rows.shape[1]), np.float32)
    rows = np.concatenate([zero, rows, zero])
    kernel, bias = model.convolution.weight.detach().numpy(), model.convolution.bias.detach().numpy()
    answers = [
        [max((rows[at : at + 3].T * one).sum() + b, 0) for at in range(6)] for one, b in zip(kernel, bias, strict=True)
    ]
    joined = np.array([*(max(answer) for answer in answers), 0.7])
    expected = model.score.weight.detach().numpy() @ joined + model.score.bias.detach().numpy()
    np.testing.assert_allclose(model(ids, torch.tensor([[0.7]]))[0].detach(), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("heads", [0, 2])
@pytest.mark.parametrize("channels", [tuple(Channel), (Channel.WORD, Channel.KIND)])
def test_looking_answers_up_is_convolving(heads: int, channels: tuple[Channel, ...]) -> None:
    model, ids = network(heads, sentence=2, channels=channels), drawn(6, 9)
    ids[2, :, 4:] = 0
    ids[3, :, 1:] = 0
    vectors = torch.linspace(-1, 1, 12).reshape(6, 2)
    torch.testing.assert_close(FoldedCNN(model)(ids, vectors), model(ids, vectors), rtol=1e-5, atol=1e-6)


def test_a_channel_that_is_left_out_changes_nothing() -> None:
    model, ids = network(channels=(Channel.WORD, Channel.KIND)), drawn(2, 6)
    before = model(ids, torch.zeros(2, 0))
    for channel in Channel:
        other = ids.clone()
        other[:, channel] = 1
        same = torch.equal(model(other, torch.zeros(2, 0)), before)
        assert same == (channel not in (Channel.WORD, Channel.KIND)), channel


def test_attention_is_what_a_loop_over_heads_computes() -> None:
    attention = network(2).attention
    assert attention is not None
    sequence, real = torch.randn(1, 4, 8), torch.tensor([[True, True, True, False]])
    query, key, value = attention.project(sequence[0]).detach().numpy().reshape(4, 3, 2, 4).transpose(1, 2, 0, 3)
    seen = np.zeros((4, 8))
    for head in range(2):
        for at in range(4):
            weights = np.exp([query[head, at] @ key[head, other] / np.sqrt(4) for other in range(3)])
            seen[at, head * 4 : head * 4 + 4] = weights @ value[head, :3] / weights.sum()
    expected = sequence[0] + attention.join(torch.as_tensor(seen, dtype=torch.float32))
    torch.testing.assert_close(attention(sequence, real)[0], expected, rtol=1e-4, atol=1e-5)


def test_filters_that_heads_cannot_share_are_refused() -> None:
    with pytest.raises(ParamsError, match="3 heads cannot share 8 filters"):
        network(3)


def test_dropout_is_drawn_from_its_generator_and_from_nothing_else() -> None:
    model, ids, none = network().train(), drawn(4, 5), torch.zeros(4, 0)

    def dropped(seed: int) -> torch.Tensor:
        return model(ids, none, torch.Generator().manual_seed(seed))

    assert torch.equal(model(ids, none), model(ids, none))
    assert torch.equal(dropped(1), dropped(1))
    assert not torch.equal(dropped(1), dropped(2))


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
    np.testing.assert_allclose(together[:20], alone, rtol=1e-4, atol=1e-6)
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
    np.testing.assert_allclose(logits(model, encoded, none, which), logits(model, encoded, none)[which], atol=1e-5)


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
