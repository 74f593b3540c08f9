from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from closeness import assert_same_sums
from safetensors.numpy import load, save

from lesionary.base.errors import WeightsError
from lesionary.reports.judges.encoding import Example
from lesionary.reports.judges.sentence_vectors import LatentVectors, SentenceEncoder, WordVectors, sentence_vectors

SENTENCES = [
    f"{a} {b} {c} ?" for a in ("large", "small") for b in ("nodule", "cyst", "mass") for c in ("here", "@second")
]


def fitted(dimension: int = 4, **more: int) -> LatentVectors:
    return LatentVectors.fit(SENTENCES, dimension=dimension, **{"seed": 1, **more})


def test_fitted_vectors_repeat_to_the_byte_and_survive_safetensors() -> None:
    one, two = fitted(), fitted()
    assert one.encode(SENTENCES).tobytes() == two.encode(SENTENCES).tobytes()
    again = LatentVectors.from_arrays(load(save(one.arrays())))
    assert again.terms == one.terms
    assert again.encode(SENTENCES).tobytes() == one.encode(SENTENCES).tobytes()


def test_the_sign_of_a_direction_is_that_of_its_largest_term() -> None:
    for direction in fitted().directions:
        assert direction[np.abs(direction).argmax()] > 0


def test_a_vector_is_weighted_terms_on_directions() -> None:
    encoder = fitted()
    words = ["large", "cyst", "here", "?"]
    terms = [*words, *(f"{a} {b}" for a, b in pairwise(words))]
    row = np.zeros(len(encoder.terms))
    for term in terms:
        if term in encoder.terms:
            row[encoder.terms.index(term)] = encoder.weights[encoder.terms.index(term)]
    expected = encoder.directions @ (row / np.linalg.norm(row))
    assert_same_sums(encoder.encode(["large cyst here ?"])[0], expected)
    assert encoder.dimension == 4
    assert "?" in encoder.terms


def test_a_sentence_alone_has_the_vector_that_it_has_among_others() -> None:
    encoder = fitted()
    alone = np.concatenate([encoder.encode([sentence]) for sentence in SENTENCES])
    assert_same_sums(encoder.encode(SENTENCES), alone)
    assert not encoder.encode(["nothing known"]).any()


def test_few_sentences_have_fewer_directions() -> None:
    assert fitted(500).dimension == len(SENTENCES)


def test_the_vector_of_a_pair_is_that_of_its_blinded_sentence() -> None:
    encoder = fitted()
    example = Example(("Large", "nodule", "Here", "?"), (1, 2), (2, 3))
    assert np.array_equal(sentence_vectors([example], encoder), encoder.encode(["large @first @second ?"]))
    assert sentence_vectors([], encoder).shape == (0, 4)


@pytest.mark.parametrize("head", ["", "3 2\n"])
def test_word_vectors_of_a_text_file_are_averaged(tmp_path: Path, head: str) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text(head + "mass 1 2\nlung 3 -4\n? 0 1\n")
    encoder: SentenceEncoder = WordVectors(path)
    assert encoder.encode(["lung mass unheard", "unheard"]).tolist() == [[2, -1], [0, 0]]
    assert encoder.dimension == 2


def test_word_vectors_of_npz_are_those_of_text(tmp_path: Path) -> None:
    np.savez(tmp_path / "vectors.npz", words=np.array(["mass", "lung"]), vectors=np.array([[1, 2], [3, -4]]))
    assert WordVectors(tmp_path / "vectors.npz").encode(["lung mass"]).tolist() == [[2, -1]]


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"BioSentVec\.bin: no such file of word vectors"):
        WordVectors(tmp_path / "BioSentVec.bin")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("a 1 2\nb 1\n", "line 2 has 1 numbers"), ("a 1 2\nb 1 x\n", "line 2 is no word"), ("3 2\n", "holds no word")],
)
def test_a_damaged_text_file_is_refused_by_line(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text(text)
    with pytest.raises(WeightsError, match=reason):
        WordVectors(path)


def test_an_npz_with_other_arrays_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "vectors.npz", weights=np.zeros(2))
    with pytest.raises(WeightsError, match="holds weights"):
        WordVectors(tmp_path / "vectors.npz")
