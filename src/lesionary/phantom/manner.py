"""How someone writes: what they leave unsaid, hedge and mistype, and of whom."""

from __future__ import annotations

from dataclasses import dataclass

SAID = 0.6  # how likely an attribute is said,
TYPED = 0.78  # and the type,
COARSE = 0.26  # and how likely the body part is named less finely than it could be; all where `noise` is 1


@dataclass(frozen=True)
class Manner:
    """Of a report; `noise` 0 says everything and hedges nothing, 1 is the paper's rate (LesaNet, 5.1), 2 is worse."""

    sex: str = "F"
    noise: float = 1.0
    typos: float = 0.0
    """How likely a longer word is mistyped."""

    @property
    def said(self) -> float:
        """How likely an attribute is said.

        >>> Manner(noise=0).said, Manner(noise=0).coarse, Manner(noise=100).said
        (1.0, 0.0, 0.0)
        """
        return max(0.0, 1 - (1 - SAID) * self.noise)

    @property
    def typed(self) -> float:
        """How likely the type is said."""
        return max(0.0, 1 - (1 - TYPED) * self.noise)

    @property
    def coarse(self) -> float:
        """How likely the body part is named less finely than it could be."""
        return min(1.0, COARSE * self.noise)
