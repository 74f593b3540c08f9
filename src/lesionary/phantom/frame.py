"""What does not give way to a mass: wall, skeleton and great vessels, and how they are painted.

The order is from inside out, then what lies in those layers: muscle around the cavity, fat on it, ribs and girdles,
vessels, spine, and last the skin, which cuts off whatever would stick out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lesionary.phantom.body import Body, Side
from lesionary.phantom.canvas import SOFT_MM, Canvas, Density, Ellipsoid, Shape, Sheet, Window, common, grown, outside
from lesionary.phantom.girdles import Girdles, lay_girdles
from lesionary.phantom.lofts import Loft
from lesionary.phantom.skeleton import Skeleton, lay_skeleton
from lesionary.phantom.texture import Grain, Image
from lesionary.phantom.vessels import Vessels, lay_vessels
from lesionary.phantom.wall import Shell, Skin, lay_cavity, lay_envelopes, lay_skin, muscle_mm

MARGIN_MM = 6.0  # by how much x may differ from that of its column
SEPTUM_MM = 0.55  # half of the fat between two muscles


@dataclass(frozen=True)
class Frame:
    """The shapes of one body."""

    body: Body
    skin: Skin
    cavity: Loft
    envelopes: tuple[Loft, Loft]
    """Hips and shoulders, within which there is muscle."""
    skeleton: Skeleton
    girdles: Girdles
    vessels: Vessels
    crura: tuple[Shape, ...]
    """Of the diaphragm, beside the aorta."""
    rectus: tuple[Shell, ...]
    pectorals: tuple[Shell, ...]
    glands: dict[Side, Ellipsoid]
    """Fibroglandular tissue of the breasts."""

    @property
    def aorta(self) -> Shape:
        """From its root to where it divides."""
        return self.vessels.aorta

    @property
    def column(self) -> Shape:
        """Vertebral bodies and discs."""
        return self.skeleton.column

    @property
    def muscles(self) -> tuple[Shape, ...]:
        """Those that are painted over organs: along the spine, psoas."""
        return (*self.skeleton.muscles, *self.girdles.psoas.values())


def lay_frame(body: Body, sex: str, rng: np.random.Generator) -> Frame:
    """The frame of one body."""
    cavity, skin = lay_cavity(body), lay_skin(body, sex, rng)
    size = float(rng.uniform(0.9, 1.1)) * (1.04 if sex == "M" else 0.94)
    wide = body.scale[0]
    pectorals = [
        Shell(cavity, (low, high), (inner * wide, outer * wide), heights, side)
        for side in (1.0, -1.0)
        for low, high, inner, outer, heights in (
            (8.5, 8.5 + 6 * size, 62, 108, (195.0, 275.0)),
            (9.5 + 6 * size, 9.5 + 17 * size, 20, 122, (170.0, 284.0)),
        )
    ]
    glands = {
        side: Ellipsoid(
            (breast.centre_mm[0], breast.centre_mm[1] - 0.36 * breast.radii_mm[1], breast.centre_mm[2]),
            (0.6 * breast.radii_mm[0], 0.46 * breast.radii_mm[1], 0.55 * breast.radii_mm[2]),
            breast.tilt_deg,
        )
        for side, breast in zip(Side, skin.breasts, strict=False)
    }
    deep = body.scale[1]
    crura = (
        Sheet((-19, 40 * deep), (-7, 15 * deep), 2.5 * size, (-40, 55)),
        Sheet((22, 40 * deep), (21, 12 * deep), 2.3 * size, (-30, 55)),
    )
    rectus = [Shell(cavity, (0.6, 1.6 + 0.8 * body.wall_mm), (3.0, 57 * wide), (-322.0, 92.0), s) for s in (1, -1)]
    return Frame(
        body=body,
        skin=skin,
        cavity=cavity,
        envelopes=lay_envelopes(body),
        skeleton=lay_skeleton(body, cavity, rng),
        girdles=lay_girdles(body, size),
        vessels=lay_vessels(body, rng),
        crura=crura,
        rectus=tuple(rectus),
        pectorals=tuple(pectorals),
        glands=glands,
    )


def paint_frame(canvas: Canvas, frame: Frame, hu: dict[str, float], grain: Grain) -> None:
    """Paint the frame over organs; `canvas` is in its coordinates."""
    box = canvas.box(*frame.skin.box_mm(canvas.lowest_mm))
    _paint_air(canvas, box, hu["air"])
    if box is None:
        return
    canvas, grain = canvas.cropped(box), grain.cropped(box)
    x, y, z = canvas.at()
    # Fat between the muscles' fibres and layers.
    muscle = hu["muscle"] + 5 * grain.fine - 40 * np.clip(grain.patches - 1.2, 0, 1)
    fat = hu["fat"] + 3 * grain.fine - 4 * grain.patches
    depth, out = -frame.skin(x, y, z), frame.cavity(x, y, z)
    _paint_layers(canvas, frame, depth, out, muscle, fat, grain.patches)
    septum = _septum(muscle, fat, grain.patches)
    for gland in frame.glands.values():
        canvas.paint(gland, fat + np.clip(0.75 + 0.7 * grain.patches, 0, 1) * (hu["gland"] - hu["fat"]))
    for lens in (*frame.pectorals, *frame.rectus):
        _paint_lens(canvas, lens, out, septum, (2 * SEPTUM_MM, muscle))
    for shape in (*frame.girdles.muscles, *frame.crura, *frame.skeleton.muscles):
        canvas.paint(grown(shape, 2 * SEPTUM_MM), septum, (2 * SEPTUM_MM, muscle))
    for cleft in frame.girdles.clefts:
        canvas.paint(common(cleft, outside(grown(frame.cavity, 3.0))), fat)
    _paint_vessels(canvas, frame.vessels, hu, grain.patches)
    _paint_bones(canvas, frame, out, hu, grain)
    canvas.blend(depth - np.float32(2.0), hu["skin"])
    canvas.blend(depth, hu["air"])


def _paint_air(canvas: Canvas, box: Window | None, hu: float) -> None:
    """Around the body's box."""
    air = np.ones(canvas.hu.shape, bool)
    if box is not None:
        air[box] = False
    canvas.hu[air] = hu
    canvas.lesions[:, air] = 0


def _paint_layers(
    canvas: Canvas, frame: Frame, depth: Image, out: Image, muscle: Image, fat: Image, patches: Image
) -> None:
    x, y, z = canvas.at()
    thick = muscle_mm(frame.body, x, y, z)
    canvas.blend(-out, muscle)
    if -190 < float(z.mean()) < 60:  # fat between the three muscles of the flank
        third = np.float32(frame.body.wall_mm / 3)
        septa = np.abs(np.mod(out + third / 2, third) - third / 2) - np.float32(0.7 * SEPTUM_MM)
        canvas.blend(np.maximum(np.maximum(septa, 2 - out), y - 35), _septum(muscle, fat, patches))
    beyond = thick - out  # negative where there is fat
    for envelope in frame.envelopes:
        if envelope.z_mm[0] < canvas.lowest_mm < envelope.z_mm[1]:
            beyond = np.maximum(beyond, -envelope(x, y, z))
    canvas.blend(np.minimum(beyond, depth - np.float32(0.8 * frame.body.fat_mm)), fat)


def _paint_lens(canvas: Canvas, lens: Shell, out: Image, hu: Density, inner: tuple[float, Density]) -> None:
    """As `Canvas.paint`, of a lens on the cavity, whose distances `out` are known."""
    low, high = lens.z_mm
    if not low - 1 < canvas.lowest_mm < high + 1:
        return
    middle = canvas.x[canvas.x.shape[0] // 2]
    ends = sorted(lens.side * x for x in lens.x_mm)
    columns = slice(*(int(at) for at in np.searchsorted(middle, (ends[0] - MARGIN_MM, ends[1] + MARGIN_MM))))
    window = slice(None), columns
    distance = lens.of(out[window], *canvas.at(window))
    canvas.blend(distance, hu, window)
    canvas.blend(distance + np.float32(inner[0]), inner[1], window)


def _septum(muscle: Image, fat: Image, patches: Image) -> Image:
    """What separates muscles: fat that is seen here and there."""
    return np.asarray(muscle + np.clip(0.5 + 0.6 * patches, 0, 1) * (fat - muscle), np.float32)


def _paint_vessels(canvas: Canvas, vessels: Vessels, hu: dict[str, float], patches: Image) -> None:
    for vein in vessels.veins:
        canvas.paint(vein, hu["vein"] + 4 * patches)
    for artery in vessels.arteries:
        canvas.paint(artery, hu["artery"])
    canvas.paint(vessels.aorta, hu["aorta"] + 4 * patches)
    if vessels.calcified:
        plaque = common(grown(vessels.aorta, 0.8), outside(grown(vessels.aorta, -1.0)))
        canvas.paint(plaque, hu["aorta"] + np.clip(patches - 1.1, 0, 0.5) * 2 * (hu["plaque"] - hu["aorta"]))


def _paint_bones(canvas: Canvas, frame: Frame, out: Image, hu: dict[str, float], grain: Grain) -> None:
    skeleton = frame.skeleton
    spongy = hu["cancellous"] + 22 * grain.fine
    hard = hu["cortical"] + 60 * grain.fine
    if skeleton.ribs.z_mm[0] < canvas.lowest_mm < skeleton.ribs.z_mm[1]:
        near = np.nonzero(np.abs(out - np.float32(skeleton.ribs.depth_mm)) < skeleton.ribs.half_thickness_mm + SOFT_MM)
        x, y, z = canvas.at()
        calcified, cartilage = skeleton.ribs.of(out[near], x[near], y[near], z[0])
        canvas.blend(cartilage, hu["cartilage"] + 14 * grain.patches[near], near)
        canvas.blend(calcified, hu["cortical"], near)
        canvas.blend(calcified + np.float32(1.8), spongy, near)
    for lens in skeleton.sternum:
        _paint_lens(canvas, lens, out, hu["cortical"], (1.4, spongy))
    marrow = hu["marrow"] + 8 * grain.fine
    for bone in frame.girdles.bones:
        canvas.paint(bone.shape, hard, (bone.cortex_mm, marrow if bone.marrow else spongy))
    canvas.paint(skeleton.column, hu["disc"])
    for piece in skeleton.bones:
        canvas.paint(piece, hard, (1.3, spongy))
    canvas.paint(skeleton.canal, hu["fat"] + 60, (2.0, hu["cord"]))
