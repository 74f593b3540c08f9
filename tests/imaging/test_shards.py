"""Shards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lesionary.imaging.shards import ShardWriter, read_shards

ARRAYS = np.arange(7 * 2 * 3, dtype=np.int16).reshape(7, 2, 3)


@pytest.mark.parametrize("parts", [[7], [1, 6], [3, 3, 1]])
def test_shards_hold_all_arrays_in_order_however_they_came(tmp_path: Path, parts: list[int]) -> None:
    with ShardWriter(tmp_path, capacity=3) as writer:
        numbers = [list(writer.append(part)) for part in np.split(ARRAYS, np.cumsum(parts)[:-1])]
    assert [number for part in numbers for number in part] == list(range(7))
    assert [len(shard) for shard in read_shards(tmp_path)] == [3, 3, 1]
    np.testing.assert_array_equal(np.concatenate(list(read_shards(tmp_path))), ARRAYS)


def test_an_exact_fill_leaves_no_empty_shard(tmp_path: Path) -> None:
    with ShardWriter(tmp_path, capacity=7) as writer:
        writer.append(ARRAYS)
    assert len(list(read_shards(tmp_path))) == 1
