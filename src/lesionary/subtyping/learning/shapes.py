"""What can be measured on the shape of a mass or an organ: lengths in mm, areas in mm2, volumes in mm3, and ratios.

A shape is `inside[z, y, x]`; its voxels need not be cubes. Mirroring it changes nothing, turning it about only what
follows the scanner's axes: extents, sections, and what voxels that are no cubes make of a skeleton.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial import ConvexHull
from scipy.spatial.distance import pdist
from skimage.measure import euler_number, marching_cubes, mesh_surface_area
from skimage.morphology import skeletonize

MEASURES = (
    "volume_mm3", "surface_mm2", "surface_to_volume", "sphericity",
    "extent_x_mm", "extent_y_mm", "extent_z_mm", "diameter_mm", "filled_box",
    "axis_1_mm", "axis_2_mm", "axis_3_mm", "elongation", "flatness", "skewness_1", "skewness_2", "skewness_3",
    "convexity", "thickness_mm", "mean_depth_mm", "depth_p90_mm", "largest_section_mm2", "mean_section_mm2", "euler",
)  # fmt: skip
"""Of the whole shape.

Surface is that of marching cubes. Axes are those of the ellipsoid with the same moments, skewness is along them, its
sign left out. The diameter lies between two corners of the convex hull, of which convexity is the share that is
filled. Depth is the distance of a voxel inside to the nearest outside, thickness twice the largest. Sections are the
shape's slices; euler counts parts and cavities less tunnels.
"""

THICKNESS = (
    "section_thickness_max_mm", "section_thickness_p75_mm", "section_thickness_median_mm", "section_thickness_sd_mm",
    "section_bulge", "limb_p10_mm", "limb_median_mm", "limb_p75_mm", "limb_p90_mm", "limb_sd_mm", "bulge",
    "limb_length",
)  # fmt: skip
"""How thick it is in different places, which is what a nodule on a limb changes.

A section is as thick as the largest circle in it; limbs are measured by the depth of the voxels of the skeleton, whose
count is limb_length. A bulge is the thickest place as a multiple of the median one.
"""


def measures(inside: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> NDArray[np.float64]:
    """`MEASURES` of one shape; `spacing_mm` along x, y, z. `ValueError` where it is empty."""
    if not inside.any():
        raise ValueError("a shape without a voxel has no measures")
    inside, sides = trimmed(inside), np.array(spacing_mm[::-1])  # z, y, x as the array
    depth = distance_transform_edt(inside, sampling=sides)[inside]
    # scikit-image is untyped
    vertices, faces, _, _ = marching_cubes(inside.astype(np.float32), 0.5, spacing=tuple(sides))  # type: ignore[no-untyped-call]
    surface = float(mesh_surface_area(vertices, faces))  # type: ignore[no-untyped-call]
    volume = float(inside.sum() * sides.prod())
    points = np.argwhere(inside) * sides
    extent = np.ptp(points, axis=0) + sides
    axes, skewness = _moments(points, sides)
    hull_volume, diameter = _hull(inside, sides)
    sections = inside[1:-1].sum(axis=(1, 2)) * sides[1] * sides[2]
    return np.array([
        volume, surface, surface / volume, np.pi ** (1 / 3) * (6 * volume) ** (2 / 3) / surface,
        *extent[::-1], diameter, volume / extent.prod(),
        *axes, axes[1] / axes[0], axes[2] / axes[0], *skewness,
        volume / hull_volume, 2 * depth.max(), depth.mean(), np.percentile(depth, 90),
        sections.max(), sections.mean(), euler_number(inside, connectivity=3),  # type: ignore[no-untyped-call]
    ])  # fmt: skip


def thickness(inside: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> NDArray[np.float64]:
    """`THICKNESS` of one shape; `spacing_mm` along x, y, z. `ValueError` where it is empty."""
    if not inside.any():
        raise ValueError("a shape without a voxel has no thickness")
    inside, sides = trimmed(inside), np.array(spacing_mm[::-1])
    in_slice = [distance_transform_edt(section, sampling=sides[1:]).max() for section in inside[1:-1]]
    sections = 2 * np.array(in_slice)
    skeleton = skeletonize(inside)  # type: ignore[no-untyped-call]
    depth = distance_transform_edt(inside, sampling=sides)
    limbs = depth[skeleton if skeleton.any() else inside]
    return np.array([
        sections.max(), np.percentile(sections, 75), np.median(sections), sections.std(),
        sections.max() / np.median(sections[sections > 0]),
        *np.percentile(limbs, (10, 50, 75, 90)), limbs.std(), limbs.max() / np.median(limbs), len(limbs),
    ])  # fmt: skip


def trimmed(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The shape alone, one voxel of outside around it."""
    spans = tuple(slice(int(one.min()), int(one.max()) + 1) for one in np.nonzero(inside))
    return np.pad(inside[spans], 1)


def _moments(
    points: NDArray[np.float64], sides: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lengths of the principal axes, longest first, and how skewed the shape is along each."""
    centred = points - points.mean(axis=0)
    within = np.diag(sides**2 / 12)  # of a voxel, so that a single slice has a thickness
    variance, directions = np.linalg.eigh(centred.T @ centred / len(points) + within)
    along = centred @ directions[:, ::-1]
    deviation = np.sqrt(variance[::-1])
    # a solid ellipsoid with half-axis a has the variance a^2 / 5 along it
    return 2 * np.sqrt(5) * deviation, np.abs((along**3).mean(axis=0)) / deviation**3


def _hull(inside: NDArray[np.bool_], sides: NDArray[np.float64]) -> tuple[float, float]:
    """Volume and diameter of the convex hull of all voxels, each with its corners."""
    lines = np.argwhere(inside.any(axis=2))
    along_x = inside[lines[:, 0], lines[:, 1]]
    first, last = along_x.argmax(axis=1), inside.shape[2] - along_x[:, ::-1].argmax(axis=1)
    ends = np.concatenate([np.column_stack([lines, first]), np.column_stack([lines, last])])  # no others reach out
    corners = np.concatenate([ends + step for step in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0))]) * sides
    hull = ConvexHull(corners)
    return float(hull.volume), float(pdist(corners[hull.vertices]).max())
