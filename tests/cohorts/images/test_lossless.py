"""A stream of JPEG lossless has the bytes that its samples take, and is refused where it has others."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest
from streams import of_process_14, waves

from lesionary.cohorts.images.jpeg import Stream
from lesionary.cohorts.images.lossless import CATEGORY, bytes_held, bytes_taken, decode, differences


@pytest.mark.parametrize("bits", [9, 12, 16])
@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize("rows_an_interval", [0, 1, 5])
def test_every_prediction_is_undone_and_counted(bits: int, predictor: int, rows_an_interval: int) -> None:
    wanted = waves(bits)
    wanted[1, :4] = 0, (1 << bits) - 1, 0, 1 << (bits - 1)  # the largest differences that there are
    frame = of_process_14(wanted, bits, predictor, rows_an_interval)
    np.testing.assert_array_equal(decode(frame, Stream.of(frame)), wanted)


@pytest.mark.parametrize("predictor", range(1, 8))
def test_codes_of_any_length_are_counted(predictor: int) -> None:
    wanted = waves(12)
    frame = imagecodecs.jpeg8_encode(wanted, lossless=True, predictor=predictor, bitspersample=12)
    np.testing.assert_array_equal(decode(frame, Stream.of(frame)), wanted)


def test_eight_bits_are_counted_too() -> None:
    wanted = waves(8).astype(np.uint8)
    frame = imagecodecs.jpeg8_encode(wanted, lossless=True)
    np.testing.assert_array_equal(decode(frame, Stream.of(frame)), wanted)


def test_a_byte_that_fills_up_before_the_end_does_not_count() -> None:
    frame = of_process_14(waves(12), 12, 1)
    padded = frame[:-2] + b"\xff\xff\xd9"  # PS3.5 A.4
    np.testing.assert_array_equal(decode(padded, Stream.of(padded)), waves(12))


@pytest.mark.parametrize("rows_an_interval", [0, 5])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_stream_that_lacks_something_is_refused_though_it_has_an_end(rows_an_interval: int, share: float) -> None:
    frame = of_process_14(waves(12), 12, 1, rows_an_interval)
    cut = frame[: int(len(frame) * share)] + b"\xff\xd9"
    assert imagecodecs.jpeg8_decode(cut).shape == waves(12).shape  # without a word
    with pytest.raises(ValueError, match="its stream is broken: it has fewer bytes than its pixels take"):
        decode(cut, Stream.of(cut))


def test_a_stream_with_something_left_over_is_refused() -> None:
    frame = of_process_14(waves(12), 12, 1)
    longer = frame[:-2] + b"\x55\xaa\xff\xd9"
    with pytest.raises(ValueError, match="its stream is broken: it has more bytes than its pixels take"):
        decode(longer, Stream.of(longer))


def test_a_stream_without_an_end_is_refused() -> None:
    frame = of_process_14(waves(12), 12, 1)[:-2]
    with pytest.raises(ValueError, match="it has no end"):
        decode(frame, Stream.of(frame))


def test_bytes_by_hand() -> None:
    samples = np.array([[8, 9], [8, 24]], np.uint16)
    assert differences(samples, 1, 16, 2).tolist() == [[65536 - 8, 1], [0, 16]]  # from 16, left, above, left
    frame = of_process_14(samples, 5, 1)
    told = Stream.of(frame)
    assert (5 + 4) + (5 + 1) + (5 + 0) + (5 + 5) == 30  # bits: a code, then the difference
    assert bytes_held(frame, told) == bytes_taken(samples, told) == 4


def test_categories_are_those_of_the_standard() -> None:
    assert [int(CATEGORY[n]) for n in (0, 1, 2, 3, 4, 255, 256, 32767, 32768)] == [0, 1, 2, 2, 3, 8, 9, 15, 16]
    assert [int(CATEGORY[65536 - n]) for n in (1, 2, 3, 4, 32767)] == [1, 2, 2, 3, 15]  # those below nought
