"""A training step of DMRN at the paper's size beside the least that it can take, and the SVM beside the obvious one.

The step: 10 pairs of 224-pixel images through a ResNet-101 of full width, forward and backward, all four stages. Its
floor is the operations of its convolutions and products at the speed at which one large matrix product runs here. From
both follows what a fold of the paper takes (200 epochs, four fifths of 4,065 images), and which share of an epoch
drawing its pairs is. The SVM: scaled, fitted and calibrated on 4,065 vectors of 512, ours against
`SVC(kernel="linear", probability=True)`, which calibrates itself on folds that share patients.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits
from torch.utils.flop_counter import FlopCounterMode

from lesionary.subtyping.learning.dmrn import DMRN
from lesionary.subtyping.learning.losses import multi_scale
from lesionary.subtyping.learning.pairs import draw_pairs
from lesionary.subtyping.svm.calibrated import Samples, fit_svm
from lesionary.training.devices import fix_threads, lay_out, pick_device
from lesionary.training.loop import Recipe, sgd

SLICES = (1707, 245, 1047, 350, 716)  # a class, DMRN Table 1
A_STUDY = 18  # slices on average
PAIRS, DEPTH, WIDTH, SIDE, EPOCHS, FEATURES = 10, 101, 64, 224, 200, 512
REPEATS = 3


def seconds(run: Callable[[], object], device: torch.device, repeats: int = REPEATS) -> float:
    """Fastest of a few; of a step at paper size on the CPU, half a minute, there is one."""
    times = []
    for _ in range(repeats):
        wait(device)
        start = time.perf_counter()
        run()
        wait(device)
        times.append(time.perf_counter() - start)
    return min(times)


def wait(device: torch.device) -> None:
    """Until the device has done what it was told."""
    if device.type == "cuda":
        torch.cuda.synchronize()


def step_of(device: torch.device) -> Callable[[], None]:
    """A training step as the loop makes it, on noise."""
    with device:
        model, images = DMRN(DEPTH, WIDTH), torch.rand(2 * PAIRS, 1, SIDE, SIDE).expand(-1, 3, -1, -1)
        different = torch.arange(PAIRS) % 10 < 7
    lay_out(model)
    optimizer = sgd(model, Recipe(1, PAIRS, 0.0))  # what the weights become does not matter, so they stay

    def step() -> None:
        optimizer.zero_grad()
        torch.stack(multi_scale(model(images), different)).sum().backward()
        optimizer.step()

    return step


def operations() -> int:
    """Of a step's convolutions and products; nothing is computed for it."""
    step = step_of(torch.device("meta"))
    with FlopCounterMode(display=False) as counter:
        step()
    return int(counter.get_total_flops())


def report_step(device: torch.device) -> None:
    """Pairs a second, the floor, a fold of the paper, and the share of the pair sampler."""
    flop = operations()
    took = seconds(step_of(device), device, REPEATS if device.type == "cuda" else 1)
    floor = flop / attainable(device)
    classes = np.repeat(np.arange(len(SLICES)), SLICES)[: sum(SLICES) * 4 // 5]  # as many as four folds hold
    studies = np.arange(len(classes)) // A_STUDY
    drawing = seconds(lambda: draw_pairs(classes, studies, np.random.default_rng(0)), device)
    steps = len(classes) / PAIRS
    print(
        f"a step of {PAIRS} pairs, ResNet-{DEPTH}, width {WIDTH}, {SIDE} px on {device.type}: {PAIRS / took:.2f} "
        f"pairs/s, {took:.2f} s; floor {floor:.2f} s ({flop / 1e12:.2f} TFLOP), ratio {took / floor:.2f}; a fold of "
        f"the paper is {flop * steps * EPOCHS / 1e15:.0f} PFLOP: {took * steps * EPOCHS / 3600:.1f} h here, "
        f"{floor * steps * EPOCHS / 3600:.1f} h at the floor; pairs of an epoch {drawing * 1e3:.1f} ms, "
        f"{drawing / (took * steps):.1e} of it"
    )


def attainable(device: torch.device) -> float:
    """Operations a second of one large matrix product, in the step's own precision."""
    side = 8192 if device.type == "cuda" else 2048
    matrix = torch.randn(side, side, device=device)
    return 2 * side**3 / seconds(lambda: matrix @ matrix, device)


def embedded() -> tuple[NDArray[np.float32], Samples]:
    """Vectors and what they are of: classes overlap, slices of a study resemble each other."""
    rng = np.random.default_rng(0)
    classes = np.repeat(np.arange(len(SLICES)), SLICES)
    studies = np.arange(len(classes)) // A_STUDY
    centres, own = rng.normal(size=(len(SLICES), FEATURES)), rng.normal(size=(studies.max() + 1, FEATURES))
    noise = rng.normal(size=(len(classes), FEATURES))
    return (0.3 * centres[classes] + own[studies] + noise).astype(np.float32), Samples(classes, studies, studies)


def report_svm() -> None:
    """Ours and the obvious one on the same vectors, alone and with probabilities."""
    vectors, samples = embedded()
    cpu, ours, other = torch.device("cpu"), [], []
    with threadpool_limits(1), warnings.catch_warnings():  # one thread, as the stage has
        warnings.simplefilter("ignore", FutureWarning)  # that `probability` goes with scikit-learn 1.11
        for folds in (0, 5):
            obvious = make_pipeline(StandardScaler(), SVC(kernel="linear", probability=folds > 0, random_state=0))
            ours.append(seconds(partial(fit_svm, vectors, samples, c=1.0, folds=folds, seed=0), cpu, 1))
            other.append(seconds(partial(obvious.fit, vectors, samples.classes), cpu, 1))
    print(
        f"SVM of {len(vectors)} x {FEATURES}: ours {ours[0]:.2f} s, SVC {other[0]:.2f} s, ratio "
        f"{other[0] / ours[0]:.1f}; with probabilities {ours[1]:.2f} and {other[1]:.2f} s, ratio "
        f"{other[1] / ours[1]:.1f} (paper: 20 s)"
    )


def main() -> None:
    fix_threads()  # as training does
    report_svm()
    report_step(pick_device())


if __name__ == "__main__":
    main()
