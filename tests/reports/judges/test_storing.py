"""A network comes back from its folder as it went."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lesionary.reports.judges.encoders import pick_encoder
from lesionary.reports.judges.encoding import Example
from lesionary.reports.judges.relations import fit_relations
from lesionary.reports.judges.storing import restore, store

WORDS = ("large", "small", "round", "dark")
EXAMPLES = [Example((word, "nodule", "of", "mm"), (1, 2), (3, 4)) for word in WORDS * 3]


@pytest.mark.parametrize("encoder", ["fitted", "words.vec", None])
def test_a_stored_network_judges_alike_whatever_reads_its_sentences(
    encoder: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("words.vec").write_text("".join(f"{word} {n} 1\n" for n, word in enumerate(WORDS)), encoding="utf-8")
    sentences = pick_encoder(encoder, [" ".join(one.tokens) for one in EXAMPLES], dimension=2, seed=0)
    patients, classes = np.arange(12) // 4, np.arange(12) % 2
    fit = fit_relations(EXAMPLES, classes, patients, names=("no", "yes"), sentences=sentences, epochs=1, seed=0)
    list(fit.epochs())
    store(fit.best(), tmp_path / "model", encoder)
    again = restore(tmp_path / "model")
    assert again.names == ("no", "yes")
    assert np.array_equal(again.predict(EXAMPLES), fit.best().predict(EXAMPLES))
