"""Does random pairing let all classes contribute equally? (DMRN, 1.2; the pairs of 2.2.3.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lesionary.params.subtyping import Partner


@dataclass(frozen=True)
class PairMix:
    """What pairs a row was trained on, and what one would expect; shares from 0 to 1."""

    row: str
    partner: str
    same: float
    """Measured share of pairs whose images are of one class."""
    equal: float
    """That share, if every class contributed equally."""
    expected: float
    """That share, if partners are drawn as they were."""
    often: str
    """The class of most images."""
    often_share: float
    """Its share of all places in pairs."""
    seldom: str
    seldom_share: float

    @property
    def times(self) -> float:
        """How many times as often the most frequent class is seen as the rarest."""
        return self.often_share / self.seldom_share


def pair_mix(row: str, same: float, images: Mapping[str, int], partner: str) -> PairMix:
    """Shares for classes with so many `images`.

    >>> mix = pair_mix("dmrn", 0.6, {"a": 75, "b": 25}, "uniform")
    >>> mix.equal, round(mix.expected, 3), mix.often, mix.often_share, mix.times
    (0.5, 0.621, 'a', 0.75, 3.0)

    Balanced partners make up for half of the imbalance, since every image is first in one pair:

    >>> pair_mix("dmrn", 0.6, {"a": 75, "b": 25}, "class-balanced").often_share
    0.625
    """
    present = {name: count for name, count in images.items() if count}
    total, equal = sum(present.values()), 1 / len(present)
    uniform = sum(count * (count - 1) for count in present.values()) / (total * (total - 1))
    balanced = partner == Partner.CLASS_BALANCED
    shares = {name: count / total for name, count in present.items()}
    places = {name: (share + equal) / 2 if balanced else share for name, share in shares.items()}
    often, seldom = max(places, key=places.__getitem__), min(places, key=places.__getitem__)
    return PairMix(
        row, partner, same, equal, equal if balanced else uniform, often, places[often], seldom, places[seldom]
    )
