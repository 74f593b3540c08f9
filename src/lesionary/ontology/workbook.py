"""The ontology that was released with LesaNet (`lesion_ontology_181022.xlsx`; an adaptation of RadLex 3.15).

One sheet; a row is a label with its id, class, term, synonyms, number found, exclusive terms, parents and children,
lists separated by ` | `. Its children are fewer than its parents (329 pairs of 548) and add none: parents count.
Names that are no term of the workbook stay, as contradictions to be reported.
"""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook

from lesionary.base.errors import OntologyError
from lesionary.ontology.graph import LabelClass, Ontology

COLUMNS = ("class", "term", "synonyms", "term_exclusive", "term_parents")


def read_workbook(path: Path) -> Ontology:
    """The workbook as it is written, contradictions included (`Ontology.contradictions`)."""
    try:
        book = load_workbook(path, read_only=True)
    except (BadZipFile, KeyError, OSError) as error:
        raise OntologyError(str(path), f"is no workbook ({type(error).__name__})", "save it as .xlsx") from None
    try:
        header, *rows = book.worksheets[0].iter_rows(values_only=True)
    finally:
        book.close()
    names = [str(name) for name in header]
    if missing := [name for name in COLUMNS if name not in names]:
        raise OntologyError(str(path), f"has no column {missing[0]!r}", f"columns needed: {', '.join(COLUMNS)}")
    places = [names.index(name) for name in COLUMNS]
    cells = [[str(row[place] or "").strip() for place in places] for row in rows if row[places[1]]]
    classes = [kind.value for kind in LabelClass]
    if unknown := [(kind, term) for kind, term, *_ in cells if kind not in classes]:
        kind, term = unknown[0]
        raise OntologyError(f"{path}, term {term!r}", f"is of class {kind!r}", f"classes are {', '.join(classes)}")
    return Ontology(
        classes={term: LabelClass(kind) for kind, term, *_ in cells},
        synonyms={term: tuple(_split(synonyms)) for _, term, synonyms, _, _ in cells},
        parents={term: frozenset(_split(parents)) for _, term, _, _, parents in cells},
        exclusive={term: frozenset(_split(excluded)) for _, term, _, excluded, _ in cells},
    )


def _split(cell: str) -> list[str]:
    """The entries of a cell.

    >>> _split("lung | pulmonary")
    ['lung', 'pulmonary']
    >>> _split("")
    []
    """
    return [entry.strip() for entry in cell.split("|") if entry.strip()]
