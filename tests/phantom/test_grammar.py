import re

import numpy as np
import pytest

from lesionary.ontology.ours import our_ontology
from lesionary.phantom.citing import date, reference, size
from lesionary.phantom.grammar import SINGLE, Slot, Style, grammar
from lesionary.phantom.kinds import Description
from lesionary.phantom.manner import Manner
from lesionary.phantom.phrasing import Unsuitable
from lesionary.phantom.sentences import realise
from lesionary.phantom.telling import Told
from lesionary.reports.parsing.bookmarks import find_bookmarks
from lesionary.reports.parsing.mentions import MentionFinder

FINDINGS = {Style.TWO: 2, Style.ALIKE: 2, Style.THREE: 3}
LIVER = Description(
    "any",
    ("liver",),
    ("metastasis", "mass"),
    ("hypoattenuation", "lobular"),
    20,
    ("cyst", "hemangioma"),
    ("calcified",),
)
NODES = Description(
    "any",
    ("mediastinum lymph node",),
    ("lymphadenopathy",),
    ("necrosis",),
    20,
    ("metastasis", "lymphoma"),
    ("calcified",),
)


def told(what: Description, image: int = 10) -> Told:
    return Told(what, 20.0, 14.0, 4, image)


def skeletons() -> list[tuple[Style, str]]:
    return [(style, text) for style, group in grammar().sentences.items() for text in group.skeletons]


def test_there_are_two_hundred_skeletons_and_no_two_alike():
    texts = [text for _, text in skeletons()]
    assert len(set(texts)) == len(texts) >= 200


def test_every_finding_of_a_skeleton_has_one_bookmark():
    rng = np.random.default_rng(0)
    for style, text in skeletons():
        links = [slot.finding for slot in grammar().expand(text, rng) if isinstance(slot, Slot) and slot.is_link]
        assert sorted(links) == list(range(FINDINGS.get(style, 1))), text


def test_no_word_outside_of_a_slot_names_a_label():
    entries = [entry for entries in grammar().lists.values() for entry in entries]
    texts = [re.sub(r"\{[^}]+\}", "|", text) for text in [*entries, *(text for _, text in skeletons())]]
    for text, found in zip(texts, MentionFinder(our_ontology()).pipe(texts), strict=True):
        assert not found, text


@pytest.mark.parametrize("style", Style)
def test_every_skeleton_suits_some_findings(style):
    what = NODES if style is Style.NODES else LIVER
    findings = [told(what, image) for image in range(10, 10 + FINDINGS.get(style, 1))]
    for text in grammar().sentences[style].skeletons:
        for seed in range(60):
            rng = np.random.default_rng([4, seed])
            try:
                sentence = realise(grammar().expand(text, rng), findings, Manner(), rng)
            except Unsuitable:
                continue
            assert not sentence.text[0].islower(), sentence.text
            break
        else:
            pytest.fail(f"{text!r} suits nothing")


def test_single_styles_are_for_one_finding():
    assert not set(SINGLE) & set(FINDINGS)


def test_every_size_and_every_reference_is_found_where_it_is_no_hyperlink():
    rng = np.random.default_rng(1)
    figures = grammar().figures
    for _ in range(100):
        written = size(23.0, 21.0, rng)
        (found,) = find_bookmarks(f"A mass of {written} is seen.")
        assert found.size_mm[:2] in ((23.0,), (23.0, 21.0)), written
        written = reference(told(LIVER, 45), (*figures.image, *figures.picture), rng)
        (found,) = find_bookmarks(f"A mass {written} is seen.")
        assert found.slice == 45, written
        assert not find_bookmarks(f"Compared with {date(rng)}."), "a day is no bookmark"
