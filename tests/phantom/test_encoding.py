import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import UID

from lesionary.phantom.encoding import Encoding, compress

COMPRESSED = [encoding for encoding in Encoding if encoding.compressed]


def pixels(bits: int, signed: bool) -> np.ndarray:
    low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)
    values = np.random.default_rng(bits).integers(low, high, (24, 40))
    values[0, :2] = low, high - 1
    return values.astype(np.int16 if signed else np.uint16)


@pytest.mark.parametrize(("bits", "signed"), [(12, False), (13, False), (16, False), (16, True)])
@pytest.mark.parametrize("encoding", COMPRESSED)
def test_every_decoder_gives_back_what_was_compressed(encoding, bits, signed):
    given = pixels(bits, signed)
    decoder = get_decoder(encoding.value)
    assert decoder.is_available
    for plugin in decoder.available_plugins:
        found, _ = decoder.as_array(
            encapsulate([compress(given, bits, encoding)]),
            decoding_plugin=plugin,
            rows=24,
            columns=40,
            bits_allocated=16,
            bits_stored=bits,
            samples_per_pixel=1,
            photometric_interpretation="MONOCHROME2",
            pixel_representation=int(signed),
            number_of_frames=1,
            pixel_keyword="PixelData",
            transfer_syntax_uid=UID(encoding.value),
        )
        assert np.array_equal(found, given), plugin


@pytest.mark.parametrize("encoding", COMPRESSED)
def test_equal_pixels_are_compressed_to_equal_bytes(encoding):
    assert len({compress(pixels(12, signed=False), 12, encoding) for _ in range(4)}) == 1
