"""A cohort from every scanner, indexed: all of it is usable, and nothing in the index tells who anyone is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ct import BOX, write_lesions

from lesionary.cohorts.contract.layout import Cohort
from lesionary.cohorts.indexing.index import Index, index_cohort
from lesionary.params.phantom import PhantomParams
from lesionary.phantom.archive import Uids, write_series
from lesionary.phantom.body import Body
from lesionary.phantom.cohort import ABOUT
from lesionary.phantom.encoding import Encoding
from lesionary.phantom.identity import draw_identity, draw_visit
from lesionary.phantom.models import MODELS
from lesionary.phantom.patient import Patient
from lesionary.phantom.scanner import Order, Protocol, Scan, draw_survey

PARAMS = PhantomParams(
    seed=1, patients=3, screening_patients=0, text_studies=0, matrix=64, max_slices=12, noise_hu=12.0,
    overlap=1.0, imbalance=1.0, label_noise=1.0, typos=0.0,
)  # fmt: skip


def protocols(rng: np.random.Generator) -> Iterator[Protocol]:
    """One of every model; transfer syntaxes, orders and turns take turns."""
    for number, model in enumerate(MODELS):
        yield replace(
            draw_survey(PARAMS, rng),
            model=model,
            encoding=list(Encoding)[number % 5],
            order=list(Order)[number % 3],
            turn_deg=(10.0, -5.0, 2.0) if number % 2 else (0.0, 0.0, 0.0),
        )


@pytest.fixture(scope="module")
def cohort(tmp_path_factory) -> tuple[Index, dict[str, Protocol], set[str]]:
    """The index of a cohort, the protocol of each series, and what was planted."""
    folder, rng, planted = tmp_path_factory.mktemp("cohort"), np.random.default_rng(5), set()
    rows, scanned = [], {}
    for number, protocol in enumerate(protocols(rng), start=1):
        patient = Patient(number, "FM"[number % 2], 50, Body.draw(rng), 0)
        identity = draw_identity(patient, rng)
        visit = draw_visit(1, identity, None, rng)
        planted |= {*identity.planted(), *visit.planted()}
        uids = Uids.of(1, patient, visit)
        hu = rng.integers(-1024, 3072, (protocol.slices, 64, 64)).astype(np.int16)
        scan = Scan(hu, protocol.geometry, np.zeros(hu.shape, np.uint8))
        write_series(folder / "images" / identity.filed_as, patient, identity, visit, protocol, scan, uids)
        scanned[uids.series] = protocol
        row = {"lesion": "1", "patient": identity.patient_id, "study": uids.study, "series": uids.series}
        rows.append({**row, **BOX, "subtype": "A"})
        planted |= {uids.study, uids.series, uids.frame}
    write_lesions(folder, rows)
    (folder / "cohort.yaml").write_text(ABOUT, "utf-8")
    (folder / "pseudonym.key").write_text("secret\n", "utf-8")
    return index_cohort(Cohort.open(folder), max_gap_mm=0.0, tilt_deg=0.5), scanned, planted


def test_every_vendor_syntax_order_and_turn_is_usable(cohort):
    index, scanned, _ = cohort
    assert index.set_aside.problems == []
    assert set(index.series) == set(scanned)
    for name, series in index.series.items():
        true = scanned[name].geometry
        corner = np.array([[64.0, 64.0, float(true.size[2])]])
        assert np.allclose(series.geometry.to_patient(corner), true.to_patient(corner), atol=2e-3)


def test_nothing_planted_reaches_the_index(cohort, tmp_path: Path):
    index, _, planted = cohort
    assert len(planted) > 15 * len(MODELS)
    index.set_aside.write(tmp_path / "set_aside.csv")
    index.series_table().write_parquet(tmp_path / "series.parquet")
    index.lesion_table().write_parquet(tmp_path / "lesions.parquet")
    text = index.series_table().write_json() + index.lesion_table().write_json()
    for content in (text.encode(), *(path.read_bytes() for path in tmp_path.iterdir())):
        assert [word for word in planted if word.encode() in content] == []
