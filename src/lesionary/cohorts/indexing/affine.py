"""From the affine of a NIfTI file to a geometry."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from lesionary.base.errors import FileError
from lesionary.cohorts.adjusted import Change
from lesionary.cohorts.contract.manifest import Listed
from lesionary.cohorts.images.nifti import open_image, read_affine
from lesionary.cohorts.images.upright import Shift
from lesionary.cohorts.indexing.corrections import Corrections
from lesionary.cohorts.indexing.stack import judge_tilt, tilt_of, upright
from lesionary.cohorts.kept import Kept
from lesionary.imaging.geometry import Geometry, Vector

RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])
RIGHT_ANGLE = 1e-3
"""How far row and column may be from a right angle, as its cosine; affines are kept in single precision."""


Placed: TypeAlias = tuple[Geometry, Shift | None, list[Change]]


def recall_place(kept: Kept, image: Listed, *, tilt_deg: float, corrections: Corrections) -> Placed:
    """As `place_nifti`, without opening a file whose place was kept."""
    depends = (tilt_deg, corrections)
    if packed := kept.get("affines", [image], *depends):
        geometry, shift, changes = packed
        told: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in geometry.items()}
        return Geometry(**told), shift and (shift[0], shift[1]), [Change(*one) for one in changes]
    placed = place_nifti(image.path, tilt_deg=tilt_deg, corrections=corrections)
    packed = vars(placed[0]), placed[1], [[one.what, one.rule] for one in placed[2]]
    kept.put(packed, "affines", [image], *depends)
    return placed


def place_nifti(path: Path, *, tilt_deg: float, corrections: Corrections) -> Placed:
    """Geometry of a 3-D image, however its axes lie in the patient, and what was decided about it.

    Axes that stand askew (a tilted gantry, as dcm2niix writes it) are judged as those of a DICOM series. `FileError`,
    or `SeriesError` for a tilt, if the image has no place.
    """
    affine, changes = read_affine(path, corrections.affines)
    axes = affine[:3, :3] * RAS_TO_LPS[:, None]
    lengths = np.linalg.norm(axes, axis=0)
    if not np.isfinite(affine).all() or (lengths <= 0).any() or abs(np.linalg.det(axes / lengths)) < RIGHT_ANGLE:
        raise FileError(str(path), "has no usable affine", "write it again with its sform or qform set")
    row, column, run = (axes / lengths).T
    if abs(row @ column) > RIGHT_ANGLE:
        raise FileError(str(path), "its rows and columns stand askew", "resample it")
    longer, shorter = max(lengths[:2]), min(lengths[:2])
    if longer / shorter > corrections.max_anisotropy:
        reason = f"its pixels measure {lengths[0]:.3f} x {lengths[1]:.3f} mm"
        raise FileError(str(path), reason, "store its slices along the third axis, or raise index.max_anisotropy")
    tilt = tilt_of(run, row, column)
    drift = axes[:, 2] @ np.array([row, column]).T / lengths[:2]  # pixels a slice, along x and y
    size = tuple(int(n) for n in open_image(path).shape)
    change = judge_tilt(tilt, float(np.abs(drift).max()) * (size[2] - 1), str(path), tilt_deg, corrections.tilted)
    normal = np.cross(row, column)
    spacing = (float(lengths[0]), float(lengths[1]), float(abs(axes[:, 2] @ normal) if tilt > tilt_deg else lengths[2]))
    origin = _vector(affine[:3, 3] * RAS_TO_LPS)
    stored = Geometry(
        (size[0], size[1], size[2]), spacing, origin, _vector(row), _vector(column), bool(normal @ run < 0)
    )
    if change:
        changes.append(change)
    if tilt <= tilt_deg:
        return stored, None, changes
    shift = (float(drift[0]), float(drift[1]))
    return upright(stored, shift), shift, changes


def _vector(values: np.ndarray) -> Vector:
    x, y, z = (float(v) for v in values)
    return x, y, z
