"""Training a row on the other folds of one."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from lesionary.params.subtyping import Mining, Network, SubtyperParams
from lesionary.running.progress import progress
from lesionary.subtyping.learning.candidates import one_of
from lesionary.subtyping.learning.fitting.fit import Fit
from lesionary.subtyping.learning.fitting.using import embed, predict
from lesionary.subtyping.learning.pairs import pair_mix
from lesionary.subtyping.learning.starting import OWN_CLASSIFIER, start
from lesionary.subtyping.learning.tasks import FoldResult, Task, load_items
from lesionary.subtyping.learning.tuning import tune
from lesionary.subtyping.svm.calibrated import Samples
from lesionary.subtyping.tables.roles import choosing, teaching
from lesionary.training.devices import fix_threads, repeat_exactly
from lesionary.training.loop import Epoch

_BATCH = 128  # images a forward pass when nothing is trained
_VOLUMES = 16  # and volumes


def train_fold(task: Task) -> FoldResult:
    """Train one fold in this process."""
    fix_threads()
    repeat_exactly()
    cases, loaded = load_items(task.params, task.slices, task.folds)
    images = torch.from_numpy(loaded)
    train, choose = (np.flatnonzero(one) for one in (teaching(cases.fold, task.fold), choosing(cases.fold)))
    batch = _VOLUMES if task.params.network is Network.CNN3D else _BATCH
    histories: dict[str, list[Epoch]] = {}

    def trained(params: SubtyperParams, places: NDArray[np.integer], name: str) -> Fit:
        checkpoint = task.checkpoints / f"fold-{task.fold}{name and '-'}{name.replace(' ', '-')}.pt"
        seen, label, study = images[torch.from_numpy(places)], cases.label[places], cases.study[places]
        fit = start(params, seen, label, study, fold=task.fold, checkpoint=checkpoint)
        text = f"{task.row}: fold {task.fold + 1}{name and ', '}{name}"
        histories[name] = list(progress(fit.epochs(), text, total=params.epochs))
        return fit

    samples = Samples(cases.label, cases.study, cases.patient)
    tried = tune(task.params, images, samples, train, trained, batch, choose if len(choose) else None)
    params = one_of(task.params, tried.chosen)
    fit, pretrained = trained(params, train, ""), params.weights is not None
    own, tested = params.network in OWN_CLASSIFIER, images[torch.from_numpy(cases.fold == task.fold)]
    drawn = params.network is Network.DMRN and params.mining is Mining.NONE
    return FoldResult(
        task.fold,
        {name: value.detach().cpu().contiguous() for name, value in fit.model.state_dict().items()},
        histories[""],
        embed(fit.model, images, batch, pretrained=pretrained),
        predict(fit.model, tested, batch, pretrained=pretrained) if own else None,  # type: ignore[arg-type]
        _pair_mix(fit, params.epochs, cases.label[train]) if drawn else None,
        tried,
    )


def _pair_mix(fit: Fit, epochs: int, label: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.asarray(np.sum([pair_mix(fit.plan(number), label) for number in range(1, epochs + 1)], axis=0))
