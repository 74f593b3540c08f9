"""A sentence as one vector: fitted on the sentences at hand, or the mean of word vectors from a file.

Whatever says `encode` may stand in their place (`encoders`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from lesionary.base.errors import WeightsError
from lesionary.reports.judges.encoding import Example, blinded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jaxtyping import Float, Shaped
    from numpy import ndarray


class SentenceEncoder(Protocol):
    """What turns sentences, their tokens parted by spaces, into vectors."""

    @property
    def dimension(self) -> int:
        """Of every vector."""

    def encode(self, sentences: Sequence[str]) -> Float[ndarray, "sentences dimension"]:
        """One vector a sentence, float32."""


def sentence_vectors(
    examples: Sequence[Example], encoder: SentenceEncoder | None
) -> Float[ndarray, "examples dimension"]:
    """Vectors of the sentences with both spans blinded; of no numbers without an encoder."""
    if encoder is None or not examples:
        return np.zeros((len(examples), encoder.dimension if encoder else 0), np.float32)
    return encoder.encode([blinded(example) for example in examples])


def _terms(sentence: str) -> list[str]:
    words = sentence.split()  # "?" is a word
    return words + [f"{left} {right}" for left, right in pairwise(words)]


def _tfidf(**more: Any) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=_terms, sublinear_tf=True, **more)


@dataclass(frozen=True)
class LatentVectors:
    """TF-IDF of words and pairs of words, projected onto its strongest directions (latent semantic analysis)."""

    terms: tuple[str, ...]
    weights: Float[ndarray, " terms"]
    """Inverse document frequency."""
    directions: Float[ndarray, "dimension terms"]
    """The largest entry of each is positive."""

    @classmethod
    def fit(cls, sentences: Sequence[str], *, dimension: int, min_count: int = 2, seed: int) -> LatentVectors:
        """At most `dimension` numbers: fewer where sentences or their terms are fewer.

        Terms of fewer than `min_count` sentences are left out. The same sentences give the same bytes, as long as
        NumPy uses the same number of threads.
        """
        vectorizer = _tfidf(min_df=min_count)
        matrix = vectorizer.fit_transform(sentences)
        svd = TruncatedSVD(min(dimension, *matrix.shape), random_state=seed).fit(matrix)
        directions = np.ascontiguousarray(svd.components_, np.float32)  # safetensors writes other orders wrongly
        largest = np.abs(directions).argmax(axis=1)
        directions *= np.sign(np.take_along_axis(directions, largest[:, None], axis=1))
        return cls(tuple(vectorizer.get_feature_names_out()), vectorizer.idf_.astype(np.float32), directions)

    @property
    def dimension(self) -> int:
        """Of every vector."""
        return len(self.directions)

    def encode(self, sentences: Sequence[str]) -> Float[ndarray, "sentences dimension"]:
        """A sentence without a known term is zero."""
        vectors: ndarray = self._vectorizer.transform(sentences).astype(np.float32) @ self.directions.T
        return vectors

    @cached_property
    def _vectorizer(self) -> TfidfVectorizer:
        vectorizer = _tfidf(vocabulary=self.terms)
        vectorizer.idf_ = self.weights.astype(np.float64)
        return vectorizer

    def arrays(self) -> dict[str, Shaped[ndarray, " *shape"]]:
        """All of it, for safetensors."""
        terms = np.frombuffer("\n".join(self.terms).encode(), np.uint8)
        return {"terms": terms, "weights": self.weights, "directions": self.directions}

    @classmethod
    def from_arrays(cls, arrays: dict[str, Shaped[ndarray, " *shape"]]) -> LatentVectors:
        """What `arrays` gave."""
        return cls(tuple(arrays["terms"].tobytes().decode().split("\n")), arrays["weights"], arrays["directions"])


class WordVectors:
    """Mean of the vectors of a sentence's words, from a file.

    Either text, a word and its numbers a line (GloVe, word2vec and fastText write it so, some with a line of two
    counts above), or npz with the arrays `words` and `vectors`.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise WeightsError(str(path), "no such file of word vectors", "correct its path, or use fitted vectors")
        words, self.vectors = _read_npz(path) if path.suffix == ".npz" else _read_text(path)
        self.rows = {word: row for row, word in enumerate(words)}

    @property
    def dimension(self) -> int:
        """Of every vector."""
        return int(self.vectors.shape[1])

    def encode(self, sentences: Sequence[str]) -> Float[ndarray, "sentences dimension"]:
        """A sentence without a known word is zero."""
        means = np.zeros((len(sentences), self.dimension), np.float32)
        for mean, sentence in zip(means, sentences, strict=True):
            rows = [self.rows[word] for word in sentence.split() if word in self.rows]
            if rows:
                mean[:] = self.vectors[rows].mean(axis=0)
        return means


def _read_npz(path: Path) -> tuple[list[str], Float[ndarray, "words dimension"]]:
    with np.load(path, allow_pickle=False) as arrays:
        if not {"words", "vectors"} <= set(arrays):
            raise WeightsError(str(path), f"holds {', '.join(arrays)}", "its arrays must be called words and vectors")
        return arrays["words"].tolist(), arrays["vectors"].astype(np.float32)


def _read_text(path: Path) -> tuple[list[str], Float[ndarray, "words dimension"]]:
    words, vectors = [], []
    with path.open(encoding="utf-8") as lines:
        for number, word, values in _entries(lines):
            try:
                vectors.append(np.array(values, np.float32))
            except ValueError:
                raise WeightsError(str(path), f"line {number} is no word and its numbers", "mend the file") from None
            if len(values) != len(vectors[0]):
                reason = f"line {number} has {len(values)} numbers, those above {len(vectors[0])}"
                raise WeightsError(str(path), reason, "mend the file")
            words.append(word)
    if not words:
        raise WeightsError(str(path), "holds no word vector", "each line is a word and its numbers")
    return words, np.stack(vectors)


def _entries(lines: Iterator[str]) -> Iterator[tuple[int, str, list[str]]]:
    for number, line in enumerate(lines, start=1):
        word, *values = line.rstrip().split(" ")
        if number > 1 or len(values) != 1:  # a first line of two counts
            yield number, word, values
