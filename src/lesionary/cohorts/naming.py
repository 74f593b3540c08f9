"""What names a study or a patient, as headers and tables write it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Identities:
    """What names one study or one patient, as it is written."""

    names: set[str] = field(default_factory=set)
    """Of persons, parts separated by `^`, `=`, commas or blanks."""
    numbers: set[str] = field(default_factory=set)
    """Identifiers and places: looked for whole."""
    births: set[str] = field(default_factory=set)
    """Birth dates, as 19580412."""

    def __or__(self, other: Identities) -> Identities:
        return Identities(self.names | other.names, self.numbers | other.numbers, self.births | other.births)


def of_row(patient: str, *numbers: str) -> Identities:
    """What a row of a table names; a patient who is called by letters alone is called by a name."""
    digits = any(character.isdigit() for character in patient)
    return Identities(set() if digits else {patient}, {patient, *numbers} - {""})
