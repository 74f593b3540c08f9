"""Whom a report's own study names."""

from __future__ import annotations

import pytest

from lesionary.cohorts.naming import Identities
from lesionary.reports.scrubbing.known import find_known

DOE = Identities(
    {"DOE^JANE^A", "Müller^Li", "Frollo^Claude^^Dr"}, {"MRN-4711", "0004712345", "St. Mary Hospital", "7"}, {"19580412"}
)


def found(text: str, who: Identities = DOE) -> list[str]:
    return [text[start:end] for start, end in sorted(find_known(text, who))]


@pytest.mark.parametrize(
    "written",
    ["Jane", "DOE", "doe, jane", "Jane A. Doe", "Jane Frollo", "Müller", "Mueller", "muller", "Li Müller",
     "MRN-4711", "mrn 4711", "0004712345", "4712345", "ST. MARY HOSPITAL", "April 12, 1958", "12 Apr 1958", "12.4.58",
     "04/12/1958", "1958-04-12", "19580412"],
)  # fmt: skip
def test_an_identity_is_found_in_whatever_form(written: str) -> None:
    assert found(f"Seen with {written}, and stable.") == [written]


@pytest.mark.parametrize(
    "text", ["does", "Janes'", "Doering", "7 cysts", "MRN-47110", "St. Mary", "a litre, Li", "Claudeville", "58"]
)
def test_a_longer_word_a_short_number_and_a_part_of_a_place_are_no_identity(text: str) -> None:
    assert not found(text)


def test_a_patient_called_liver_leaves_the_liver_where_it_is() -> None:
    who = Identities({"LIVER^TEST^MAY"}, set(), set())
    assert found("The liver is normal. Liver, Test was seen in May. May be stable.", who) == ["Liver, Test"]


def test_who_names_nobody_hides_nothing() -> None:
    assert not found("Jane Doe", Identities())
