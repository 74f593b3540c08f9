"""Whom a report's own study names."""

from __future__ import annotations

import pytest

from lesionary.cohorts.naming import Identities
from lesionary.ontology.ours import our_ontology
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


SPELT = [
    ("Müller^Jürgen", ["Muller", "MUELLER", "Mu\u0308ller", "Juergen", "Müller-Jurgen"]),
    ("Mu\u0308ller^Ju\u0308rgen", ["Müller", "Jürgen", "Mueller"]),
    ("Mueller^Juergen", ["Müller", "Muller", "Jürgen"]),
    ("Muller^Jurgen", ["Müller", "Mueller", "JÜRGEN"]),
    ("Weiss^Ann", ["Weiß", "WEISS"]),
    ("Sørensen^Bjørn", ["Sorensen", "Soerensen", "BJOERN"]),
    ("Wałęsa^Łukasz", ["Walesa", "Lukasz"]),
    ("Šćepanović^Đorđe", ["Scepanovic", "Dorde"]),
    ("Ёлкин^Пётр", ["Елкин", "ПЕТР"]),
    ("O'Neill^Mary-Jane", ["O\u2019Neill", "ONeill", "O Neill", "Mary Jane", "Maryjane", "Mary\u2011Jane"]),
    ("ONeill^Ann", ["O'Neill", "O\u2019Neill"]),
    ("McDonald^Ann", ["Mc Donald", "MCDONALD"]),
    ("van der Berg^Ann", ["Vanderberg", "vanderBerg", "Van der Berg"]),
    ("De La Cruz^Ann", ["Dela Cruz", "Delacruz"]),
    ("Smith^John", ["Smith, John", "John\u00a0Smith", "SMITH^JOHN", "jsmith", "JohnSmith", "smith_john", "Sm-\nith",
                    "Smi\n  th", "John\nSmith", "Ｓｍｉｔｈ", "Smi\u00adth"]),
    ("Yamada^Tarou=山田^太郎=やまだ^たろう", ["山田太郎", "山田 太郎", "太郎", "やまだたろう"]),
    ("Wang^XiaoDong=王^小东", ["王小东", "小东"]),
    ("Hong^Gildong=洪^吉洞=홍^길동", ["홍길동", "洪吉洞"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "written"), [(name, one) for name, several in SPELT for one in several])
def test_a_name_is_found_however_it_is_spelt_and_divided(name: str, written: str) -> None:
    assert found(f"Seen with {written}, and stable.", Identities({name})) == [written]


@pytest.mark.parametrize("written", ["Smith's", "patient smith.", "(Smith)", "Smith/Doe", "scan_of_Smith_2.nii"])
def test_marks_around_a_name_do_not_hide_it(written: str) -> None:
    (name,) = found(written, Identities({"Smith^John"}))
    assert name.lower() == "smith"


def test_signs_beside_a_name_do_not_hide_it() -> None:
    assert found("患者王小东先生", Identities({"Wang^XiaoDong=王^小东"})) == ["王小东"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Baeck^A", "back pain"),
        ("Doe^Sue", "we do not do su"),
        ("Roe^Ina", "seen in\na duct"),
        ("Maya^Asa", "may\na, as\na"),
        ("Ross^C", "cross-sectional"),
        ("Kim^Al", "also"),
        ("An^Gio", "angio"),
        ("Oliver^X", "o liver"),
        ("王^丽", "王 is here"),
    ],
)
def test_no_other_spelling_of_a_name_is_a_word_of_reports(name: str, text: str) -> None:
    assert not found(text, Identities({name}))


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("ACC-2023.1107/5", "ACC202311075"),
        ("ACC-2023.1107/5", "2023-1107-5"),
        ("ACC20231107", "ACC 20231107"),
        ("ACC20231107", "20231107"),
        ("MRN-4711", "MRN4711"),
        ("MRN4711", "MRN: 4711"),
        ("4711815", "4711 815"),
        ("4711815", "47-11-815"),
        ("0004711815", "4711815"),
    ],
)
def test_an_identifier_is_found_however_it_is_divided(number: str, written: str) -> None:
    assert found(f"Seen as {written}.", Identities(set(), {number})) == [written]


@pytest.mark.parametrize("birth", ["19570503", "1957-05-03", "1957.05.03"])
@pytest.mark.parametrize(
    "written",
    ["3rd of May 1957", "third of May, 1957", "the 3rd May 1957", "May the 3rd, 1957", "May third 1957", "3-May-57",
     "03MAY1957", "3.May.1957", "1957 May 3", "57-05-03", "1957/5/3", "3. 5. 1957", "3 May\n1957"],
)  # fmt: skip
def test_a_birth_date_is_found_in_whatever_words(birth: str, written: str) -> None:
    assert found(f"Born {written}; stable.", Identities(set(), set(), {birth})) == [written]


def test_a_lesion_called_by_what_it_is_hides_no_label() -> None:
    ontology = our_ontology()
    for label, synonyms in ontology.synonyms.items():
        for name in (label, *synonyms):
            assert not found(f"There is a {name}.", Identities(set(), {name})), name
    assert not found("A liver tumor of 2 cm.", Identities(set(), {"Liver tumor 2", "liver_tumor"}))
    assert found("Jane's tumor 2.", Identities(set(), {"Jane's tumor 2"})) == ["Jane's tumor 2"]
