"""A sentence by a sent2vec model such as BioSentVec, the paper's own (700 numbers, a file of 21 GB).

The package `sent2vec` that reads it is built from its authors' source (github.com/epfml/sent2vec).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lesionary.base.errors import WeightsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Float
    from numpy import ndarray


class Sent2vecVectors:
    """The model in a `.bin` file. `WeightsError` if file or package is missing, or the file holds another model."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise WeightsError(str(path), "no such sent2vec model", "correct its path, or use fitted vectors")
        self._model = _loaded(path)

    @property
    def dimension(self) -> int:
        """Of every vector."""
        return int(self._model.get_emb_size())

    def encode(self, sentences: Sequence[str]) -> Float[ndarray, "sentences dimension"]:
        """What the model makes of each sentence, lower-cased as BioSentVec's own text was."""
        found = self._model.embed_sentences([sentence.lower() for sentence in sentences])
        return np.asarray(found, np.float32).reshape(len(sentences), self.dimension)


def _loaded(path: Path) -> Any:
    cure = "build github.com/epfml/sent2vec (the sent2vec of package indices is another), or give its vectors as .vec"
    try:
        from sent2vec import Sent2vecModel
    except ImportError:
        raise WeightsError(str(path), "needs the package sent2vec, which is not installed", cure) from None
    model = Sent2vecModel()
    try:
        model.load_model(str(path))
    except (RuntimeError, ValueError, OSError) as error:
        raise WeightsError(str(path), f"is no sent2vec model ({error})", "check which file it is") from None
    return model
