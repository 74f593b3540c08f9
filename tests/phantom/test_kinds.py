from collections import Counter
from importlib.resources import files

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from lesionary.phantom.catalogue import FEMALE, Catalogue, Kind, Part, catalogue
from lesionary.phantom.kinds import describe, draw_kind, draw_traits
from lesionary.phantom.lesion import shape
from lesionary.phantom.places import Place

KINDS = {kind.name: kind for kind in catalogue().kinds}


def rng(number: int = 0) -> np.random.Generator:
    return np.random.default_rng([4, number])


def labels_of(kind: Kind) -> tuple[set[str], set[str], set[str]]:
    """Body parts, types and attributes that a lesion of a kind can have."""
    parts = {label for part in kind.parts for label in part.labels} | set(kind.sites)
    types, attributes = ({label for group in groups for label in group} for groups in (kind.types, kind.attributes))
    return parts, types, attributes


def label_counts(lesions: int, rng: np.random.Generator) -> Counter[str]:
    """How many of so many lesions, half of them women's, have each label by the catalogue alone."""
    counts: Counter[str] = Counter()
    for number in range(lesions):
        counts.update(set(describe(draw_kind(rng, "FM"[number % 2]), rng)[0].labels))
    return counts


def test_every_label_stands_in_the_ontology_in_its_own_class():
    ontology = yaml.safe_load((files("lesionary.ontology") / "lesions.yaml").read_text(encoding="utf-8"))
    for kind in KINDS.values():
        parts, types, attributes = labels_of(kind)
        assert parts <= set(ontology["bodypart"]), kind.name
        assert types | set(kind.maybe) <= set(ontology["type"]), kind.name
        assert attributes - {"necrosis"} <= set(ontology["attribute"]), kind.name  # a type that is said as a look
        assert set(kind.absent) - {"necrosis"} <= set(ontology["attribute"]), kind.name


def test_a_lesion_never_has_two_labels_of_which_one_rules_out_the_other():
    ontology = yaml.safe_load((files("lesionary.ontology") / "lesions.yaml").read_text(encoding="utf-8"))
    known = ontology["bodypart"] | ontology["type"] | ontology["attribute"]

    def with_parents(label: str) -> set[str]:
        return {label}.union(*(with_parents(parent) for parent in known[label].get("parents", [])))

    for number, kind in enumerate(KINDS.values()):
        for draw in range(20):
            described = describe(kind, rng(100 * number + draw))[0]
            labels = set().union(*(with_parents(label) for label in described.labels))
            for group in ontology["exclusive"]:
                assert len(labels & set(group)) <= 1, (kind.name, labels)


def test_there_are_ninety_labels_and_more_and_their_frequencies_have_a_long_tail():
    counts = label_counts(3000, rng())
    assert len(counts) >= 90
    common, rare = np.quantile(list(counts.values()), (0.95, 0.25))
    assert common > 15 * rare
    assert counts["nodule"] > counts["cyst"] > counts["adenoma"]
    assert counts["mass"] > counts["sclerotic"] > counts["lipoma"]


def test_every_place_but_the_oesophagus_has_lesions():
    assert {part.place for kind in KINDS.values() for part in kind.parts} == set(Place) - {Place.OESOPHAGUS}


def test_no_man_has_a_lesion_of_a_womans_organ():
    drawn = {draw_kind(rng(number), "M").name for number in range(1500)}
    assert not any(part.place in FEMALE for name in drawn for part in KINDS[name].parts)
    women = {draw_kind(rng(number), "F").name for number in range(1500)}
    assert {"adnexal cyst", "cervical mass", "breast lesion"} <= women


def test_attributes_are_drawn_by_their_probability_and_exclude_each_other_within_a_group():
    kind = KINDS["splenic lesion"]  # hypoattenuation 0.75; indistinct 0.1 or circumscribed 0.08
    drawn = [describe(kind, rng(number))[0].attributes for number in range(600)]
    assert not any({"indistinct", "circumscribed"} <= set(attributes) for attributes in drawn)
    assert sum("hypoattenuation" in attributes for attributes in drawn) == pytest.approx(450, abs=35)
    assert sum("indistinct" in attributes for attributes in drawn) == pytest.approx(60, abs=25)


def test_an_attribute_changes_the_picture_before_the_kind_does():
    kind = KINDS["simple kidney cyst"]
    assert draw_traits(kind, (), rng())[1] == kind.picture.depth
    assert draw_traits(kind, ("exophytic",), rng())[1] == catalogue().attributes["exophytic"].depth
    assert draw_traits(KINDS["liver hemangioma"], ("enhancing",), rng())[0]["rim_hu"] > 80


def test_diameters_are_log_normal_about_their_mean():
    kind = KINDS["lung mass"].model_copy(update={"diameter_mm": (40.0, 12.0, 1.0, 999.0)})
    drawn = np.array([describe(kind, rng(number))[0].diameter_mm for number in range(3000)])
    assert drawn.mean() == pytest.approx(40, abs=1)
    assert drawn.std() == pytest.approx(12, abs=1)
    assert np.median(drawn) < drawn.mean() - 1  # the tail is on the right


def test_size_in_words_follows_the_diameter():
    for kind in KINDS.values():
        description, _ = describe(kind, rng())
        words = set(catalogue().size_labels(description.diameter_mm))
        assert words == {"tiny", "subcentimeter", "large"} & set(description.attributes)


def test_a_slab_limits_how_high_a_lesion_is():
    kind = KINDS["lung mass"]
    description, _ = describe(kind, rng())
    assert shape(kind, description, 20.0, rng()).radii_mm[2] <= 10.0


def test_a_site_that_nothing_explains_is_refused():
    values = catalogue().model_dump()
    values["kinds"] = [values["kinds"][0] | {"sites": {"behind the ear": 1.0}}]
    with pytest.raises(ValidationError, match="behind the ear"):
        Catalogue.model_validate(values)


def test_a_share_of_nothing_is_no_part():
    with pytest.raises(ValidationError, match="share"):
        Part(labels=("liver",), place=Place.LIVER, share=0.0)
