"""What kinds of images there are: the 30 classes of the ImageCLEF 2016 sub-figure task, `classes.yaml`, checked."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, PositiveInt


class FigureClass(BaseModel):
    """One class: its name in words and how many images the official training and test sets hold."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")
    name: str
    train: PositiveInt
    test: PositiveInt


@cache
def figure_classes() -> dict[str, FigureClass]:
    """The classes by code, in the order of the paper's Table 8.

    The paper speaks of 4,166 test images; the rows of its table add up to two fewer.

    >>> sum(one.train for one in figure_classes().values()), sum(one.test for one in figure_classes().values())
    (6776, 4164)
    """
    text = (files("lesionary.subfigures") / "classes.yaml").read_text(encoding="utf-8")
    return {code: FigureClass.model_validate(values) for code, values in yaml.safe_load(text).items()}
