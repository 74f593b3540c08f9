"""One file as eight-bit colour."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lesionary.base.errors import FileError
from lesionary.subfigures.reading.decoding import Decoded, Task, as_rgb, read, squared

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def saved(folder: Path, image: Image.Image, name: str = "a.png", **options: object) -> Path:
    image.save(folder / name, **options)  # type: ignore[arg-type]
    return folder / name


def colours(path: Path) -> set[tuple[int, ...]]:
    return {colour for _, colour in as_rgb(path).getcolors() or []}  # type: ignore[misc]


def refusal(path: Path) -> FileError:
    with pytest.raises(FileError) as caught:
        as_rgb(path)
    return caught.value


def test_sixteen_bits_keep_their_proportion(tmp_path: Path) -> None:
    values = np.full((8, 8), 257 * 100, np.uint16)
    values[0, 0] = 65535
    values[0, 1] = 257 * 3 + 129  # nearer to 4
    rgb = np.asarray(as_rgb(saved(tmp_path, Image.fromarray(values))))
    assert rgb[0, 0].tolist() == [255] * 3
    assert rgb[0, 1].tolist() == [4] * 3
    assert rgb[7, 7].tolist() == [100] * 3


def test_sixteen_bits_in_the_other_order_of_bytes_are_the_same(tmp_path: Path) -> None:
    values = np.arange(64, dtype=np.uint16).reshape(8, 8) * 1000
    little = saved(tmp_path, Image.fromarray(values), "little.tif")
    path = tmp_path / "big.pgm"
    path.write_bytes(b"P5 8 8 65535\n" + values.astype(">u2").tobytes())
    np.testing.assert_array_equal(np.asarray(as_rgb(little)), np.asarray(as_rgb(path)))


def test_a_palette_is_looked_up(tmp_path: Path) -> None:
    image = Image.new("P", (9, 9), 1)
    image.putpalette([*RED, *BLUE])
    assert colours(saved(tmp_path, image)) == {BLUE}


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    """No cyan, all magenta and yellow, no black is red."""
    path = saved(tmp_path, Image.new("CMYK", (9, 9), (0, 255, 255, 0)), "a.tif")
    assert colours(path) == {RED}


def test_grey_and_one_bit_become_rgb(tmp_path: Path) -> None:
    assert colours(saved(tmp_path, Image.new("L", (9, 9), 7))) == {(7, 7, 7)}
    assert colours(saved(tmp_path, Image.new("1", (9, 9), 1))) == {WHITE}


def test_what_is_transparent_stands_on_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (9, 9), (*RED, 255))
    image.putpixel((0, 0), (0, 0, 0, 0))
    image.putpixel((1, 0), (0, 0, 0, 51))  # a fifth of black over white
    assert colours(saved(tmp_path, image)) == {RED, WHITE, (204, 204, 204)}


def test_a_transparent_entry_of_a_palette_stands_on_white(tmp_path: Path) -> None:
    image = Image.new("P", (9, 9), 1)
    image.putpalette([*RED, *BLUE])
    image.putpixel((0, 0), 0)
    assert colours(saved(tmp_path, image, transparency=0)) == {WHITE, BLUE}


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tif"])
def test_of_several_frames_the_first_is_taken(tmp_path: Path, name: str) -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in (RED, BLUE)]
    lossless = {"lossless": True} if name == "a.webp" else {}
    path = saved(tmp_path, frames[0], name, save_all=True, append_images=frames[1:], **lossless)
    with Image.open(path) as image:
        assert image.n_frames == 2  # type: ignore[attr-defined]
    assert colours(path) == {RED}


def test_an_image_is_turned_as_its_tag_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    image = as_rgb(saved(tmp_path, Image.new("RGB", (20, 10)), "a.jpg", exif=exif))
    assert image.size == (10, 20)


def test_content_counts_and_not_the_name(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (9, 9), RED))
    assert colours(path.rename(tmp_path / "a.jpg")) == {RED}
    assert colours((tmp_path / "a.jpg").rename(tmp_path / "no extension")) == {RED}


@pytest.mark.parametrize(("size", "told"), [((7, 100), "has 7 x 100 pixels"), ((100, 1), "has 100 x 1 pixels")])
def test_an_image_too_small_is_refused(tmp_path: Path, size: tuple[int, int], told: str) -> None:
    assert told in refusal(saved(tmp_path, Image.new("L", size))).reason


def test_the_least_side_is_allowed(tmp_path: Path) -> None:
    assert as_rgb(saved(tmp_path, Image.new("L", (8, 8)))).size == (8, 8)


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_an_image_that_says_to_be_huge_is_refused_unread(tmp_path: Path, side: int) -> None:
    """Its header promises more than a gigabyte; behind it lie a few bytes."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    assert refusal(path).reason == "says that it has more than 50,000,000 pixels"


@pytest.mark.parametrize("content", [b"", b"no image", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_image_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    assert "cannot be read as an image" in refusal(path).reason


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif", "a.bmp", "a.webp"])
def test_a_file_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(1)
    path = saved(tmp_path, Image.fromarray(rng.integers(0, 255, (40, 40, 3), np.uint8)), name)
    path.write_bytes(path.read_bytes()[:-800])
    assert "cannot be read as an image" in refusal(path).reason


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_values_of_no_known_range_are_refused(tmp_path: Path, dtype: type[np.generic]) -> None:
    path = saved(tmp_path, Image.fromarray(np.full((9, 9), 1e6, dtype)), "a.tif")
    assert "whose range is not known" in refusal(path).reason


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert refusal(tmp_path / "pipe.png").reason == "is no file"


def test_a_reason_names_no_file(tmp_path: Path) -> None:
    """It goes into a table that travels; the terminal is told where."""
    path = tmp_path / "anna smith.png"
    path.write_bytes(b"x")
    error = refusal(path)
    assert "anna" in error.place
    assert "anna" not in error.reason + error.cure


def test_a_square_averages_where_it_shrinks() -> None:
    """Stripes of black and white become grey, not one of the two."""
    stripes = np.zeros((64, 128, 3), np.uint8)
    stripes[:, ::2] = 200
    made = squared(Image.fromarray(stripes), 16)
    assert made.pixels.shape == (3, 16, 16)
    assert made.pixels.dtype == np.uint8
    assert np.abs(made.pixels.astype(int) - 100).max() <= 15


def test_channels_are_red_green_and_blue() -> None:
    assert squared(Image.new("RGB", (8, 8), (1, 2, 3)), 8).pixels[:, 0, 0].tolist() == [1, 2, 3]


def test_the_same_pixels_have_the_same_digest_whatever_the_file(tmp_path: Path) -> None:
    image = Image.new("RGB", (10, 9), RED)
    made = [read(Task(saved(tmp_path, image, name), 8)) for name in ("a.png", "a.bmp", "a.tif")]
    assert len({one.digest for one in made if isinstance(one, Decoded)}) == 1
    other = read(Task(saved(tmp_path, Image.new("RGB", (9, 10), RED), "b.png"), 8))
    assert isinstance(other, Decoded)
    assert isinstance(made[0], Decoded)
    assert other.digest != made[0].digest  # as many pixels of one colour, in another shape


def test_an_error_is_handed_on(tmp_path: Path) -> None:
    assert isinstance(read(Task(tmp_path / "none.png", 8)), FileError)
