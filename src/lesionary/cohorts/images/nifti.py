"""NIfTI: geometry, voxels in HU, and masks beside the image. Axes i, j, k count as x, y, z, as stored."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError
from numpy.typing import NDArray

from lesionary.errors import FileError, LesionError
from lesionary.imaging.geometry import Box, Geometry

ENDINGS = (".nii", ".nii.gz")
MASK = "_mask"
RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])


def is_nifti(path: Path) -> bool:
    """Whether the name says NIfTI."""
    return path.name.endswith(ENDINGS)


def is_mask(path: Path) -> bool:
    """Whether the name says that this is the mask of the image beside it."""
    return is_nifti(path) and path.name.split(".nii")[0].endswith(MASK)


def mask_beside(path: Path) -> Path:
    """Where the mask of an image lies: `CT_mask.nii.gz` for `CT_image.nii.gz` or `CT.nii.gz`.

    >>> mask_beside(Path("a/CT_image.nii.gz")).as_posix()
    'a/CT_mask.nii.gz'
    """
    stem, ending = path.name.split(".nii")[0], path.name[len(path.name.split(".nii")[0]) :]
    return path.with_name(stem.removesuffix("_image") + MASK + ending)


def read_geometry(path: Path) -> Geometry:
    """Geometry of a 3-D image; `FileError` if it is not one."""
    image = _open(path)
    affine = np.asarray(image.affine, np.float64)
    axes = affine[:3, :3] * RAS_TO_LPS[:, None]
    spacing = np.linalg.norm(axes, axis=0)
    if not np.isfinite(affine).all() or (spacing <= 0).any():
        raise FileError(str(path), "has no usable affine", "write it again with its sform or qform set")
    row, column, normal = (axes / spacing).T
    mirrored = bool(np.cross(row, column) @ normal < 0)
    x, y, z = (float(v) for v in affine[:3, 3] * RAS_TO_LPS)
    size = (int(image.shape[0]), int(image.shape[1]), int(image.shape[2]))
    return Geometry(size, _vector(spacing), (x, y, z), _vector(row), _vector(column), mirrored)


def read_hu(path: Path, slices: range) -> NDArray[np.int16]:
    """Slices of an image in HU, shape (z, y, x); fractions are rounded to whole HU."""
    voxels = np.asanyarray(_open(path).dataobj[:, :, slices.start : slices.stop])
    if not np.isfinite(voxels).all():
        raise FileError(str(path), "has voxels that are no numbers", "replace them before it is imported")
    hu: NDArray[np.int16] = np.clip(np.rint(voxels), -32768, 32767).astype(np.int16).transpose(2, 1, 0)
    return hu


def box_of_mask(image: Path) -> Box:
    """Smallest box around the mask beside `image`; `LesionError` if there is none, or none that fits."""
    path = mask_beside(image)
    if not path.is_file():
        raise LesionError(str(image), "has neither a box nor a mask beside it", f"give a box, or a file {path.name}")
    mask = _open(path)
    if mask.shape != _open(image).shape:
        raise LesionError(str(path), f"its mask has shape {mask.shape}, not the image's", "draw it on this image")
    voxels = np.asanyarray(mask.dataobj).transpose(2, 1, 0) > 0
    if not voxels.any():
        raise LesionError(str(path), "its mask is empty", "draw the lesion, or remove its row")
    return Box.of_mask(voxels)


def _open(path: Path) -> nib.nifti1.Nifti1Image:
    try:
        image = nib.load(path)
    except (ImageFileError, OSError, EOFError, ValueError) as error:
        raise FileError(str(path), f"is no NIfTI image ({type(error).__name__})", "move it out of images/") from None
    if not isinstance(image, nib.nifti1.Nifti1Image):
        raise FileError(str(path), "is no single-file NIfTI-1 or NIfTI-2 image", "convert it")
    if len(image.shape) != 3:
        raise FileError(str(path), f"has {len(image.shape)} axes", "a 3-D image is wanted")
    return image


def _vector(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z
