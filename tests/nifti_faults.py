"""NIfTI images and masks that cannot be used."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from ct import BOX, lesion, volume
from own_cohort import Make, add_row, folder_of


def nifti(change: Callable[[nib.Nifti1Image], Any] = lambda image: None, **header: Any) -> Make:
    """An image with another header, by field; `change` is given it first."""

    def make(cohort: Path, patient: str) -> None:
        path = folder_of(cohort, patient) / "a.nii.gz"
        image = nib.Nifti1Image(volume(patient).transpose(2, 1, 0), np.eye(4))
        change(image)
        content = bytearray(image.to_bytes())
        for field, value in {"vox_offset": 352, **header}.items():
            image.header[field] = value
        content[:348] = image.header.binaryblock
        path.write_bytes(gzip.compress(bytes(content), mtime=0))

    return make


def voxels(make_voxels: Callable[[np.ndarray], np.ndarray]) -> Make:
    """An image of what `make_voxels` makes of a sound one, [x, y, z]."""

    def make(cohort: Path, patient: str) -> None:
        made = make_voxels(volume(patient).transpose(2, 1, 0))
        nib.save(nib.Nifti1Image(made, np.eye(4)), folder_of(cohort, patient) / "a.nii.gz")

    return make


def with_hole(array: np.ndarray) -> np.ndarray:
    holed = array.astype(np.float32)
    holed[4, 4, 3] = np.nan
    return holed


def colours(array: np.ndarray) -> np.ndarray:
    return np.zeros(array.shape, np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")]))


def askew(image: nib.Nifti1Image) -> None:
    image.set_sform([[1, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 1]], 1)
    image.set_qform(None, 0)


def unlike(image: nib.Nifti1Image) -> None:
    image.set_sform(np.eye(4), 1)
    image.set_qform(np.diag([1.0, 1, 2, 1]), 1)


def no_nifti(cohort: Path, patient: str) -> None:
    (folder_of(cohort, patient) / "a.nii.gz").write_bytes(gzip.compress(b"no header", mtime=0))


def half_a_pair(cohort: Path, patient: str) -> None:
    """The header of a pair, whose voxels lie in another file, under the name of a single file."""
    image = nib.Nifti1Pair(volume(patient).transpose(2, 1, 0), np.eye(4))
    (folder_of(cohort, patient) / "a.nii").write_bytes(image.header.binaryblock + bytes(2000))


def surface(cohort: Path, patient: str) -> None:
    """CIFTI: values of points of a surface."""
    axes = nib.cifti2.ScalarAxis(["a"]), nib.cifti2.BrainModelAxis.from_surface(np.arange(9), 9, "cortex_left")
    nib.save(nib.Cifti2Image(np.zeros((1, 9)), axes), folder_of(cohort, patient) / "a.dscalar.nii")


def cut(cohort: Path, patient: str) -> None:
    """Not compressed, so that its length tells."""
    path = folder_of(cohort, patient) / "a.nii"
    nib.save(nib.Nifti1Image(volume(patient).transpose(2, 1, 0), np.eye(4)), path)
    path.write_bytes(path.read_bytes()[:-100])


def noise(mask: np.ndarray) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 9999, mask.shape).astype(np.uint16)


def masked(make_mask: Callable[[np.ndarray], np.ndarray], affine: np.ndarray | None = None, cut: int = 0) -> Make:
    """A sound image, a mask made of a sound one ([x, y, z]) with `cut` bytes less, and a row that wants it."""

    def make(cohort: Path, patient: str) -> None:
        voxels(lambda array: array)(cohort, patient)
        mask = np.zeros((12, 12, 6), np.uint8)
        mask[3:6, 3:6, 2:4] = 1
        path = folder_of(cohort, patient) / "a_mask.nii.gz"
        nib.save(nib.Nifti1Image(make_mask(mask), np.eye(4) if affine is None else affine), path)
        path.write_bytes(path.read_bytes()[: -cut or None])
        names = {"study": patient, "series": f"{patient}/a.nii.gz", **dict.fromkeys(BOX, "")}
        add_row(cohort, lesion(patient, **names, key_slice="", split=""))

    return make


NIFTI: dict[str, tuple[Make, str]] = {
    "nifti-broken": (no_nifti, "is no NIfTI image"),
    "nifti-half-a-pair": (half_a_pair, "is no single-file NIfTI-1 or NIfTI-2 image"),
    "nifti-surface": (surface, "is no single-file NIfTI-1 or NIfTI-2 image"),
    "nifti-cut": (cut, "bytes cannot hold the"),
    "nifti-metres": (nifti(lambda image: image.header.set_xyzt_units("meter")), "its lengths are in meters"),
    "nifti-volumes": (voxels(lambda array: np.stack([array, array], -1)), "holds 2 volumes"),
    "nifti-flat": (voxels(lambda array: array[:, :, 0]), "has 2 axes"),
    "nifti-colours": (voxels(colours), "are colours or complex numbers"),
    "nifti-complex": (voxels(lambda array: array.astype(np.complex64)), "are colours or complex numbers"),
    "nifti-holes": (voxels(with_hole), "has voxels that are no numbers"),
    "nifti-quaternion": (nifti(qform_code=1, quatern_b=0.9, quatern_c=0.9, quatern_d=0.9), "its qform is no rotation"),
    "nifti-no-affine": (nifti(sform_code=1, srow_x=[0, 0, 0, 0], qform_code=0), "has no usable affine"),
    "nifti-askew": (nifti(askew), "its rows and columns stand askew"),
    "nifti-two-affines": (nifti(unlike), "its sform and qform differ by up to 5.0 mm"),
    "nifti-anisotropic": (nifti(sform_code=1, srow_x=[9, 0, 0, 0], qform_code=0), "its pixels measure 9.000 x 1.000"),
    "mask-shape": (masked(lambda mask: mask[:-1]), r"its mask has shape \(11, 12, 6\)"),
    "mask-beside": (masked(lambda mask: mask, affine=np.diag([1.0, 1, 3, 1])), "its mask lies 10.0 mm beside"),
    "mask-empty": (masked(lambda mask: 0 * mask), "its mask is empty"),
    "mask-negative": (masked(lambda mask: -mask.astype(np.int16)), "its mask has values from -1 to 0"),
    "mask-fractions": (masked(lambda mask: mask * np.float32(0.5)), "its mask has fractions"),
    "mask-cut": (masked(noise, cut=500), "its voxels cannot be read"),
}
"""As `file_faults.FILES`."""
