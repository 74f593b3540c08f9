"""A sentence as the mean of a transformer's last layer. The package `transformers` is an extra; nothing is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from lesionary.base.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Float
    from numpy import ndarray

AT_ONCE = 64
"""Sentences read together."""
LONGEST = 512
"""Tokens of a sentence that are read; most models know no more places."""


class TransformerVectors:
    """The model in a folder, or one by its name if its files are on this machine."""

    def __init__(self, named: str) -> None:
        self._tokenizer, self._model = _installed(named)

    @property
    def dimension(self) -> int:
        """Of every vector."""
        return int(self._model.config.hidden_size)

    @torch.no_grad()
    def encode(self, sentences: Sequence[str]) -> Float[ndarray, "sentences dimension"]:
        """Mean over the tokens of each sentence; sentences of like length are read together."""
        order = np.argsort([len(sentence) for sentence in sentences], kind="stable")
        vectors = np.zeros((len(sentences), self.dimension), np.float32)
        for start in range(0, len(order), AT_ONCE):
            part = order[start : start + AT_ONCE]
            texts = [sentences[at] for at in part]
            read = self._tokenizer(texts, padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
            hidden, real = self._model(**read).last_hidden_state, read["attention_mask"][:, :, None]
            vectors[part] = ((hidden * real).sum(dim=1) / real.sum(dim=1)).numpy()
        return vectors


def _installed(named: str) -> tuple[Any, Any]:
    try:
        from transformers import AutoModel, AutoTokenizer
    except ImportError:
        cure = "pip install 'lesionary[transformer]', or use fitted vectors"
        raise WeightsError(f"transformer:{named}", "the package transformers is not installed", cure) from None
    try:
        tokenizer = AutoTokenizer.from_pretrained(named, local_files_only=True)
        return tokenizer, AutoModel.from_pretrained(named, local_files_only=True).float().eval()
    except (OSError, ValueError):
        reason = "is neither a folder with a model nor one whose files are on this machine"
        raise WeightsError(f"transformer:{named}", reason, "correct the name, or put the model there") from None
