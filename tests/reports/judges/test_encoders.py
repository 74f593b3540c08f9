"""A sentence encoder by its name: what is not there is refused by that name."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from closeness import assert_same_sums

from lesionary.base.errors import WeightsError
from lesionary.reports.judges.encoders import pick_encoder
from lesionary.reports.judges.sentence_vectors import LatentVectors, WordVectors

SENTENCES = ["large nodule", "small nodule", "large cyst", "no cyst"]
WITHOUT = importlib.util.find_spec("transformers") is None


def pick(named: str | None) -> object:
    return pick_encoder(named, SENTENCES, dimension=2, seed=0)


def test_an_encoder_is_fitted_read_or_none(tmp_path: Path) -> None:
    vectors = tmp_path / "words.vec"
    vectors.write_text("nodule 1 0\ncyst 0 1\n", encoding="utf-8")
    assert pick(None) is None
    assert isinstance(pick("fitted"), LatentVectors)
    assert isinstance(pick(str(vectors)), WordVectors)


@pytest.mark.parametrize("name", ["biosentvec.vec", "missing.npz"])
def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(WeightsError, match=f"{name}: no such file of word vectors"):
        pick(str(tmp_path / name))


@pytest.fixture
def biosentvec(tmp_path: Path) -> Path:
    file = tmp_path / "BioSentVec.bin"
    file.write_bytes(b"\x00\x01")
    return file


def test_without_the_package_a_sent2vec_model_is_refused_with_what_to_do(
    biosentvec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sent2vec", None)
    with pytest.raises(WeightsError, match=r"BioSentVec\.bin: needs the package sent2vec, .* its vectors as \.vec"):
        pick(str(biosentvec))


class Sent2vecModel:
    """What the package has: it tells how long a sentence is, and how many letters of it are small."""

    def load_model(self, path: str) -> None:
        if Path(path).read_bytes() != b"\x00\x01":
            raise RuntimeError("wrong magic number")

    def get_emb_size(self) -> int:
        return 2

    def embed_sentences(self, sentences: list[str]) -> np.ndarray:
        return np.array([[len(one), sum(letter.islower() for letter in one)] for one in sentences], np.float64)


def test_a_sent2vec_model_is_asked_for_its_vectors(biosentvec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sent2vec", SimpleNamespace(Sent2vecModel=Sent2vecModel))
    encoder = pick_encoder(str(biosentvec), [], dimension=9, seed=0)
    assert encoder is not None
    assert encoder.dimension == 2
    assert encoder.encode(["No cyst", "CT"]).tolist() == [[7.0, 6.0], [2.0, 2.0]]
    assert encoder.encode([]).shape == (0, 2)


def test_another_binary_file_is_refused_by_its_name(biosentvec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sent2vec", SimpleNamespace(Sent2vecModel=Sent2vecModel))
    biosentvec.write_bytes(b"else")
    with pytest.raises(WeightsError, match=r"BioSentVec\.bin: is no sent2vec model \(wrong magic number\)"):
        pick(str(biosentvec))


def test_a_sent2vec_model_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"missing\.bin: no such sent2vec model"):
        pick(str(tmp_path / "missing.bin"))


@pytest.mark.skipif(not WITHOUT, reason="transformers is installed")
def test_without_the_package_a_transformer_is_refused_with_the_extra_that_brings_it() -> None:
    with pytest.raises(WeightsError, match=r"transformer:some/model: the package transformers .*lesionary\[transform"):
        pick("transformer:some/model")


@pytest.mark.skipif(WITHOUT, reason="transformers is not installed")
def test_a_model_that_is_not_on_this_machine_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="is neither a folder with a model"):
        pick(f"transformer:{tmp_path / 'nothing'}")


@pytest.mark.skipif(WITHOUT, reason="transformers is not installed")
def test_a_transformer_reads_a_sentence_alone_as_among_others(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "large", "small", "nodule", "cyst", "no"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    BertModel(BertConfig(vocab_size=len(words), **sizes)).save_pretrained(tmp_path)
    encoder = pick_encoder(f"transformer:{tmp_path}", [], dimension=2, seed=0)
    assert encoder is not None
    together = encoder.encode([*SENTENCES, "no large large large nodule"])
    assert together.shape == (5, encoder.dimension) == (5, 8)
    assert_same_sums(encoder.encode(SENTENCES[:1]), together[:1])
    assert len(np.unique(together, axis=0)) == 5
