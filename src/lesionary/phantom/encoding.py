"""Transfer syntaxes: how the pixels of a slice lie in its file. Equal pixels give equal bytes."""

from __future__ import annotations

from enum import StrEnum

import gdcm

from lesionary.phantom.models import Pixels


class Encoding(StrEnum):
    """Transfer syntaxes that archives hand out."""

    EXPLICIT = "1.2.840.10008.1.2.1"
    """Explicit VR little endian, uncompressed."""
    IMPLICIT = "1.2.840.10008.1.2"
    """Implicit VR little endian, uncompressed: DICOM's default, in which private elements lose their VR."""
    RLE = "1.2.840.10008.1.2.5"
    """RLE lossless."""
    JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"
    """JPEG lossless, first-order prediction (process 14, selection value 1)."""
    JPEG_2000 = "1.2.840.10008.1.2.4.90"
    """JPEG 2000, lossless only."""

    @property
    def compressed(self) -> bool:
        """Whether pixels are encapsulated (PS3.5 A.4)."""
        return self not in (Encoding.EXPLICIT, Encoding.IMPLICIT)


def compress(pixels: Pixels, bits: int, encoding: Encoding) -> bytes:
    """The one fragment of a slice, shape (rows, columns), of which `bits` a pixel are used.

    GDCM compresses; files are written by pydicom, since GDCM's own carry a time and new identifiers.
    """
    rows, columns = pixels.shape
    writer = gdcm.ImageWriter()  # an Image made without a writer is freed twice (GDCM 3.2)
    image = writer.GetImage()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((columns, rows, 1))
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.MONOCHROME2))
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, bits, bits - 1, int(pixels.dtype.kind == "i")))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.ExplicitVRLittleEndian))
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetByteStringValue(pixels.astype(pixels.dtype.newbyteorder("<")).tobytes())
    image.SetDataElement(element)
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(encoding.value)))
    change.SetInput(image)
    if not change.Change():
        raise RuntimeError(f"GDCM cannot write {encoding.name} with {bits} bits of {pixels.dtype}")
    fragments = change.GetOutput().GetDataElement().GetSequenceOfFragments()
    text: str = fragments.GetFragment(0).GetByteValue().GetBuffer()
    return text.encode("utf-8", "surrogateescape")  # as SWIG hands bytes to Python
