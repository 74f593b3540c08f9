from __future__ import annotations

import numpy as np
import pytest
import torch
from closeness import assert_same_sums
from relation_samples import network

from lesionary.base.errors import ParamsError
from lesionary.reports.judges.encoding import Channel
from lesionary.reports.judges.relation_cnn import FoldedCNN


def drawn(examples: int, tokens: int) -> torch.Tensor:
    rng = np.random.default_rng(2)
    return torch.as_tensor(np.stack([rng.integers(1, top, (examples, tokens)) for top in (30, 4, 20, 20, 6)], axis=1))


@pytest.mark.parametrize("heads", [0, 2])
def test_padding_never_changes_a_result(heads: int) -> None:
    model, ids = network(heads, sentence=2), drawn(5, 7)
    vectors = torch.linspace(-1, 1, 10).reshape(5, 2)
    filled = torch.cat([ids, torch.zeros(5, 5, 9, dtype=torch.long)], dim=2)
    assert_same_sums(model(filled, vectors).detach(), model(ids, vectors).detach())


def test_padding_does_not_win_the_maximum_where_every_filter_answers_below_zero() -> None:
    model = network(2)
    assert model.attention is not None
    torch.nn.init.constant_(model.attention.join.bias, -5.0)
    ids = drawn(1, 3)
    filled = torch.cat([ids, torch.zeros(1, 5, 4, dtype=torch.long)], dim=2)
    torch.testing.assert_close(model(filled, torch.zeros(1, 0)), model(ids, torch.zeros(1, 0)))


def test_convolution_and_maximum_are_what_a_loop_computes() -> None:
    model, ids = network(sentence=1), drawn(1, 6)
    rows = np.concatenate(
        [table.weight.detach().numpy()[ids[0, channel]] for channel, table in enumerate(model.tables)], axis=1
    )
    zero = np.zeros((1, rows.shape[1]), np.float32)
    rows = np.concatenate([zero, rows, zero])
    kernel, bias = model.convolution.weight.detach().numpy(), model.convolution.bias.detach().numpy()
    answers = [
        [max((rows[at : at + 3].T * one).sum() + b, 0) for at in range(6)] for one, b in zip(kernel, bias, strict=True)
    ]
    joined = np.array([*(max(answer) for answer in answers), 0.7])
    expected = model.score.weight.detach().numpy() @ joined + model.score.bias.detach().numpy()
    assert_same_sums(model(ids, torch.tensor([[0.7]]))[0].detach(), expected)


@pytest.mark.parametrize("heads", [0, 2])
@pytest.mark.parametrize("channels", [tuple(Channel), (Channel.WORD, Channel.KIND)])
def test_looking_answers_up_is_convolving(heads: int, channels: tuple[Channel, ...]) -> None:
    model, ids = network(heads, sentence=2, channels=channels), drawn(6, 9)
    ids[2, :, 4:] = 0
    ids[3, :, 1:] = 0
    vectors = torch.linspace(-1, 1, 12).reshape(6, 2)
    assert_same_sums(FoldedCNN(model)(ids, vectors).detach(), model(ids, vectors).detach())


def test_a_channel_that_is_left_out_changes_nothing() -> None:
    model, ids = network(channels=(Channel.WORD, Channel.KIND)), drawn(2, 6)
    before = model(ids, torch.zeros(2, 0))
    for channel in Channel:
        other = ids.clone()
        other[:, channel] = 1
        same = torch.equal(model(other, torch.zeros(2, 0)), before)
        assert same == (channel not in (Channel.WORD, Channel.KIND)), channel


def test_attention_is_what_a_loop_over_heads_computes() -> None:
    attention = network(2).attention
    assert attention is not None
    sequence, real = torch.randn(1, 4, 8), torch.tensor([[True, True, True, False]])
    query, key, value = attention.project(sequence[0]).detach().numpy().reshape(4, 3, 2, 4).transpose(1, 2, 0, 3)
    seen = np.zeros((4, 8))
    for head in range(2):
        for at in range(4):
            weights = np.exp([query[head, at] @ key[head, other] / np.sqrt(4) for other in range(3)])
            seen[at, head * 4 : head * 4 + 4] = weights @ value[head, :3] / weights.sum()
    expected = sequence[0] + attention.join(torch.as_tensor(seen, dtype=torch.float32))
    assert_same_sums(attention(sequence, real)[0].detach(), expected.detach())


def test_filters_that_heads_cannot_share_are_refused() -> None:
    with pytest.raises(ParamsError, match="3 heads cannot share 8 filters"):
        network(3)


def test_dropout_is_drawn_from_its_generator_and_from_nothing_else() -> None:
    model, ids, none = network().train(), drawn(4, 5), torch.zeros(4, 0)

    def dropped(seed: int) -> torch.Tensor:
        return model(ids, none, torch.Generator().manual_seed(seed))

    assert torch.equal(model(ids, none), model(ids, none))
    assert torch.equal(dropped(1), dropped(1))
    assert not torch.equal(dropped(1), dropped(2))
