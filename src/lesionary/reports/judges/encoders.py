"""Which vectors stand for whole sentences, by the word in params.yaml."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lesionary.reports.judges.sent2vec_vectors import Sent2vecVectors
from lesionary.reports.judges.sentence_vectors import LatentVectors, SentenceEncoder, WordVectors
from lesionary.reports.judges.transformer_vectors import TransformerVectors

FITTED = "fitted"
TRANSFORMER = "transformer:"


def pick_encoder(named: str | None, sentences: Sequence[str], *, dimension: int, seed: int) -> SentenceEncoder | None:
    """`fitted` on `sentences`, `transformer:` and its folder or name, a sent2vec model (.bin), or word vectors.

    None is none.

    Only a fitted one heeds `dimension` and `seed`. One that is not there is a `WeightsError`; nothing is fetched.
    """
    if named is None:
        return None
    if named == FITTED:
        return LatentVectors.fit(sentences, dimension=dimension, seed=seed)
    return given_encoder(named)


def given_encoder(named: str) -> SentenceEncoder:
    """One that is not fitted here."""
    if named.startswith(TRANSFORMER):
        return TransformerVectors(named.removeprefix(TRANSFORMER))
    path = Path(named)
    return Sent2vecVectors(path) if path.suffix == ".bin" else WordVectors(path)
