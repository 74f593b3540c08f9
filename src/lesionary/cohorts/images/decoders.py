"""Which decoder undoes which compression: a plugin of pydicom's, whose frames have the size that the header promises.

`benchmarks/decoding.py` compares each with the others that there are, in speed and in every bit. Those were chosen that
outlive broken streams; the size is compared before anything is allocated for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from imagecodecs import dicomrle_decode, jpeg8_decode, jpegls_decode
from numpy.typing import NDArray
from pydicom.pixels.decoders import pillow, pylibjpeg
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from lesionary.cohorts.images import jpeg, lossless

PLUGIN = "lesionary"
"""What pydicom calls these decoders."""
_DIES = "gdcm"
_LOSSY = {jpeg.BASELINE, jpeg.EXTENDED}
_END = b"\xff\xd9"
_CODESTREAM = b"\xff\x4f\xff\x51"  # markers SOC and SIZ, ITU-T T.800 A.4.1, A.5.1


def decode_frame(frame: bytes, runner: DecodeRunner) -> bytes:
    """Stored values of a frame, little endian, one or two bytes each as its precision asks for.

    Raises what decoders raise, and `ValueError` for a frame of another size, another process, or without an end.
    """
    return DECODERS[runner.transfer_syntax](frame, runner)


def plugin(syntax: str) -> str:
    """What to ask pydicom for: `PLUGIN`, or "" for pixels that lie uncompressed or as nobody here undoes."""
    install()
    return PLUGIN if syntax in DECODERS else ""


@cache
def install() -> None:
    """Tell pydicom of these decoders, and take GDCM's from it: broken streams end the process that hands them to GDCM.

    It is for all of this process, since highdicom decodes segments by any decoder that pydicom knows.
    """
    for syntax in DECODERS:
        decoder = get_decoder(syntax)
        decoder.add_plugin(PLUGIN, (__name__, decode_frame.__name__))
        if _DIES in decoder.available_plugins:
            decoder.remove_plugin(_DIES)


def is_available(_syntax: str) -> bool:
    """What pydicom asks a plugin."""
    return True


def _lossless(frame: bytes, runner: DecodeRunner) -> bytes:
    told = _told(frame, runner, {jpeg.LOSSLESS})
    return _as_bytes(lossless.decode(frame, told), runner)


def _lossy(frame: bytes, runner: DecodeRunner) -> bytes:
    _told(frame, runner, _LOSSY)
    return _as_bytes(jpeg8_decode(frame), runner)


def _jpeg_ls(frame: bytes, runner: DecodeRunner) -> bytes:
    _told(frame, runner, {jpeg.LS})
    return _as_bytes(jpegls_decode(frame), runner)


def _jpeg_2000(frame: bytes, runner: DecodeRunner) -> bytes:
    _check_codestream(frame, runner)
    return pillow._decode_frame(frame, runner)


def _high_throughput(frame: bytes, runner: DecodeRunner) -> bytes:
    _check_codestream(frame, runner)
    return bytes(pylibjpeg._decode_frame(frame, runner))


def _run_lengths(frame: bytes, runner: DecodeRunner) -> bytes:
    width = runner.bits_allocated // 8
    size = runner.rows * runner.columns * width
    found = dicomrle_decode(frame, f"<u{width}", out=size)
    if len(found) != size:
        raise ValueError(f"its run lengths have {len(found)} bytes, its header promises {size}")
    return bytes(found)


def _told(frame: bytes, runner: DecodeRunner, processes: set[int]) -> jpeg.Stream:
    told = jpeg.Stream.of(frame)
    if not frame.rstrip(b"\0").endswith(_END):  # CharLS looks for it for seconds
        raise ValueError("its stream is broken: it has no end")
    if told.process not in processes:
        raise ValueError(f"its stream is of process {told.process:#x}, which its transfer syntax is not")
    _check(told.size, told.components, runner)
    return told


def _check_codestream(frame: bytes, runner: DecodeRunner) -> None:
    if not frame.startswith(_CODESTREAM):
        raise ValueError("its stream does not begin as JPEG 2000 does")
    right, bottom, left, top = np.frombuffer(frame, ">u4", 4, 8).tolist()
    _check((bottom - top, right - left), int.from_bytes(frame[40:42]), runner)


def _check(size: tuple[int, int], components: int, runner: DecodeRunner) -> None:
    promised = runner.rows, runner.columns
    if size != promised or components != 1:
        found = f"{size[0]} x {size[1]} pixels of {components} components"
        raise ValueError(f"its stream has {found}, its header promises {promised[0]} x {promised[1]} of one")


def _as_bytes(values: NDArray[np.unsignedinteger], runner: DecodeRunner) -> bytes:
    runner.set_option("bits_allocated", 8 * values.itemsize)  # pydicom goes back to the header's afterwards
    return values.tobytes()


DECODERS: dict[str, Callable[[bytes, DecodeRunner], bytes]] = {
    JPEGBaseline8Bit: _lossy,
    JPEGExtended12Bit: _lossy,
    JPEGLossless: _lossless,
    JPEGLosslessSV1: _lossless,
    JPEGLSLossless: _jpeg_ls,
    JPEGLSNearLossless: _jpeg_ls,
    JPEG2000Lossless: _jpeg_2000,
    JPEG2000: _jpeg_2000,
    HTJ2KLossless: _high_throughput,
    HTJ2KLosslessRPCL: _high_throughput,
    HTJ2K: _high_throughput,
    RLELossless: _run_lengths,
}
