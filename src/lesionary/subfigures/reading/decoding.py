"""One image file as eight-bit colour, by rules that do not depend on its name.

    what is in the file              what is made of it
    colour, grey, one bit, palette   RGB
    CMYK                             RGB, by Pillow's plain formula (no profile is followed)
    16-bit grey                      eight bits: 65,535 becomes 255, in proportion
    transparency                     on white, as on a page
    several frames or pages          the first
    turned by its EXIF tag           as a viewer shows it

Refused (`FileError`): other formats, whatever the file's name says; what is broken or cut short; floats and 32-bit
values, whose range nobody knows; a side below 8 pixels; more than 50 million pixels.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lesionary.base.errors import FileError
from lesionary.subfigures.reading.folders import shown

FORMATS = ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP", "PPM")
"""Told by content. Others are not tried: some of Pillow's readers start other programs."""
LEAST_SIDE_PX = 8
MOST_PX = 50_000_000
_SIXTEEN_BITS = ("I", "I;16", "I;16L", "I;16B", "I;16N")


@dataclass(frozen=True)
class Task:
    """A file, and the side in pixels of the square that it becomes."""

    path: Path
    side_px: int


@dataclass(frozen=True)
class Decoded:
    """An image as the network is given it, and what tells whether another file holds the same one."""

    pixels: NDArray[np.uint8]
    """(3, side, side): red, green, blue."""
    digest: bytes
    """SHA-256 of width, height and pixels before they were resized."""


def read(task: Task) -> Decoded | FileError:
    """The image of a file, or why it cannot be used: an error to hand on, since processes share this work."""
    try:
        return squared(as_rgb(task.path), task.side_px)
    except FileError as error:
        return error


def squared(image: Image.Image, side_px: int) -> Decoded:
    """An RGB image brought to a square, bilinear, averaged where it shrinks; its aspect is not kept (DMRN, 2.1)."""
    digest = sha256(f"{image.width} {image.height} ".encode() + image.tobytes()).digest()
    square = image.resize((side_px, side_px), Image.Resampling.BILINEAR)
    return Decoded(np.ascontiguousarray(np.moveaxis(np.asarray(square), 2, 0)), digest)


def as_rgb(path: Path) -> Image.Image:
    """The image of a file by the rules above; `FileError` where there is none to be had."""
    place = shown(str(path))
    if not path.is_file():
        raise FileError(place, "is no file", "remove it, or mend the link")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd tags in a file that can be read; sizes are looked at here
            with Image.open(path, formats=FORMATS) as image:
                _check_size(image, place)
                return _to_rgb(ImageOps.exif_transpose(image), place)
    except FileError:
        raise
    except Image.DecompressionBombError:
        raise _too_large(place) from None
    except Exception as error:  # a broken file can make a decoder raise anything
        reason = f"cannot be read as an image ({type(error).__name__})"
        cure = f"mend it, or save it as one of {', '.join(FORMATS)}"
        raise FileError(f"{place} ({shown(str(error))})", reason, cure) from None


def _check_size(image: Image.Image, place: str) -> None:
    width, height = image.size
    if min(width, height) < LEAST_SIDE_PX:
        reason = f"has {width} x {height} pixels, and {LEAST_SIDE_PX} are the least that a side may have"
        raise FileError(place, reason, "take the image from a better copy of the figure")
    if width * height > MOST_PX:
        raise _too_large(place)


def _too_large(place: str) -> FileError:
    return FileError(place, f"says that it has more than {MOST_PX:,} pixels", "make it smaller")


def _to_rgb(image: Image.Image, place: str) -> Image.Image:
    if image.mode == "F":
        raise FileError(place, "holds floats, whose range is not known", "save it with 8 or 16 bits a channel")
    if image.mode in _SIXTEEN_BITS:
        return _from_sixteen_bits(image, place)
    if image.has_transparency_data:
        page = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(page, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _from_sixteen_bits(image: Image.Image, place: str) -> Image.Image:
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > np.iinfo(np.uint16).max:
        raise FileError(place, "holds 32-bit values, whose range is not known", "save it with 8 or 16 bits a channel")
    return Image.fromarray(np.round(values / 257).astype(np.uint8)).convert("RGB")  # 65,535 = 257 x 255
