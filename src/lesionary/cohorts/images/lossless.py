"""JPEG lossless (ITU-T T.81, annex H), decoded by libjpeg-turbo and checked to the bit.

libjpeg-turbo is fast and outlives broken streams, but fills up with a flat grey what they lack, and imagecodecs hands
none of its warnings on. So the bits are counted. A sample takes those of its code and of its difference from the
prediction: decoded pixels tell how many bits the stream must have, and it has them only if none was missing, left
over or read out of step.
"""

from __future__ import annotations

import numpy as np
from imagecodecs import jpeg8_decode
from numpy.typing import NDArray

from lesionary.cohorts.images.jpeg import Stream

Samples = NDArray[np.uint16]

CATEGORY = np.frexp(np.minimum(np.arange(65536), 65536 - np.arange(65536)))[1].astype(np.uint8)
"""SSSS of each difference modulo 65536: how many bits its size takes, 16 for 32768 (table H.2)."""
_BITS = np.array(
    [*range(16), 0], np.uint8
)  # those that follow the code: none for 32768, which is alone in its category
_NO_CODE = 200  # more than any sample takes
_FIRST_RESTART, _END = 0xD0, 0xD9


def decode(frame: bytes, told: Stream) -> Samples | NDArray[np.uint8]:
    """Samples of a stream of one component; `ValueError` where it does not hold exactly these."""
    samples: Samples | NDArray[np.uint8] = jpeg8_decode(frame)
    taken, held = bytes_taken(samples.astype(np.uint16, copy=False), told), bytes_held(frame, told)
    if taken != held:
        raise ValueError(
            f"its stream is broken: it has {'fewer' if held < taken else 'more'} bytes than its pixels take"
        )
    return samples


def bytes_held(frame: bytes, told: Stream) -> int:
    """Bytes of coded samples, without stuffed ones, restarts and what fills up before the end (B.1.1.2, B.1.1.5)."""
    coded = np.frombuffer(frame, np.uint8, offset=told.begins)
    marks = np.flatnonzero(coded[:-1] == 0xFF)
    after = coded[marks + 1]
    restarts = (after & 0xF8) == _FIRST_RESTART
    ends = np.flatnonzero((after != 0) & (after != 0xFF) & ~restarts)
    if not len(ends) or after[ends[0]] != _END:
        raise ValueError("its stream is broken: it has no end")
    end = ends[0]  # each mark before takes the byte of its own (stuffed, or to fill up), a restart one more
    return int(marks[end] - end - restarts[:end].sum())


def bytes_taken(samples: Samples, told: Stream) -> int:
    """Bytes that these samples take, each interval filled up to a whole one."""
    table, predictor, shift = told.scan[2] >> 4, told.scan[3], told.scan[5] & 0xF
    rows, columns = samples.shape
    each = told.interval // columns or rows  # rows from one restart to the next (H.1.1)
    lengths = np.full(17, _NO_CODE, np.uint8)
    for category, length in told.code_lengths[table].items():
        lengths[category] = length
    first = 1 << (told.precision - shift - 1)
    bits = (lengths + _BITS)[CATEGORY].take(differences(samples >> np.uint16(shift), predictor, first, each))
    of_interval = np.add.reduceat(bits.sum(axis=1, dtype=np.int64), np.arange(0, rows, each))
    return int((-(-of_interval // 8)).sum())


def differences(samples: Samples, predictor: int, first: int, each: int) -> Samples:
    """Samples less their predictions, modulo 65536; a row in `each` begins anew from `first` (H.1.2.1).

    >>> differences(np.array([[5, 7], [6, 9]], np.uint16), 4, 4, 2).tolist()  # 9 - (6 + 7 - 5)
    [[1, 2], [1, 1]]
    """
    left, above, corner = samples[1:, :-1], samples[:-1, 1:], samples[:-1, :-1]
    found = np.empty_like(samples)
    found[1:, 1:] = samples[1:, 1:] - _predicted(left, above, corner, predictor)
    found[1:, 0] = samples[1:, 0] - samples[:-1, 0]
    found[::each, 1:] = samples[::each, 1:] - samples[::each, :-1]
    found[::each, 0] = samples[::each, 0] - np.uint16(first)
    return found


def _predicted(a: Samples, b: Samples, c: Samples, predictor: int) -> Samples:
    """Table H.1: by selection value, from the samples to the left, above, and above to the left."""
    if predictor <= 3:
        return (a, b, c)[predictor - 1]
    left, above, corner = (one.astype(np.int32) for one in (a, b, c))
    mixed = (
        left + above - corner,
        left + ((above - corner) >> 1),
        above + ((left - corner) >> 1),
        (left + above) >> 1,
    )[predictor - 4]
    return mixed.astype(np.uint16)
