"""A training step of LesaNet, split into data, network and losses, beside the least that it can take.

Losses and mining are measured at paper size (128 lesions, 171 labels, 10,000 mined cells, 5,000 triplets) against the
same with triplets chosen one by one. The step is LesaNet's on the device that is there: at paper size in bfloat16 on
CUDA, at laptop size (16 lesions, an eighth of the width) on the CPU. Its floor is the operations of the convolutions
and products, forward and backward, at the speed at which one large matrix product runs here.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from lesionary.annotation.learning.fitting import as_input
from lesionary.annotation.learning.lesanet import Annotation, LesaNet
from lesionary.annotation.learning.losses import Parts, class_weights, objective
from lesionary.annotation.learning.triplets import Triplets, choose, similarity, triplet_loss
from lesionary.training.devices import fix_threads, lay_out, pick_device
from lesionary.training.loop import Recipe, sgd

BATCH, LABELS, FEATURES, SIDE = 128, 171, 256, 120
POSITIVES = 5.0 / LABELS  # of a lesion's labels, expanded
REPEATS = 5


def seconds(run: Callable[[], object], device: torch.device) -> float:
    """Fastest of a few; the first warms up."""
    times = []
    for _ in range(REPEATS + 1):
        if device.type == "cuda":
            torch.cuda.synchronize()
        start = time.perf_counter()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return min(times[1:])


def labels_of(count: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Targets and reliable negatives."""
    drawn = torch.rand(count, LABELS, generator=torch.Generator().manual_seed(0))
    return (drawn < POSITIVES).to(device), (drawn > 0.5).to(device)


def said(count: int, device: torch.device) -> Annotation:
    """What a network might say, with gradients to be found."""
    rng = torch.Generator().manual_seed(1)
    scores = torch.randn(count, LABELS, generator=rng).to(device).requires_grad_()
    raw = torch.randn(count, FEATURES, generator=rng)
    embedding = nn.functional.normalize(raw, dim=1).to(device).requires_grad_()
    return Annotation(scores, scores * 1.0, embedding)


def one_by_one(alike: Tensor, count: int) -> Triplets:
    """The obvious way to choose triplets."""
    rng = torch.Generator().manual_seed(2)
    rows, everyone, found = alike.tolist(), range(len(alike)), []

    def any_of(lesions: list[int]) -> int:
        return lesions[int(torch.randint(len(lesions), (1,), generator=rng))]

    for _ in range(count):
        anchor = any_of(list(everyone))
        row, others = rows[anchor], [lesion for lesion in everyone if lesion != anchor]
        like = [lesion for lesion in others if row[lesion] >= 1]
        positive = any_of(like or [max(others, key=row.__getitem__)])
        unlike = [lesion for lesion in others if row[lesion] < row[positive]]
        found.append((anchor, positive, any_of(unlike or [min(others, key=row.__getitem__)])))
    return Triplets(*torch.tensor(found).T)


def losses_of(count: int, device: torch.device, parts: Parts) -> Callable[[], None]:
    """All losses of a batch, mining and gradients included."""
    targets, absent = labels_of(count, device)
    weights, generator = class_weights(targets), torch.Generator(device)

    def run() -> None:
        found = said_once._replace(refined=said_once.scores * 1.0)
        torch.stack([*objective(found, targets, weights, generator, parts, absent=absent).values()]).sum().backward()

    said_once = said(count, device)
    return run


def report_losses(device: torch.device) -> None:
    """Losses and mining at paper size, and the same with the obvious choice of triplets."""
    ours = seconds(losses_of(BATCH, device, Parts()), device)
    alike = similarity(labels_of(BATCH, device)[0])
    chosen = seconds(lambda: choose(alike, 5000, torch.Generator(device)), device)
    start = time.perf_counter()
    drawn = one_by_one(alike.cpu(), 5000)
    loop = time.perf_counter() - start
    triplet_loss(said(BATCH, device).embedding, Triplets(*(part.to(device) for part in drawn)))
    print(
        f"losses and mining, {BATCH} x {LABELS} on {device.type}: {ours * 1e3:.1f} ms; choosing 5000 triplets "
        f"{chosen * 1e3:.2f} ms, one by one {loop * 1e3:.0f} ms; the losses would take "
        f"{(ours + loop) / ours:.0f} times as long with it"
    )


def report_step(device: torch.device) -> None:
    """A training step: patches by number, as the loop takes them, network, losses, optimiser."""
    count, width = (BATCH, 64) if device.type == "cuda" else (16, 8)
    model = LesaNet(LABELS, width, FEATURES).to(device)
    lay_out(model)
    recipe = Recipe(1, count, 0.0, fast_biases=True)  # what the weights become does not matter, so they stay
    optimizer, stock = sgd(model, recipe), torch.randint(-1024, 3072, (4 * count, 3, SIDE, SIDE), device=device).short()
    boxes = torch.tensor([[45.0, 45.0, 75.0, 75.0]], device=device).repeat(count, 1)
    batch = torch.randperm(len(stock), device=device)[:count]
    targets, absent = labels_of(count, device)
    weights, generator = class_weights(targets), torch.Generator(device)

    def forward() -> Annotation:
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            annotation: Annotation = model(given, boxes)
        return annotation

    def network() -> None:
        optimizer.zero_grad()
        found = forward()
        (found.refined.sum() + found.embedding.sum()).backward()
        optimizer.step()

    def whole() -> None:
        optimizer.zero_grad()
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            found = model(as_input(stock[batch]), boxes)
        parts = objective(found, targets, weights, generator, Parts(), absent=absent)
        torch.stack([*parts.values()]).sum().backward()
        optimizer.step()

    given = as_input(stock[batch])
    data = seconds(lambda: as_input(stock[batch]), device)
    net, losses = seconds(network, device), seconds(losses_of(count, device, Parts()), device)
    step = seconds(whole, device)
    with FlopCounterMode(display=False) as counter:
        network()
    operations = counter.get_total_flops()
    floor = operations / attainable(device)
    print(
        f"a step of {count} lesions, width {width}, on {device.type}: {count / step:.0f} lesions/s; "
        f"data {data * 1e3:.1f}, network {net * 1e3:.1f}, losses {losses * 1e3:.1f} ms ({losses / step:.0%} of the "
        f"step); floor {floor * 1e3:.1f} ms ({operations / 1e9:.1f} GFLOP), {count / floor:.0f} lesions/s"
    )


def attainable(device: torch.device) -> float:
    """Operations a second of one large matrix product."""
    side = 8192 if device.type == "cuda" else 1024
    kind = torch.bfloat16 if device.type == "cuda" else torch.float32
    matrix = torch.randn(side, side, device=device, dtype=kind)
    return 2 * side**3 / seconds(lambda: matrix @ matrix, device)


def main() -> None:
    fix_threads()  # as training does: with two, others on the machine make a step many times slower
    cpu, there = torch.device("cpu"), pick_device()
    report_losses(cpu)
    report_step(cpu)
    if there.type == "cuda":
        report_losses(there)
        report_step(there)


if __name__ == "__main__":
    main()
