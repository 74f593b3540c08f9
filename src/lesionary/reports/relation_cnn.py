"""The network that judges a pair: a convolution over its sentence and the strongest answer of each filter.

After Peng et al. (LesaNet's [28, 29]), joined with a vector of the whole sentence; [29] lets the tokens attend to one
another before the maximum. Nothing here knows what the two spans or the classes mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from lesionary.errors import ParamsError
from lesionary.reports.encoding import PADDING, Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Bool, Float, Int
    from torch import Tensor


class Attention(nn.Module):
    """Multi-head self-attention, added to what it attends to."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        if width % heads:
            raise ParamsError("heads", f"{heads} heads cannot share {width} filters", "choose a divisor")
        self.heads = heads
        self.project = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)

    def forward(
        self, sequence: Float[Tensor, "batch tokens width"], real: Bool[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens width"]:
        """Every token looks at the `real` ones."""
        query, key, value = self.project(sequence).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        seen = scaled_dot_product_attention(query, key, value, attn_mask=real[:, None, None])
        joined: Tensor = self.join(seen.transpose(1, 2).flatten(2))
        return sequence + joined


class RelationCNN(nn.Module):
    """Scores of the classes for a pair, from the five channels of its sentence and the sentence's vector.

    `sizes` are those of the vocabulary, `sentence` is the length of a sentence vector, 0 for none. With `heads` the
    tokens attend to one another between convolution and maximum.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        classes: int,
        *,
        sentence: int = 0,
        word_width: int = 60,
        other_width: int = 10,
        filters: int = 400,
        heads: int = 0,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        widths = [word_width if channel is Channel.WORD else other_width for channel in Channel]
        self.tables = nn.ModuleList(
            nn.Embedding(size, width, padding_idx=PADDING) for size, width in zip(sizes, widths, strict=True)
        )
        with torch.no_grad():
            for table in self.tables.parameters():
                table.mul_(
                    0.1
                )  # vectors of unit variance are noise that few judgements never overcome; padding stays 0
        self.convolution = nn.Conv1d(sum(widths), filters, kernel_size=3, padding=1)
        self.attention = Attention(filters, heads) if heads else None
        self.score = nn.Linear(filters + sentence, classes)
        self.dropout = dropout

    def forward(
        self,
        ids: Int[Tensor, "batch channels tokens"],
        vectors: Float[Tensor, "batch sentence"],
        rng: torch.Generator | None = None,
    ) -> Float[Tensor, "batch classes"]:
        """Logits. Dropout is drawn from `rng`, a generator of the CPU; without one nothing is dropped."""
        real = ids[:, Channel.WORD] != PADDING
        pairs = zip(self.tables, ids.unbind(dim=1), strict=True)
        tokens = torch.cat([table(channel) for table, channel in pairs], dim=2)  # padding is zero, as beyond the ends
        sequence = self.convolution(tokens.mT).relu().mT
        if self.attention is not None:
            sequence = self.attention(sequence, real)
        strongest = sequence.masked_fill(~real[:, :, None], -torch.inf).amax(dim=1)
        joined = torch.cat([strongest, vectors], dim=1)
        if rng is not None:
            kept = torch.rand(joined.shape, generator=rng) >= self.dropout
            joined = joined * kept.to(joined.device) / (1 - self.dropout)
        logits: Tensor = self.score(joined)
        return logits
