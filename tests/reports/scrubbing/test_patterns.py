"""What is taken out of any report, and what stays."""

from __future__ import annotations

import pytest

from lesionary.params.reports import Scrub
from lesionary.reports.scrubbing.patterns import find_common, words


def longest(text: str, rule: Scrub) -> list[str]:
    spans = set(find_common(text, rule))
    outer = [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]
    return [text[start:end] for start, end in sorted(outer)]


@pytest.mark.parametrize(
    "written",
    [
        "2019-12-31", "12/31/2019", "31.12.2019", "31/12/2019", "12-31-2019", "1/2/19", "31.12.19", "20191231",
        "March 3, 2019", "MARCH 3RD, 2019", "3 Mar 2019", "3rd of March 2019", "03-MAR-19", "March 2019", "Sept. 3",
        "05/2013", "2019-12-31T10:11:12", "3/4/2019 at 10:35 AM", "10:35 a.m.", "14:20:05", "1715 hours",
        "3rd of May", "third of May 1957", "May 3rd", "May the 3rd, 1957", "May third, 1957", "2019 May 3", "03MAY2019",
        "20190503T101112",
    ],
)  # fmt: skip
def test_a_date_or_a_time_of_day_is_taken_out_whole(written: str) -> None:
    assert longest(f"Compared to {written}, stable.", Scrub.DATES) == [written]


@pytest.mark.parametrize(
    "text",
    [
        "2.3 x 1.2 cm", "1.2 x 3.4 x 5.6 cm", "series 4, image 23", "(2/45)", "(4:120)", "IMA 8-34", "images 6-9",
        "since 2015", "3 weeks before", "May 3 cm lesion", "a 3-4 mm nodule", "L4-5", "T12/L1", "grade 2/6",
        "S4/I120", "64-year-old", "5 x 10 mm, 3/5 strength", "HU of -100", "1.25 mm slices", "B1.2.3.4",
        "extension 12.5 cm", "inferior extension: 12.5-13.5 cm", "extension 120 mm", "extension (3/45)",
        "extension to L4", "a mobile (3/45) stone", "mobile 12.5 mm stone", "renal cell 12.5 x 10.0 cm",
        "cell 3-4 cm", "segment 5.6.7.8", "the 3rd may represent", "the 3RD MAY BE", "since 2015 may be 10 mm",
        "gestational age 94 days", "92 HU", "age of 89", "in the 90s", "first of all", "outlines 1.2.3.4",
        "Drs. and nurses", "on this account 5 cm", "95%", "95 of 100", "called 3 cm", "series 4 image 120 and 1234",
    ],
)  # fmt: skip
def test_sizes_references_years_and_spans_of_time_stay(text: str) -> None:
    assert not [found for rule in Scrub for found in longest(text, rule)]


def test_ages_of_ninety_and_more_go_alone() -> None:
    assert longest("A 94-year-old and an 89-year-old.", Scrub.DATES) == ["94"]


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("94 y.o. man", "94"),
        ("94 years of age", "94"),
        ("aged 94", "94"),
        ("Age: 101", "101"),
        ("a 121-year-old", "121"),
        ("a ninety-four-year-old", "ninety-four"),
        ("in her nineties", "nineties"),
        ("in his late 90s", "90s"),
    ],
)
def test_such_an_age_goes_in_whatever_words(text: str, age: str) -> None:
    assert longest(text, Scrub.DATES) == [age]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("seen by Dr. Doe. Mass", ["Doe"]),
        ("Dr. J. Doe-Roe, chief", ["J. Doe-Roe"]),
        ("DISCUSSED WITH DR. DOE TODAY", ["DOE"]),
        ("Dictated by: Jane A. Doe, MD", ["Jane A. Doe"]),
        ("Electronically signed by Jane O'Neill on", ["Jane O'Neill"]),
        ("Radiologist: Doe, Jane", ["Doe, Jane"]),
        ("Jane Doe, M.D.", ["Jane Doe"]),
        ("Jane Doe, PA-C", ["Jane Doe"]),
        ("Dr.Doe", ["Doe"]),
        ("seen by Dr.\nDoe today", ["Doe"]),
        ("Dr.\nTECHNIQUE OF SCAN: CT", []),
        ("Dr. Doe No mass", ["Doe"]),
        ("Dr. van der Berg", ["Berg"]),
        ("Dr. med. Doe", ["Doe"]),
        ("DR. VON DOE", ["DOE"]),
        ("Dr. Élodie Çelik", ["Élodie Çelik"]),
        ("DR. ÖZTÜRK", ["ÖZTÜRK"]),
        ("Drs. Doe and Roe", ["Doe", "Roe"]),
        ("Nurse Jane Doe", ["Jane Doe"]),
        ("Sister Mary Joseph nodule", []),
        ("Discussed with the patient.", []),
        ("DISCUSSED WITH THE PATIENT.", []),
        ("No significant MR. Mitral inflow", []),
        ("600 ms. Sinus", []),
        ("CC: Headache.", []),
        ("The doctor said", []),
    ],
)
def test_a_name_goes_where_a_title_a_role_or_a_degree_tells_it(text: str, names: list[str]) -> None:
    assert longest(text, Scrub.NAMES) == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MRN: 47-11", ["47-11"]),
        ("Accession Number A123-4", ["A123-4"]),
        ("078-05-1120", ["078-05-1120"]),
        ("number 12345678 of", ["12345678"]),
        ("ACC20231107", ["ACC20231107"]),
        ("1.2.840.113619.2.55.3", ["1.2.840.113619.2.55.3"]),
        ("Accession of fluid", []),
        ("MRN4711", ["4711"]),
        ("acc. no. 47-11", ["47-11"]),
        ("NHS 943", ["943"]),
    ],
)
def test_a_number_goes_where_a_label_or_its_length_tells_it(text: str, found: list[str]) -> None:
    assert longest(text, Scrub.NUMBERS) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mail jane.doe@clinic.example.org.", ["jane.doe@clinic.example.org"]),
        ("see https://pacs.example/x?id=1.", ["https://pacs.example/x?id=1"]),
        ("(555) 123-4567", ["(555) 123-4567"]),
        ("555-123-4567", ["555-123-4567"]),
        ("pager 1234", ["1234"]),
        ("+49 30 123456", ["+49 30 123456"]),
        ("14 Elm Street", ["14 Elm Street"]),
        ("call 555-1234 or 555 123 4567", ["555-1234", "555 123 4567"]),
        ("ext. 4711", ["4711"]),
        ("020 7946 0958, 07700 900123", ["020 7946 0958", "07700 900123"]),
        ("jane(at)doe.example", ["jane(at)doe.example"]),
        ("ftp://pacs/doe, pacs.doe.org", ["ftp://pacs/doe", "pacs.doe.org"]),
        ("192.168.0.1:104", ["192.168.0.1:104"]),
        ("00:1A:2B:3C:4D:5E", ["00:1A:2B:3C:4D:5E"]),
        (r"C:\Doe\1.dcm and \\pacs\doe", [r"C:\Doe\1.dcm", r"\\pacs\doe"]),
    ],
)
def test_telephones_and_addresses_go(text: str, found: list[str]) -> None:
    assert longest(text, Scrub.CONTACTS) == found


def test_every_word_is_read_as_it_is_written() -> None:
    """YAML takes a bare no for False."""
    assert {"no", "on"} <= words("ordinary")
    assert not {"false", "true"} & words("ordinary")


def test_no_ordinary_word_is_a_title() -> None:
    assert not words("ordinary") & (words("titles") - {"mr"})
