import numpy as np
import pytest
from pydantic import ValidationError

from lesionary.phantom.models import MODELS, Model

EVERY_HU = np.resize(np.arange(-1024, 3072, dtype=np.int16), (1, 64, 64))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: f"{model.name} {model.kernel}")
def test_stored_values_fit_their_bits_and_give_back_every_hu(model):
    stored = model.store(EVERY_HU)
    low, high = (-(1 << model.bits - 1), 1 << model.bits - 1) if model.signed else (0, 1 << model.bits)
    assert low <= stored.min()
    assert stored.max() < high
    field = model.field(64)
    assert np.array_equal(np.rint(stored * model.slope + model.intercept)[:, field], EVERY_HU[:, field])


def test_a_slope_of_a_half_stores_two_steps_a_hu():
    (half,) = (model for model in MODELS if model.slope == 0.5)
    assert half.store(np.full((1, 1, 1), -1000, np.int16)).item() == 48  # (-1000 + 1024) / 0.5


def test_padding_lies_outside_a_round_field_alone():
    padded = next(model for model in MODELS if model.padding == -2000)
    stored = padded.store(np.zeros((1, 8, 8), np.int16))[0]
    corners = [[0, 0], [0, 1], [1, 0]]
    assert [stored[row, column] for row, column in corners] == [-2000] * 3
    assert (stored[2:6, :] == 1024).all()
    assert (stored == -2000).sum() == 12


def test_models_cover_what_readers_stumble_over():
    assert {model.maker for model in MODELS} == {"GE MEDICAL SYSTEMS", "Philips", "SIEMENS"}
    assert {model.signed for model in MODELS} == {True, False}
    assert len({model.slope for model in MODELS}) > 1
    assert len({model.intercept for model in MODELS}) > 2
    assert {model.padding for model in MODELS} >= {None, 0, -2000}


def test_an_unknown_key_of_a_model_is_refused():
    with pytest.raises(ValidationError, match="tint"):
        Model.model_validate({**MODELS[0].model_dump(), "tint": 1})
