from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ct import edit, lesion, write_cohort, write_lesions, write_series
from drawings import write_rtstruct

from lesionary.cohorts.contract.layout import Cohort, files_below
from lesionary.cohorts.contract.manifest import write_manifest
from lesionary.cohorts.indexing import kept as keeping
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.cohorts.indexing.kept import Kept
