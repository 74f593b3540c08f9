"""Pseudonyms: what stands for a patient, study, series or lesion outside `data/raw`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum


class Entity(StrEnum):
    """What a pseudonym stands for; the letter it begins with."""

    PATIENT = "P"
    STUDY = "S"
    SERIES = "E"
    LESION = "L"
    REPORT = "R"


def pseudonym(key: bytes, entity: Entity, identifier: str) -> str:
    """HMAC-SHA-256 of an identifier under the cohort's key, shortened to 60 bits.

    The same identifier under the same key is always the same pseudonym; without the key neither can be told from
    the other. Nothing may depend on the order of pseudonyms, since another key would change it.

    >>> pseudonym(b"key", Entity.PATIENT, "DOE^JANE") == pseudonym(b"key", Entity.PATIENT, "DOE^JANE")
    True
    >>> pseudonym(b"key", Entity.PATIENT, "1") == pseudonym(b"other", Entity.PATIENT, "1")
    False
    """
    digest = hmac.new(key, f"{entity.name}\0{identifier}".encode(), hashlib.sha256).digest()
    return f"{entity.value}-{base64.b32encode(digest)[:12].decode().lower()}"
