from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from lesionary.base.errors import ParamsError
from lesionary.reports.judges.encoding import Example, Span
from lesionary.reports.judges.judging import Cues, Relation, RuleJudge, cues, fit_linear, gap, measure

NAMES = tuple(Relation)


def marked(text: str) -> Example:
    """`[x y]` is the mention, `<x y>` the bookmark in question, `{x}` another bookmark."""
    tokens: list[str] = []
    spans: dict[str, list[Span]] = {"[": [], "<": [], "{": []}
    opened: list[tuple[str, int]] = []
    for raw in text.split():
        if raw[0] in spans:
            opened.append((raw[0], len(tokens)))
        tokens.append(raw.strip("[]<>{}"))
        if raw[-1] in "]>}":
            kind, start = opened.pop()
            spans[kind].append((start, len(tokens)))
    return Example(tuple(tokens), spans["["][0], spans["<"][0], other_bookmarks=tuple(spans["{"]))


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("A [large] nodule <BOOKMARK> .", "relevant"),
        ("No [nodule] beside the mass <BOOKMARK> .", "irrelevant"),
        ("No nodule , but a [mass] <BOOKMARK> .", "relevant"),
        ("The [effusion] has resolved , <14 mm> .", "irrelevant"),
        ("No interval change of the [mass] <BOOKMARK> .", "relevant"),
        ("A lesion suspicious for [metastasis] <BOOKMARK> .", "uncertain"),
        ("[Adenopathy] versus mass <BOOKMARK> .", "uncertain"),
        ("Adenopathy versus [mass] <BOOKMARK> .", "uncertain"),
        ("[Metastasis] can not be excluded <BOOKMARK> .", "uncertain"),
        ("Possible cyst ; a [mass] <BOOKMARK> .", "relevant"),
        ("Nodule in the [right lower lobe] {A} and one in the liver <B> .", "irrelevant"),
        ("Nodule in the [right lower lobe] <A> and one in the liver {B} .", "relevant"),
        ("Likely [cyst] {A} , and a mass <B> .", "irrelevant"),
        ("[mass] ? <BOOKMARK>", "uncertain"),
        ("No one two three four five six seven eight nine [mass] <BOOKMARK>", "relevant"),
    ],
)
def test_the_rules_read_as_a_radiologist_does(text: str, relation: str) -> None:
    example = marked(text)
    assert RuleJudge(cues()).judge(example) == relation
    assert RuleJudge(cues()).predict([example]).tolist() == [[float(name == relation) for name in NAMES]]


def test_a_bare_no_in_the_cues_is_refused() -> None:
    values = cues().model_dump(mode="json")
    values["negated"]["before"][0] = False
    with pytest.raises(ParamsError, match=r"cues\.yaml\.negated\.before\.0"):
        Cues.check(values, "cues.yaml")


def test_two_spans_that_touch_have_no_gap() -> None:
    assert [gap((0, 2), (2, 3)), gap((2, 3), (0, 2)), gap((0, 1), (3, 4))] == [0, 0, 2]


def test_scores_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    truth, predicted = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    scores = measure(truth, predicted, rng.integers(0, 20, 200), NAMES, replicates=200, level=0.9, rng=rng)
    values = {(score.metric, score.of): score.value for score in scores}
    for average, classes in ((None, NAMES), ("macro", ("macro",))):
        table = precision_recall_fscore_support(truth, predicted, average=average)
        for metric, expected in zip(("precision", "recall", "f1"), table[:3], strict=True):
            assert [values[metric, name] for name in classes] == pytest.approx(np.atleast_1d(expected).tolist())
    assert len(scores) == 12
    assert all(score.low <= score.value <= score.high for score in scores)


def test_patients_not_pairs_are_drawn_for_the_intervals() -> None:
    truth = np.repeat([0, 1], 50)
    predicted = np.concatenate([truth[:75], 1 - truth[75:]])

    def width(patients: np.ndarray) -> float:
        rng = np.random.default_rng(0)
        scores = measure(truth, predicted, patients, ("a", "b"), replicates=500, level=0.95, rng=rng)
        return scores[0].high - scores[0].low

    assert width(np.arange(100) // 25) > 2 * width(np.arange(100))


def test_a_class_that_does_not_occur_has_no_row() -> None:
    truth = np.array([0, 2, 0, 2])
    rng = np.random.default_rng(0)
    scores = measure(truth, np.array([0, 1, 0, 2]), np.arange(4), NAMES, replicates=50, level=0.95, rng=rng)
    assert {score.of for score in scores} == {"macro", "relevant", "irrelevant"}


def test_the_linear_model_tells_hedged_from_plain_by_the_words_between_and_around() -> None:
    plain = [marked(f"the [{word}] is seen at <BOOKMARK>") for word in ("mass", "cyst", "nodule")]
    hedged = [marked(f"perhaps a [{word}] lies at <BOOKMARK>") for word in ("mass", "cyst", "nodule")]
    judge = fit_linear(plain[:2] + hedged[:2], np.array([0, 0, 1, 1]), names=NAMES)
    probabilities = judge.predict([plain[2], hedged[2]])
    assert probabilities.argmax(axis=1).tolist() == [0, 1]
    assert probabilities[:, 2].tolist() == [0, 0]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
