"""Which painter draws which class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from PIL import Image

from lesionary.subfigures.drawing.charts import paint_chart
from lesionary.subfigures.drawing.diagrams import paint_flowchart, paint_overview
from lesionary.subfigures.drawing.documents import paint_formula, paint_listing, paint_table
from lesionary.subfigures.drawing.gels import paint_gel
from lesionary.subfigures.drawing.microscopy import paint_fluorescence, paint_tissue
from lesionary.subfigures.drawing.molecules import paint_molecule
from lesionary.subfigures.drawing.organs import paint_other_organ
from lesionary.subfigures.drawing.photos import paint_endoscopy, paint_skin
from lesionary.subfigures.drawing.projections import paint_angiogram, paint_radiograph, paint_ultrasound
from lesionary.subfigures.drawing.publishing import publish
from lesionary.subfigures.drawing.radiology import paint_ct, paint_fusion, paint_mr, paint_pet
from lesionary.subfigures.drawing.scenes import paint_scene
from lesionary.subfigures.drawing.screens import paint_screenshot
from lesionary.subfigures.drawing.sequences import paint_sequence
from lesionary.subfigures.drawing.signals import paint_ecg, paint_eeg, paint_emg
from lesionary.subfigures.drawing.sketches import paint_sketch
from lesionary.subfigures.drawing.surfaces import paint_rendering
from lesionary.subfigures.drawing.ultrastructure import paint_section, paint_surface

Painter = Callable[[np.random.Generator], Image.Image]
Split = Literal["train", "test"]
SPLITS: tuple[Split, ...] = ("train", "test")

PAINTERS: dict[str, Painter] = {
    "D3DR": paint_rendering,
    "DMEL": paint_surface,
    "DMFL": paint_fluorescence,
    "DMLI": paint_tissue,
    "DMTR": paint_section,
    "DRAN": paint_angiogram,
    "DRCO": paint_fusion,
    "DRCT": paint_ct,
    "DRMR": paint_mr,
    "DRPE": paint_pet,
    "DRUS": paint_ultrasound,
    "DRXR": paint_radiograph,
    "DSEC": paint_ecg,
    "DSEE": paint_eeg,
    "DSEM": paint_emg,
    "DVDM": paint_skin,
    "DVEN": paint_endoscopy,
    "DVOR": paint_other_organ,
    "GCHE": paint_molecule,
    "GFIG": paint_chart,
    "GFLO": paint_flowchart,
    "GGEL": paint_gel,
    "GGEN": paint_sequence,
    "GHDR": paint_sketch,
    "GMAT": paint_formula,
    "GNCP": paint_scene,
    "GPLI": paint_listing,
    "GSCR": paint_screenshot,
    "GSYS": paint_overview,
    "GTAB": paint_table,
}
"""By code; `classes.yaml` says what the codes stand for."""


def paint(code: str, split: Split, number: int, seed: int) -> Image.Image:
    """One image as a reader of the journal has it, L or RGB. It depends on nothing but these four."""
    rng = np.random.default_rng([seed, int.from_bytes(code.encode()), SPLITS.index(split), number])
    return publish(PAINTERS[code](rng), rng, pointed_at=code.startswith(("DR", "DM")))
