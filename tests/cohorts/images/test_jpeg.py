"""What a JPEG stream says of itself is read as it stands, or refused."""

from __future__ import annotations

import pytest
from streams import SIZE, of_process_14, waves

from lesionary.cohorts.images.jpeg import LOSSLESS, Stream


def test_a_stream_tells_its_size_its_codes_and_where_they_begin() -> None:
    frame = of_process_14(waves(12), 12, 4, rows_an_interval=5)
    told = Stream.of(frame)
    assert (told.process, told.precision, told.size, told.components) == (LOSSLESS, 12, SIZE, 1)
    assert told.code_lengths == {0: dict.fromkeys(range(17), 5)}
    assert told.interval == 5 * SIZE[1]
    assert told.scan == bytes([1, 1, 0, 4, 0, 0])
    assert frame[told.begins - 6 : told.begins] == told.scan


def test_two_tables_in_one_segment() -> None:
    table = bytes([1, 2, *bytes(14)])  # a code of one bit, two of two
    segment = b"\x00" + table + b"\x07\x08\x09" + b"\x01" + table + b"\x05\x06\x04"
    frame = of_process_14(waves(12), 12, 1)
    told = Stream.of(frame[:2] + b"\xff\xc4" + (len(segment) + 2).to_bytes(2) + segment + frame[2:])
    assert told.code_lengths[1] == {5: 1, 6: 2, 4: 2}


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (b"", "does not begin"),
        (b"\xff\x4f\xff\x51", "does not begin"),
        (b"\xff\xd8", "broken before its pixels"),
        (b"\xff\xd8\xff\xc3\x00\x00", "broken before its pixels"),  # a length that does not count itself
        (b"\xff\xd8\xff\xc3\xff\xff" + bytes(99), "broken before its pixels"),
        (b"\xff\xd8\x00\xc3\x00\x04\x00\x00", "broken before its pixels"),
        (b"\xff\xd8" + 3 * b"\xff\xc3\x00\x08\x0c\x00\x25\x00\x30\x01", "two frame headers"),
    ],
)
def test_a_stream_that_is_none_is_refused(stream: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Stream.of(stream)
