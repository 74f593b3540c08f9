"""Tables 7 and 8 from what a run leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lesionary.site.published import read_published
from lesionary.site.rows import Row
from lesionary.site.subfigures import Subfigures, read_subfigures
from lesionary.site.tables import Line, Whose


@pytest.fixture
def found(run: dict[str, Path]) -> Subfigures:
    rows = [
        Row(name, "", run["metrics"] / f"subfigures/{name}.json", run["plots"] / f"subfigures/{name}")
        for name in ("dmrn", "googlenet_alexnet")
    ]
    return read_subfigures("subfigures", rows, run["metrics"], run["plots"], read_published())


def line(lines: tuple[Line, ...], name: str, whose: Whose) -> Line:
    return next(one for one in lines if one.name == name and one.whose is whose)


def test_the_papers_accuracy_stands_below_ours_and_what_was_not_built_is_quoted(found: Subfigures) -> None:
    built, quoted = found.overall.groups
    assert line(built.lines, "googlenet_alexnet", Whose.OURS).cells[0].text == "75.00"
    assert line(built.lines, "googlenet_alexnet", Whose.OURS).cells[0].interval == "[25.0, 87.5]"
    assert [cell.text for cell in line(built.lines, "DMRN", Whose.PAPER).cells] == ["85.90", "–", "–", "–"]
    assert [(one.name, one.cells[0].text, one.note) for one in quoted.lines] == [
        ("ResNet-152", "85.38", "trained on more images"),
        ("CDHVF", "85.47", ""),
        ("ENS", "87.37", "trained on more images"),
    ]


def test_the_floor_is_the_most_frequent_training_class(found: Subfigures) -> None:
    """GFIG: 2 of 4 right, precision 1/2, recall 1, F1 2/3; the other tested class has 0; the mean is over both."""
    floor = found.majority
    assert floor.name == "always GFIG"
    assert [cell.text for cell in floor.cells] == ["50.00", "25.00", "50.00", "33.33"]


def test_each_class_has_its_best_row_and_ties_count_for_none(found: Subfigures) -> None:
    table = found.per_class
    assert table.head == ("train", "test", "dmrn", "googlenet_alexnet", "GoogLeNet+AlexNet", "DMRN")
    gfig, drct, strange = table.groups[0].lines
    assert [cell.text for cell in gfig.cells] == ["4", "2", "75.00", "50.00", "93.73", "95.53"]
    assert [cell.best for cell in gfig.cells] == [False, False, True, False, False, False]
    assert [cell.best for cell in drct.cells[2:4]] == [True, True]
    assert [cell.text for cell in strange.cells] == ["4", "0", "–", "–", "–", "–"]
    (last,) = table.groups[1].lines
    assert [cell.text for cell in last.cells] == ["–", "–", "1", "0", "5", "21"]
    assert table.note.startswith("In 1 classes rows of ours share the highest F1")


def test_a_row_alone_is_not_called_best(found: Subfigures) -> None:
    alone = Subfigures(found.images, found.rows[:1], found.counts, found.plots, found.published)
    assert not any(cell.best for one in alone.per_class.groups[0].lines for cell in one.cells)
    assert alone.per_class.note == ""


def test_the_page_says_that_a_program_drew_the_images(write_page: Callable[[], str]) -> None:
    page = write_page()
    assert "A program drew these images" in page
    assert "-S subfigures.images=&lt;folder&gt;" in page
    assert "37.5 %" in page  # pairs of one class


def test_the_page_of_other_images_names_their_folder(write_page: Callable[[], str]) -> None:
    path = Path("params.yaml")
    path.write_text(path.read_text("utf-8").replace("images: subfigures", "images: clef <2016>"), "utf-8")
    page = write_page()
    assert "The images are those of <b>clef &lt;2016&gt;</b>" in page
    assert "A program drew these images" not in page
