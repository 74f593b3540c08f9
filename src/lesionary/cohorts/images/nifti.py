"""NIfTI: geometry, voxels in HU, and masks beside the image. Axes i, j, k count as x, y, z, as stored."""

from __future__ import annotations

import math
import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
from nibabel.arrayproxy import reshape_dataobj
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from lesionary.base.errors import FileError
from lesionary.cohorts.adjusted import Change
from lesionary.cohorts.images.limits import check_bytes, check_size
from lesionary.params.images import Affines

ENDINGS = (".nii", ".nii.gz")
MASK = "_mask"
SAME_MM = 0.1
"""Corners that sform and qform place closer than this are the same; a qform holds rounded quaternions."""


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


def read_affine(path: Path, affines: Affines) -> tuple[NDArray[np.float64], list[Change]]:
    """Voxel centres to patient coordinates (RAS, mm), shape (4, 4), and what had to be decided.

    The sform counts where it is set, else the qform, else the voxel sizes alone. Where both are set and differ at a
    corner of the volume, `affines` decides; `FileError` if it decides for neither.
    """
    image = open_image(path)
    if image.header.get_xyzt_units()[0] not in ("mm", "unknown"):
        reason = f"its lengths are in {image.header.get_xyzt_units()[0]}s"
        raise FileError(str(path), reason, "write it again in millimetres")
    try:
        sform, qform = image.get_sform(coded=True)[0], image.get_qform(coded=True)[0]
    except (HeaderDataError, ValueError) as error:
        raise FileError(str(path), f"its qform is no rotation ({type(error).__name__})", "write it again") from None
    if sform is None and qform is None:
        change = Change("neither sform nor qform is set: voxel sizes count, x from left to right is assumed", "none")
        return np.asarray(image.header.get_base_affine(), np.float64), [change]
    if sform is None or qform is None:
        return np.asarray(sform if qform is None else qform, np.float64), []
    corners = np.array([[x, y, z, 1.0] for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    corners[:, :3] *= np.array(image.shape) - 1
    apart = float(np.linalg.norm(corners @ (sform - qform).T, axis=1).max())
    if not apart > SAME_MM:
        return np.asarray(sform, np.float64), []
    if affines is Affines.SET_ASIDE:
        cure = "find out which is right and set index.affines to sform or qform"
        raise FileError(str(path), f"its sform and qform differ by up to {apart:.1f} mm", cure)
    change = Change(f"sform and qform differ by up to {apart:.1f} mm: the {affines.value} counts", "index.affines")
    return np.asarray(sform if affines is Affines.SFORM else qform, np.float64), [change]


def read_hu(path: Path, slices: range) -> NDArray[np.int16]:
    """Slices of an image in HU, shape (z, y, x); fractions are rounded to whole HU."""
    image = open_image(path)
    try:
        voxels = np.asanyarray(image.dataobj[:, :, slices.start : slices.stop])
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise FileError(str(path), f"its voxels cannot be read ({type(error).__name__})", "copy it again") from None
    if not np.isfinite(voxels).all():
        raise FileError(str(path), "has voxels that are no numbers", "replace them before it is imported")
    hu: NDArray[np.int16] = np.clip(np.rint(voxels), -32768, 32767).astype(np.int16).transpose(2, 1, 0)
    return hu


def _start(image: nib.nifti1.Nifti1Image) -> int:
    """Where in the file its voxels begin: the header's own number is set back once it is read."""
    return int(getattr(image.dataobj, "offset", 0))


def open_image(path: Path) -> nib.nifti1.Nifti1Image:
    """A 3-D image of numbers, its voxels not read yet; `FileError` if it is none. One volume of four axes is one."""
    try:
        image = nib.load(path)
    except (ImageFileError, HeaderDataError, OSError, EOFError, ValueError, zlib.error) as error:
        raise FileError(str(path), f"is no NIfTI image ({type(error).__name__})", "move it out of images/") from None
    # The voxels of a pair lie in another file: nibabel would take its header for them.
    if not isinstance(image, nib.nifti1.Nifti1Image) or _start(image) < image.header.sizeof_hdr:
        raise FileError(str(path), "is no single-file NIfTI-1 or NIfTI-2 image", "convert it")
    if len(image.shape) > 3:
        volumes = math.prod(map(int, image.shape[3:]))
        if volumes != 1:
            reason = f"holds {volumes} volumes (points in time, or channels)"
            raise FileError(str(path), reason, "write the one that counts as an image of its own")
        lone = reshape_dataobj(image.dataobj, image.shape[:3])
        image = nib.nifti1.Nifti1Image(lone, image.header.get_best_affine(), image.header)
    shape, kind = image.shape, image.get_data_dtype()
    if len(shape) != 3:
        raise FileError(str(path), f"has {len(shape)} axes", "a 3-D image is wanted")
    if kind.fields or np.issubdtype(kind, np.complexfloating):
        raise FileError(str(path), "its voxels are colours or complex numbers", "write it again as plain numbers")
    check_size(path, int(shape[0]), int(shape[1]), int(shape[2]))
    promised = _start(image) + math.prod(map(int, shape)) * kind.itemsize
    check_bytes(path, promised, deflated=path.name.endswith(".gz"))
    return image
