"""What another CPU makes of the same seed, imitated by telling NumPy and its BLAS to use older instructions."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCAN = """
import sys
from dataclasses import replace

import numpy as np

from lesionary.params.phantom import PhantomParams
from lesionary.phantom.patient import draw_patient
from lesionary.phantom.scanner import acquire, draw_protocol
from lesionary.phantom.subtypes import Subtype

params, scans = PhantomParams.load(), []
for number, subtype in enumerate(Subtype):
    rng = np.random.default_rng([params.seed, number])
    patient = draw_patient(number, subtype, params, rng)
    protocol = replace(draw_protocol(patient, params, rng), slices=2)
    scans.append(acquire(patient, protocol, rng).hu)
np.save(sys.argv[1], np.array(scans))
"""
OLDER = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4", "OPENBLAS_CORETYPE": "Nehalem"}  # no AVX


@pytest.fixture
def scans(tmp_path: Path) -> list[np.ndarray]:
    """HU of a few slices of each sub-type, by this CPU and as an older one would have them."""
    found = []
    for name, extra in (("here", {}), ("older", OLDER)):
        environment = os.environ | {"PYTHONPATH": "src", "OPENBLAS_NUM_THREADS": "1"} | extra
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SCAN, tmp_path / f"{name}.npy"],
            env=environment,
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        found.append(np.load(tmp_path / f"{name}.npy").astype(int))
    return found


def test_another_cpu_rounds_hardly_a_voxel_otherwise_and_none_by_more_than_one_hu(scans: list[np.ndarray]) -> None:
    """The tolerance that the README states."""
    off = np.abs(scans[0] - scans[1])
    assert off.max() <= 1
    assert off.mean() < 1e-4
