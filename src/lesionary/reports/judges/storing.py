"""A trained network in a folder: `network.safetensors`, `network.json` and, if fitted, `sentences.safetensors`."""

from __future__ import annotations

import json
from pathlib import Path

from lesionary.base.arrays import load_arrays, save_arrays
from lesionary.reports.judges.encoders import FITTED, given_encoder
from lesionary.reports.judges.relations import RelationJudge
from lesionary.reports.judges.sentence_vectors import LatentVectors, SentenceEncoder


def store(network: RelationJudge, folder: Path, encoder: str | None) -> None:
    """Write the network and what it needs to read sentences; an encoder that was not fitted is kept by its name."""
    arrays, data = network.stored()
    save_arrays(folder / "network.safetensors", arrays)
    text = json.dumps({**data, "encoder": encoder}, indent=1)
    (folder / "network.json").write_text(f"{text}\n", encoding="utf-8")
    if isinstance(network.sentences, LatentVectors):
        save_arrays(folder / "sentences.safetensors", network.sentences.arrays())


def restore(folder: Path) -> RelationJudge:
    """What `store` wrote."""
    data = json.loads((folder / "network.json").read_text(encoding="utf-8"))
    arrays, encoder = load_arrays(folder / "network.safetensors"), _encoder(folder, data.pop("encoder"))
    return RelationJudge.restored(arrays, data, encoder)


def _encoder(folder: Path, named: str | None) -> SentenceEncoder | None:
    if named == FITTED:
        return LatentVectors.from_arrays(load_arrays(folder / "sentences.safetensors"))
    return given_encoder(named) if named is not None else None
