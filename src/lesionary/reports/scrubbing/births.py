"""A birth date as people write it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from lesionary.reports.scrubbing.patterns import ordinals

_MARK = r"\s?[./-]\s?"


def written_births(birth: str) -> Iterator[str]:
    """Patterns, for folded texts, of a date that a header has as 19580412, or with something between.

    >>> any(re.fullmatch(one, "the 3rd of may, 1957") for one in written_births("1957-05-03"))
    True
    """
    told = re.fullmatch(r"(\d{4})\D?(\d\d)\D?(\d\d)", birth.strip())
    try:
        day = date(*map(int, told.groups())) if told else None
    except ValueError:
        day = None
    if day is None:
        return
    yield from (f"{day:%Y%m%d}", f"{day:%d%m%Y}", f"{day:%m%d%Y}")
    d, m = f"0?{day.day}", f"0?{day.month}"
    for year in (f"{day.year}", f"{day.year % 100:02d}"):
        yield from (_MARK.join(parts) for parts in ((d, m, year), (m, d, year), (year, m, d)))
    month = f"(?:{calendar.month_name[day.month]}|{calendar.month_abbr[day.month]}t?)\\.?".lower()  # sep or sept
    nth = rf"(?:the\s+)?(?:{d}(?:st|nd|rd|th)?|{ordinals()[day.day - 1]})\.?"
    year = f"'?(?:{day.year}|{day.year % 100:02d})"
    yield rf"{nth}[\s,-]*(?:day\s+)?(?:of\s+)?{month}[\s,-]*{year}"
    yield rf"{month}[\s,-]*{nth}[\s,-]+{year}"
    yield rf"{day.year}[\s,-]*{month}[\s,-]*{nth}"
