"""An export of a PACS: DICOM or NIfTI in any nesting, its series catalogued, spreadsheets linked to them."""

from __future__ import annotations

from pathlib import Path

from lesionary.base.errors import CohortError
from lesionary.cohorts.contract.layout import ImageKind
from lesionary.cohorts.images.nifti import is_nifti
from lesionary.importing.laying import check_apart, describe, find_key, find_readable, lay_images
from lesionary.importing.linking import CATALOGUE, Catalogue
from lesionary.importing.plan import Plan
from lesionary.importing.tables import SHEETS, plan_tables


def plan_export(plan: Plan) -> None:
    """Decide what becomes of an export; `CohortError` if its images, a table or a mapping cannot be used as a whole."""
    source, cohort = plan.request.source, plan.request.cohort
    check_apart(source, cohort)
    key = find_key(plan)
    images, others = find_readable(plan)
    lay_images(plan, images, source, key)
    if others:
        plan.said.append(f"left out, neither DICOM nor NIfTI: {len(others)} files, the first {others[0]}")
    catalogue = plan.catalogue = _before(plan)
    inventory = catalogue.add(source if plan.request.copy else cohort, _unread(plan, images, catalogue))
    studies = len({seen.study or name for name, seen in inventory.series.items()})
    plan.said.append(f"{CATALOGUE}: {len(catalogue.series)} series; {studies} studies read anew")
    plan.said += [
        f"  may be one patient: {' and '.join(map(repr, names))}; if so, write them alike in the headers, or they may "
        "both train and test"
        for names in catalogue.spellings()
    ]
    kinds = {ImageKind.NIFTI if is_nifti(image) else ImageKind.DICOM for image in images}
    if not kinds:
        raise CohortError(str(source), "holds no DICOM and no NIfTI", "name the folder of the export")
    describe(plan, sorted(kinds), "imported; say here where it is from")
    plan_tables(plan, tuple(SHEETS))


def _before(plan: Plan) -> Catalogue:
    """What series.csv holds; nothing where the headers of images that it tells of may say something else by now."""
    changed = plan.listing is not None and plan.listing.changed
    return Catalogue() if plan.request.rehash or changed else Catalogue.read(plan.request.cohort)


def _unread(plan: Plan, images: list[Path], catalogue: Catalogue) -> list[Path]:
    """The images whose headers the catalogue does not know."""
    if plan.copies is not None:
        return images if plan.request.rehash else [image for image, _ in plan.copies.wanted]
    assert plan.listing is not None  # images are listed or copied
    paths = plan.listing.paths
    return sorted([paths[name] for name in plan.listing.added] if catalogue.series else paths.values())
