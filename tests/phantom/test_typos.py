import numpy as np

from lesionary.phantom.telling import Link, Mention, Sentence
from lesionary.phantom.typos import mistyped

TEXT = "Hypodense lesion in the liver measures 2.3 centimetres today."


def sentence() -> Sentence:
    mentions = [Mention(0, 9, "hypoattenuation"), Mention(24, 29, "liver")]
    return Sentence(TEXT, mentions, [Link(39, 54, 0)])


def test_without_slips_a_sentence_stays_what_it_is():
    assert mistyped(sentence(), 0.0, np.random.default_rng(0)) == sentence()


def test_a_bookmark_has_no_slip_and_moves_with_its_text():
    for seed in range(50):
        slipped = mistyped(sentence(), 0.6, np.random.default_rng(seed))
        (link,) = slipped.links
        assert slipped.text[link.start : link.end] == "2.3 centimetres"


def test_a_mention_is_what_was_said_or_is_none_any_more():
    kept = 0
    for seed in range(50):
        slipped = mistyped(sentence(), 0.6, np.random.default_rng(seed))
        said = {mention.label: slipped.text[mention.start : mention.end] for mention in slipped.mentions}
        assert said.items() <= {"hypoattenuation": "Hypodense", "liver": "liver"}.items()
        kept += len(said)
    assert 0 < kept < 100


def test_every_longer_word_outside_of_bookmarks_may_slip():
    slipped = mistyped(sentence(), 1.0, np.random.default_rng(3)).text.split()
    same = [a for a, b in zip(slipped, TEXT.split(), strict=True) if a == b]
    assert same == ["in", "the", "2.3", "centimetres"]
