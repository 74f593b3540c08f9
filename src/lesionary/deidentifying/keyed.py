"""What stands for an identifier under a key: the same in every file, so that references hold, and telling nothing
without the key."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, timedelta

from lesionary.cohorts.contract.pseudonyms import Entity, pseudonym

LONGEST_SHIFT_DAYS = 365
_DAY = 8  # characters of a date: 20191231


@dataclass(frozen=True)
class Keyed:
    """Replacements under a key."""

    key: bytes

    def uid(self, uid: str) -> str:
        """A UID of 128 bits below 2.25 (PS3.5 B.2).

        >>> Keyed(b"k").uid("1.2.3") == Keyed(b"k").uid("1.2.3") != Keyed(b"k").uid("1.2.4")
        True
        >>> len(Keyed(b"k").uid("1.2.3")) <= 64
        True
        """
        return f"2.25.{int.from_bytes(self._digest('UID', uid)[:16], 'big')}"

    def patient(self, name: str) -> str:
        """The pseudonym that a cohort with this key uses."""
        return pseudonym(self.key, Entity.PATIENT, name)

    def label(self, name: str) -> str:
        """The pseudonym of a drawing's name."""
        return pseudonym(self.key, Entity.LESION, name)

    def days(self, patient: str) -> int:
        """How many days all dates of a patient move into the past, 1 to 365."""
        return 1 + int.from_bytes(self._digest("DAYS", patient)[:8], "big") % LONGEST_SHIFT_DAYS

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.new(self.key, f"{kind}\0{text}".encode(errors="surrogateescape"), hashlib.sha256).digest()


def moved(value: str, days: int) -> str | None:
    """A date, or date and time, so many days earlier, the rest as it stands; None for what is no whole date.

    >>> moved("20200301", 1), moved("20200101120000.5+0100", 1), moved("2020", 1), moved("2020.03.01", 1)
    ('20200229', '20191231120000.5+0100', None, None)
    """
    day, rest = value[:_DAY], value[_DAY:]
    if not (day.isascii() and day.isdigit()) or not all(one.isdigit() or one in "+-." for one in rest):
        return None
    try:
        then = date(int(day[:4]), int(day[4:6]), int(day[6:])) - timedelta(days)
    except (ValueError, OverflowError):
        return None
    return f"{then:%Y%m%d}".rjust(_DAY, "0") + rest
