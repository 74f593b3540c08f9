"""Every byte of a file, and what is compressed in it, searched for words."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
from PIL import Image

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "latin-1")
"""NumPy keeps texts in UTF-32."""
EMBEDDED = re.compile(rb"data:[a-z/+.-]+;base64,([A-Za-z0-9+/=]+)")
"""Pictures in a page."""
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")


def contents(name: str, content: bytes) -> Iterator[bytes]:
    """The name, the bytes, and what they hold compressed, as their first bytes tell: archives and tables in full, of
    pictures what stands beside the pixels."""
    yield name.encode()
    yield content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive.comment
            for member in archive.namelist():
                yield from contents(member, archive.read(member))
    elif content.startswith(b"\x1f\x8b"):
        yield from contents(name, gzip.decompress(content))
    elif content.startswith(b"PAR1"):
        table = pl.read_parquet(io.BytesIO(content))
        yield json.dumps(pl.read_parquet_metadata(io.BytesIO(content))).encode()
        yield json.dumps(table.to_dicts(), ensure_ascii=False, default=str).encode()
    elif content.startswith(PICTURES):
        with Image.open(io.BytesIO(content)) as picture:
            picture.load()  # texts may stand behind the pixels
            told = {**picture.info, **dict(picture.getexif())}
        yield json.dumps({str(key): str(value) for key, value in told.items()}, ensure_ascii=False).encode()
    elif embedded := EMBEDDED.findall(content):
        for one in embedded:
            yield from contents(name, base64.b64decode(one))
    elif content[:1] == b"\x78":
        try:
            yield zlib.decompress(content)
        except zlib.error:
            return


def found(folder: Path, words: Iterable[str]) -> set[tuple[str, str]]:
    """Which file below `folder` holds which of `words`, in any case and any of `ENCODINGS`."""
    wanted = [(word, word.lower().encode(encoding)) for word in words for encoding in ENCODINGS]
    return {
        (path.relative_to(folder).as_posix(), word)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for part in contents(path.relative_to(folder).as_posix(), path.read_bytes())
        for word, coded in wanted
        if coded in part.lower()
    }
