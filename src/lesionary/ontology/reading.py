"""An ontology from text that a radiologist edits (`lesions.yaml` says how it is written), or from a workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from lesionary.base.errors import OntologyError
from lesionary.ontology.graph import LabelClass, Ontology
from lesionary.ontology.workbook import read_workbook

_SLOT = re.compile(r"\{([^{}]*)\}")


class Entry(BaseModel):
    """What is written below a label."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
    parents: list[str] = []
    synonyms: list[str] = []


class Page(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
    bodypart: dict[str, Entry]
    type: dict[str, Entry]
    attribute: dict[str, Entry]
    exclusive: list[list[str]] = []
    silent: list[str] = []


class _Once(yaml.SafeLoader):
    """Refuses a key that stands twice: YAML would silently keep the last."""


def _mapping(loader: _Once, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise OntologyError(f"line {node.start_mark.line + 1}", f"{key!r} stands twice", "join the two entries")
    return loader.construct_mapping(node, deep=True)


_Once.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_ontology(path: Path) -> Ontology:
    """An ontology written like `lesions.yaml`, or a released workbook (`.xlsx`), by the ending of its name.

    What the first says against itself is an `OntologyError`, since it can be corrected; of a workbook only a cycle is,
    the rest is left to be reported.
    """
    if not path.is_file():
        raise OntologyError(str(path), "is missing", "set ontology.file to a .yaml or .xlsx file")
    if path.suffix == ".xlsx":
        return read_workbook(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise OntologyError(str(path), f"is no text in UTF-8 ({error})", "save it as UTF-8") from None
    return parse_ontology(text, str(path))


def parse_ontology(text: str, place: str) -> Ontology:
    """Check and build; an `OntologyError` names the first contradiction, since this text can be corrected."""
    try:
        page = Page.model_validate(yaml.load(text, Loader=_Once))
    except ValidationError as error:
        first = error.errors()[0]
        raise OntologyError(
            f"{place}: {'.'.join(map(str, first['loc']))}", first["msg"], "see the head of lesions.yaml"
        ) from None
    except yaml.YAMLError as error:
        raise OntologyError(place, f"is no YAML: {' '.join(str(error).split())}", "correct it there") from None
    sections = {
        LabelClass.BODYPART: page.bodypart,
        LabelClass.TYPE: page.type,
        LabelClass.ATTRIBUTE: page.attribute,
    }
    entries: dict[str, Entry] = {}
    for section in sections.values():
        if twice := sorted(entries.keys() & section.keys()):
            raise OntologyError(place, f"{twice[0]!r} stands in two classes", "leave it in one")
        entries |= section
    bare = Ontology(
        classes={label: kind for kind, section in sections.items() for label in section},
        synonyms={},
        parents={label: frozenset(entry.parents) for label, entry in entries.items()},
        exclusive=_excluded(entries, page.exclusive),
    )
    if faults := bare.contradictions():
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise OntologyError(place, f"{faults[0]}{more}", "correct parents or exclusive groups")
    written = {label: [label, *entry.synonyms] for label, entry in entries.items()}
    return replace(bare, synonyms=_filled(written, bare, place), silent=tuple(page.silent))


def _excluded(labels: Iterable[str], groups: list[list[str]]) -> dict[str, frozenset[str]]:
    """Every member of a group excludes the others; a name that is no label stays, to be reported."""
    excluded: dict[str, set[str]] = {label: set() for label in labels}
    for group in groups:
        for label in excluded.keys() & set(group):
            excluded[label].update(other for other in group if other != label)
    return {label: frozenset(others) for label, others in excluded.items()}


def _filled(written: Mapping[str, list[str]], bare: Ontology, place: str) -> dict[str, tuple[str, ...]]:
    """Synonyms with every `{label}` replaced by that label's own plain synonyms."""
    plain = {label: [form for form in forms if not _SLOT.search(form)] for label, forms in written.items()}
    filled: dict[str, dict[str, None]] = {label: dict.fromkeys(forms) for label, forms in plain.items()}
    for label, forms in written.items():
        for form in forms:
            slots = _SLOT.findall(form)
            if unknown := [slot for slot in slots if slot not in plain]:
                raise OntologyError(f"{place}: {label}", f"{form!r}: no label {unknown[0]!r}", "correct the synonym")
            implied = [slot for slot in slots if slot != label and slot not in bare.ancestors(label)]
            for words in product(*(plain[slot] for slot in slots)) if slots else ():
                phrase = _fill(form, words)
                for owner in (label, *implied):
                    filled[owner].setdefault(phrase)
    return {label: tuple(forms) for label, forms in filled.items()}


def _fill(form: str, words: Iterable[str]) -> str:
    """`form` with its slots replaced, in order.

    >>> _fill("{lung} {nodule}", ["pulmonary", "micronodule"])
    'pulmonary micronodule'
    """
    rest = iter(words)
    return _SLOT.sub(lambda _: next(rest), form)
