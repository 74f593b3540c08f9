"""What every test may use."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("LESIONARY_WORKERS", "1")  # a pool costs more than what a test gives it to do

SHARED = Path(os.environ.get("LESIONARY_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that are not in the repository; a test that needs them is skipped where they are missing."""
    if not SHARED.is_dir():
        pytest.skip("the real data are not here (set LESIONARY_SHARED_DATA to their folder)")
    return SHARED
