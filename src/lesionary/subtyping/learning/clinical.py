"""The floor: what a clinician reads off a mass, its mean HU and its size, and a logistic regression on both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lesionary.subtyping.tables.roles import teaching

FEATURES = ("mean_hu", "largest_mm")


def measures(studies: pl.DataFrame, lesions: pl.DataFrame) -> NDArray[np.float64]:
    """Mean HU and largest diameter (mm) of each study's largest mass, shape (studies, 2), in the order of `studies`."""
    sized = lesions.with_columns(largest_mm=pl.max_horizontal("size_x_mm", "size_y_mm", "size_z_mm"))
    largest = sized.sort("largest_mm", descending=True, maintain_order=True).unique("study", keep="first")
    return studies.join(largest, on="study", how="left", maintain_order="left").select(FEATURES).to_numpy()


@dataclass(frozen=True)
class Logistic:
    """Multinomial logistic regression on standardised features: softmax((x - mean) / deviation @ weight.T + bias)."""

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    loss: float
    """Mean cross-entropy on the training folds."""

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """What a file needs to hold the model."""
        return {"mean": self.mean, "deviation": self.deviation, "weight": self.weight, "bias": self.bias}


def fit_logistic(
    x: NDArray[np.float64], classes: NDArray[np.integer], unseen: NDArray[np.float64]
) -> tuple[Logistic, NDArray[np.float64]]:
    """Fit on `x` (studies, features); the model, and class probabilities of `unseen`."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(x, classes)
    scaler, regression = model[0], model[1]
    weight, bias = regression.coef_, regression.intercept_
    if len(weight) == 1:  # scikit-learn keeps the second of two classes alone; the first then scores nought
        weight, bias = np.vstack([np.zeros_like(weight), weight]), np.concatenate([[0.0], bias])
    loss = float(log_loss(classes, model.predict_proba(x), labels=regression.classes_))
    fitted = Logistic(scaler.mean_, scaler.scale_, weight, bias, loss)
    return fitted, model.predict_proba(unseen)


def cross_validate(
    x: NDArray[np.float64], label: NDArray[np.integer], fold: NDArray[np.integer]
) -> tuple[list[Logistic], NDArray[np.float64]]:
    """A model without each fold, and out-of-fold class probabilities of every study; NaN of those in no test."""
    probability = np.full((len(x), int(label.max()) + 1), np.nan)
    models = []
    for number in range(int(fold.max()) + 1):
        test, train = fold == number, teaching(fold, number)
        fitted, probability[test] = fit_logistic(x[train], label[train], x[test])
        models.append(fitted)
    return models, probability
