from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from lesionary.reports.judges.encoding import (
    FIRST,
    SECOND,
    UNKNOWN,
    Channel,
    Example,
    Kind,
    Vocabulary,
    blinded,
    distance_bin,
    encode,
    normalised,
)

TOKENS = ("Large", "lung", "nodule", "(", "4", ":", "120", ")", "and", "cyst", "of", "14", "mm", ".")
POS = ("ADJ", "NOUN", "NOUN", "PUNCT", "NUM", "PUNCT", "NUM", "PUNCT", "CCONJ", "NOUN", "ADP", "NUM", "NOUN", "PUNCT")
SENTENCE = Example(TOKENS, (1, 3), (3, 8), others=((0, 1), (9, 10)), other_bookmarks=((11, 13),), pos=POS)


def random_examples(number: int) -> list[Example]:
    rng = np.random.default_rng(1)
    examples = []
    for _ in range(number):
        size = int(rng.integers(1, 80))
        starts = rng.integers(0, size, 6)
        first, second, *others = [(int(start), int(rng.integers(start, size)) + 1) for start in starts]
        tokens = tuple(rng.choice([*TOKENS, "rare", "2.5"], size).tolist())
        pos = tuple(rng.choice(["NOUN", "ADJ", "X"], size).tolist()) if rng.random() < 0.5 else None
        examples.append(Example(tokens, first, second, tuple(others[:2]), tuple(others[2:]), pos))
    return examples


def slow_bin(distance: int) -> int:
    """As the published code has it."""
    for number, bound in enumerate((-31, -21, -11, -6)):
        if distance <= bound:
            return 1 + number
    if distance <= 5:
        return 1 + 4 + distance + 5
    return next((1 + 15 + number for number, bound in enumerate((10, 20, 30)) if distance <= bound), 1 + 18)


def slow_encode(example: Example, vocabulary: Vocabulary) -> np.ndarray:
    """Token by token."""
    words = ["", "", FIRST, SECOND, *vocabulary.words]
    rows = []
    for place, token in enumerate(example.tokens):
        inside = {name: start <= place < end for name, (start, end) in (("1", example.first), ("2", example.second))}
        kind = Kind.NONE
        kind = Kind.OTHER if any(start <= place < end for start, end in example.others) else kind
        kind = Kind.OTHER_BOOKMARK if any(start <= place < end for start, end in example.other_bookmarks) else kind
        kind = Kind.FIRST if inside["1"] else Kind.SECOND if inside["2"] else kind
        word = FIRST if inside["1"] else SECOND if inside["2"] else normalised(token)
        part = example.pos[place] if example.pos else ""
        distances = []
        for start, end in (example.first, example.second):
            distances.append(place - start if place < start else place - end + 1 if place >= end else 0)
        rows.append(
            [
                words.index(word) if word in words else UNKNOWN,
                2 + vocabulary.pos.index(part) if part in vocabulary.pos else UNKNOWN,
                *map(slow_bin, distances),
                kind,
            ]
        )
    return np.array(rows).T


def test_the_nineteen_bins_are_those_of_the_paper() -> None:
    distances = np.arange(-60, 61)
    assert distance_bin(distances).tolist() == [slow_bin(distance) for distance in distances.tolist()]
    assert distance_bin(np.array([-31, -30, -21, -20, -11, -10, -6])).tolist() == [1, 2, 2, 3, 3, 4, 4]
    assert distance_bin(np.array([10, 11, 20, 21, 30, 31])).tolist() == [16, 17, 17, 18, 18, 19]


def test_a_sentence_worked_by_hand() -> None:
    vocabulary = Vocabulary(("0", "and", "mm", "of"), ("ADJ", "NOUN"))
    ids = encode([SENTENCE], vocabulary).ids
    assert ids[Channel.WORD].tolist() == [1, 2, 2, 3, 3, 3, 3, 3, 5, 1, 7, 4, 6, 1]
    assert ids[Channel.PART].tolist() == [2, 3, 3, 1, 1, 1, 1, 1, 1, 3, 1, 1, 3, 1]
    assert ids[Channel.TO_FIRST].tolist() == [9, 10, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16, 16, 17]
    assert ids[Channel.TO_SECOND].tolist() == [7, 8, 9, 10, 10, 10, 10, 10, 11, 12, 13, 14, 15, 16]
    assert ids[Channel.KIND].tolist() == [2, 5, 5, 4, 4, 4, 4, 4, 1, 2, 1, 3, 3, 1]


def test_the_fast_way_is_the_slow_way() -> None:
    examples = random_examples(60)
    vocabulary = Vocabulary.fit(examples[:30], min_count=5)
    encoded = encode(examples, vocabulary)
    each = np.split(encoded.ids, encoded.starts[1:], axis=1)
    for example, ids in zip(examples, each, strict=True):
        assert np.array_equal(ids, slow_encode(example, vocabulary))


def test_together_is_one_by_one() -> None:
    examples = random_examples(20)
    vocabulary = Vocabulary.fit(examples, min_count=1)
    which = np.array([7, 3, 12])
    padded = encode(examples, vocabulary).padded(which)
    for row, index in zip(padded, which.tolist(), strict=True):
        size = len(examples[index].tokens)
        assert np.array_equal(row[:, :size], encode([examples[index]], vocabulary).ids)
        assert not row[:, size:].any()
        assert row[:, :size].all()
    assert encode([], vocabulary).padded(np.array([], int)).shape == (0, len(Channel), 0)


def test_every_number_has_its_place_in_the_tables() -> None:
    examples = random_examples(60)
    vocabulary = Vocabulary.fit(examples, min_count=1)
    largest = encode(examples, vocabulary).ids.max(axis=1)
    assert (largest < vocabulary.sizes).all()
    assert largest[Channel.WORD] == vocabulary.sizes[Channel.WORD] - 1
    assert largest[Channel.TO_FIRST] == vocabulary.sizes[Channel.TO_FIRST] - 1


def test_a_mention_inside_its_bookmark_stays_visible() -> None:
    ids = encode([Example(("a", "nodule", "here"), (1, 2), (0, 3))], Vocabulary((), ())).ids
    assert ids[Channel.WORD].tolist() == [3, 2, 3]
    assert ids[Channel.KIND].tolist() == [Kind.SECOND, Kind.FIRST, Kind.SECOND]


def test_a_sentence_counts_once_however_many_pairs_it_has() -> None:
    pairs = [Example(("mass", "BOOKMARK"), (0, 1), (1, 2)), Example(("mass", "BOOKMARK"), (1, 2), (0, 1))]
    other = Example(("Mass", "5", "7"), (0, 1), (1, 2))
    assert Vocabulary.fit([*pairs, other], min_count=2).words == ("0", "mass")


def test_a_vocabulary_survives_json() -> None:
    vocabulary = Vocabulary.fit([SENTENCE], min_count=1)
    assert Vocabulary.from_data(json.loads(json.dumps(asdict(vocabulary)))) == vocabulary
    assert vocabulary.pos == ("ADJ", "ADP", "CCONJ", "NOUN", "NUM", "PUNCT")


def test_both_spans_are_hidden_from_the_sentence_vector() -> None:
    assert blinded(SENTENCE) == f"large {' '.join([FIRST] * 2)} {' '.join([SECOND] * 5)} and cyst of 0 mm ."


@pytest.mark.parametrize("span", [(2, 2), (3, 2), (-1, 1), (1, 4)])
def test_a_span_outside_the_sentence_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="does not lie in a sentence of 3 tokens"):
        Example(("a", "b", "c"), (0, 1), span)


def test_a_part_of_speech_is_for_every_token_or_none() -> None:
    with pytest.raises(ValueError, match="1 parts of speech for 2 tokens"):
        Example(("a", "b"), (0, 1), (1, 2), pos=("X",))
