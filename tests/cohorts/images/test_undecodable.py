"""A series whose images end the process that decodes them is set aside, and the others go on."""

from __future__ import annotations

from pathlib import Path

import errands
import pytest

from lesionary.base.errors import SeriesError
from lesionary.cohorts.contract.set_aside import Kind, SetAside
from lesionary.cohorts.images.undecodable import lost
from lesionary.running.parallel import in_order
from lesionary.running.workers import VARIABLE


def test_what_it_is_set_aside_with_names_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2")
    set_aside = SetAside()
    for number, made in enumerate(in_order(errands.die_of_three, range(5), "cropping slices of DOE^JANE", lost)):
        with set_aside.guard(Kind.LESION, f"L-{number}"):
            if isinstance(made, SeriesError):
                raise made
            assert made == number
    set_aside.write(tmp_path / "set_aside.csv")
    told = (tmp_path / "set_aside.csv").read_text("utf-8")
    assert 'L-3,"its images end the process that decodes them' in told
    assert "DOE" not in told
