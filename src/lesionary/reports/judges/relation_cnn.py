"""The network that judges a pair: a convolution over its sentence and the strongest answer of each filter.

After Peng et al. (LesaNet's [28, 29]), joined with a vector of the whole sentence; [29] lets the tokens attend to one
another before the maximum. Nothing here knows what the two spans or the classes mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import embedding_bag, pad, scaled_dot_product_attention

from lesionary.base.errors import ParamsError
from lesionary.reports.judges.encoding import PADDING, Channel

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

    `sizes` are those of the vocabulary, of all channels; it looks at `channels` alone. `sentence` is the length of a
    sentence vector, 0 for none. With `heads` the tokens attend to one another between convolution and maximum.
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
        channels: Sequence[int] = tuple(Channel),
    ) -> None:
        super().__init__()
        self.channels = tuple(channels)
        widths = [word_width if channel == Channel.WORD else other_width for channel in self.channels]
        known = [sizes[channel] for channel in self.channels]
        self.tables = nn.ModuleList(
            nn.Embedding(size, width, padding_idx=PADDING) for size, width in zip(known, widths, strict=True)
        )
        with torch.no_grad():
            for table in self.tables.parameters():  # padding stays 0
                table.mul_(0.1)  # vectors of unit variance are noise that few judgements never overcome
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
        pairs = zip(self.tables, self.channels, strict=True)
        tokens = torch.cat([table(ids[:, channel]) for table, channel in pairs], dim=2)  # padding is 0, as is beyond
        return self.judge(self.convolution(tokens.mT).mT, ids[:, Channel.WORD] != PADDING, vectors, rng)

    def judge(
        self,
        convolved: Float[Tensor, "batch tokens filters"],
        real: Bool[Tensor, "batch tokens"],
        vectors: Float[Tensor, "batch sentence"],
        rng: torch.Generator | None = None,
    ) -> Float[Tensor, "batch classes"]:
        """Logits of a sentence that is convolved already; only `real` tokens count."""
        sequence = convolved.relu()
        if self.attention is not None:
            sequence = self.attention(sequence, real)
        strongest = sequence.masked_fill(~real[:, :, None], -torch.inf).amax(dim=1)
        joined = torch.cat([strongest, vectors], dim=1)
        if rng is not None:
            kept = torch.rand(joined.shape, generator=rng) >= self.dropout
            joined = joined * kept.to(joined.device) / (1 - self.dropout)
        logits: Tensor = self.score(joined)
        return logits


class FoldedCNN:
    """A trained network, several times faster: what each filter answers to each number of each channel is looked up.

    A convolution of table rows is a sum of rows of a table already convolved, so nothing is left to multiply. Results
    are those of the network but for the order of sums.
    """

    @torch.no_grad()
    def __init__(self, model: RelationCNN) -> None:
        self.model = model
        weights = list(model.tables.parameters())
        kernels = model.convolution.weight.split([weight.shape[1] for weight in weights], dim=1)
        folded = [torch.einsum("nw,fwk->nkf", *both) for both in zip(weights, kernels, strict=True)]
        self._answers = torch.cat([answers.flatten(0, 1) for answers in folded])
        sizes = torch.tensor([0, *(len(weight) for weight in weights[:-1])], device=self._answers.device)
        self._starts = sizes.cumsum(0)[:, None, None]

    @torch.no_grad()
    def __call__(
        self, ids: Int[Tensor, "batch channels tokens"], vectors: Float[Tensor, "batch sentence"]
    ) -> Float[Tensor, "batch classes"]:
        """Logits, nothing dropped."""
        window = self.model.convolution.kernel_size[0]
        known = pad(ids[:, list(self.model.channels)], (window // 2, window // 2), value=PADDING)
        rows = (known.unfold(2, window, 1) + self._starts) * window + torch.arange(window, device=ids.device)
        summed = embedding_bag(rows.transpose(1, 2).flatten(0, 1).flatten(1), self._answers, mode="sum")
        convolved = summed.unflatten(0, (len(ids), -1)) + self.model.convolution.bias
        return self.model.judge(convolved, ids[:, Channel.WORD] != PADDING, vectors)
