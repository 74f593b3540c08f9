"""What an import decided, to be said and then written."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from lesionary.importing.copying import Copies, copy
from lesionary.importing.linking import Catalogue
from lesionary.importing.listing import Listing, write_listing
from lesionary.importing.merging import write_whole
from lesionary.importing.request import Request
from lesionary.schemas.tables import Finding

KEY = "pseudonym.key"


@dataclass
class Plan:
    """What an import writes and says; `write` does it."""

    request: Request
    said: list[str] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    """Rows and files that are left out, by the user's own names."""
    contents: dict[str, bytes] = field(default_factory=dict)
    catalogue: Catalogue | None = None
    """Of an export."""
    listing: Listing | None = None
    copies: Copies | None = None

    def write(self) -> None:
        """Write it: what is there already is added to, or left."""
        cohort = self.request.cohort
        cohort.mkdir(parents=True, exist_ok=True)
        if KEY in self.contents:
            descriptor = os.open(cohort / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # its owner's alone
            with open(descriptor, "wb") as file:
                file.write(self.contents[KEY])
        if self.copies is not None:
            copy(self.copies)
        if self.listing is not None:
            write_listing(cohort, self.request.memory, self.listing)
        if self.catalogue is not None:
            self.catalogue.write(cohort)
        for name, content in self.contents.items():
            if name != KEY:
                write_whole(cohort / name, content)
