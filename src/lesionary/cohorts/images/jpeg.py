"""What a JPEG or JPEG-LS stream says of itself before its pixels begin (ITU-T T.81, annex B; T.87, annex C)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

_START, _HUFFMAN, _SCAN, _INTERVAL = 0xD8, 0xC4, 0xDA, 0xDD
_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {_HUFFMAN, 0xC8, 0xCC}
BASELINE, EXTENDED, LOSSLESS, LS = 0xC0, 0xC1, 0xC3, 0xF7
"""Processes, by the marker that begins their frame header; the first two lose something."""


@dataclass
class Stream:
    """A stream of one scan. Every field is as the stream says; nothing is decoded."""

    process: int = 0
    precision: int = 0
    """Bits of a sample."""
    size: tuple[int, int] = (0, 0)
    """Rows, columns."""
    components: int = 0
    code_lengths: dict[int, dict[int, int]] = field(default_factory=dict)
    """Bits of the code of each symbol, of each Huffman table by its class and number."""
    interval: int = 0
    """Samples from one restart to the next; 0 where there are none."""
    scan: bytes = b""
    """The scan's own header, without marker and length."""
    begins: int = 0
    """Where its coded samples do."""

    @classmethod
    def of(cls, stream: bytes) -> Self:
        """Read up to the first coded sample; `ValueError` where a marker is not where it has to be."""
        told, at = cls(), 2
        if stream[:2] != bytes((0xFF, _START)):
            raise ValueError("its stream does not begin as JPEG does")
        while not told.scan:
            begin, marker = at + 4, int.from_bytes(stream[at : at + 2])
            at += 2 + int.from_bytes(stream[at + 2 : begin])
            if marker < 0xFFC0 or not begin < at < len(stream):
                raise ValueError("its stream is broken before its pixels begin")
            told._read(marker & 0xFF, stream[begin:at])
        told.begins = at
        return told

    def _read(self, marker: int, content: bytes) -> None:
        if marker in _FRAMES:
            if self.process:
                raise ValueError("its stream has two frame headers")
            self.process, self.precision, self.components = marker, content[0], content[5]
            self.size = int.from_bytes(content[1:3]), int.from_bytes(content[3:5])
        elif marker == _HUFFMAN:
            while content:
                counts, symbols = content[1:17], content[17:]
                lengths = (length for length, count in enumerate(counts, start=1) for _ in range(count))
                self.code_lengths[content[0]] = dict(zip(symbols, lengths))  # noqa: B905 - symbols of the next table
                content = symbols[sum(counts) :]
        elif marker == _INTERVAL:
            self.interval = int.from_bytes(content)
        elif marker == _SCAN:
            self.scan = content
