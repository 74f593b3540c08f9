from dataclasses import replace

import numpy as np
import pytest

from lesionary.phantom.body import Body
from lesionary.phantom.identity import GIVEN, draw_identity, draw_visit
from lesionary.phantom.patient import Patient

PATIENT = Patient(7, "F", 60, Body.draw(np.random.default_rng(0)), 0)


@pytest.mark.parametrize("sex", ["F", "M"])
def test_given_names_go_with_the_sex(sex):
    rng = np.random.default_rng(1)
    names = {draw_identity(replace(PATIENT, sex=sex), rng).name.split("^")[1] for _ in range(40)}
    assert names <= set(GIVEN[sex])
    assert len(names) > 3


def test_the_identifier_ends_in_the_patients_number():
    assert draw_identity(PATIENT, np.random.default_rng(0)).patient_id.endswith("0007")


def test_a_follow_up_comes_four_to_fourteen_months_later_under_numbers_of_its_own():
    rng = np.random.default_rng(2)
    identity = draw_identity(PATIENT, rng)
    first = draw_visit(1, identity, None, rng)
    second = draw_visit(2, identity, first.day, rng)
    assert 120 <= (second.day - first.day).days < 420
    assert first.accession != second.accession
    assert first.study_id != second.study_id


def test_four_different_people_meet_a_patient():
    visit = draw_visit(1, draw_identity(PATIENT, np.random.default_rng(0)), None, np.random.default_rng(3))
    assert len({visit.doctor, *visit.staff}) == 4


def test_planted_strings_are_long_enough_to_be_searched_for():
    for number in range(30):
        rng = np.random.default_rng(number)
        identity = draw_identity(PATIENT, rng)
        visit = draw_visit(1, identity, None, rng)
        planted = (*identity.planted(), *visit.planted())
        assert min(map(len, planted)) >= 5
        assert len(set(planted)) == len(planted)
