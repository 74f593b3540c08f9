from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import errands
import pytest
from ct import write_cohort
from opened import opened_below

from lesionary.base.errors import LesionaryError, LesionError
from lesionary.cohorts.contract.layout import Cohort, files_below
from lesionary.cohorts.contract.manifest import write_manifest
from lesionary.cohorts.indexing.index import index_cohort
from lesionary.running.parallel import IN_FLIGHT, in_order

distributed = pytest.importorskip("distributed")


def start(threads: int = 1, workers: int = 2) -> Any:
    import dask

    # One death is forgiven here, three are by default: the test of an item that always kills takes less long.
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}):
        return distributed.LocalCluster(
            n_workers=workers, threads_per_worker=threads, processes=workers > 1, dashboard_address=":0"
        )


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with start() as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def on_cluster(address: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LESIONARY_DASK", address)
    return address


def test_results_come_in_the_order_of_the_items_from_the_processes_of_the_cluster(on_cluster: str) -> None:
    assert list(in_order(errands.square, range(40), "squares")) == [n * n for n in range(40)]
    done_by = set(in_order(errands.process, range(40), "processes"))
    assert len(done_by) == 2
    assert os.getpid() not in done_by


def test_no_more_items_are_under_way_than_bound_memory(on_cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, most = 0, 0
    submit = distributed.Client.submit

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        return submit(*args, **kwargs)

    monkeypatch.setattr(distributed.Client, "submit", counted)
    for _ in in_order(errands.square, range(50), "squares"):
        under_way -= 1
    assert most == 2 * IN_FLIGHT


def test_a_worker_that_is_lost_loses_nothing(on_cluster: str, tmp_path: Path) -> None:
    tasks = [(n, tmp_path / "died") for n in range(30)]
    assert list(in_order(errands.die_once, tasks, "dying")) == [n * n for n in range(30)]
    assert (tmp_path / "died").exists()


def test_what_an_item_raises_is_raised_here_after_the_results_before_it(on_cluster: str) -> None:
    results = in_order(errands.refuse_three, range(9), "refusing")
    assert [next(results), next(results), next(results)] == [0, 1, 2]
    with pytest.raises(LesionError, match="lesion 3: has no box"):
        next(results)


def test_no_log_of_the_cluster_shows_an_item_or_what_it_raised(
    address: str, on_cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths name patients, and Dask logs what fails with its arguments and its error."""
    with pytest.raises(LesionError, match="Quasimodo"):
        list(in_order(errands.refuse_all, ["Quasimodo/1.dcm"], "refusing"))
    with distributed.Client(address, set_as_default=False) as client:
        logs = {**client.get_worker_logs(), "scheduler": client.get_scheduler_logs()}
    assert set(logs) > {"scheduler"}
    assert "Quasimodo" not in str(logs)


def test_an_item_that_kills_every_worker_is_named(on_cluster: str) -> None:
    with pytest.raises(LesionaryError, match="dying, item 1 of 1, 77: every worker that took it was lost"):
        list(in_order(errands.die, [77], "dying"))


def test_a_bundle_that_kills_workers_is_done_item_by_item(on_cluster: str) -> None:
    results = in_order(errands.die_of_three, range(6), "dying", lambda item, error: f"{item}: {error.place}", bundle=3)
    assert list(results) == [0, 1, 2, "3: dying, item 4 of 6, 3", 4, 5]


def test_relative_paths_and_the_environment_are_those_of_the_stage(
    on_cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here.txt").write_text("found", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert list(in_order(errands.read_here, ["here.txt"], "reading")) == ["found"]


def test_what_an_item_divides_further_stays_in_its_process(on_cluster: str) -> None:
    for own, further in in_order(errands.divide_further, [3, 3], "dividing"):
        assert further == [own] * 3


def test_a_cohort_is_indexed_to_the_same_bytes_by_a_cluster_and_what_it_kept_serves_all(
    on_cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = write_cohort(tmp_path / "listed", ("anna", "bert", "carl"))
    (listed / "images").rename(tmp_path / "export")
    write_manifest(listed, files_below(tmp_path / "export"))
    there = index(listed)
    assert list((listed / ".cache").rglob("*"))
    monkeypatch.delenv("LESIONARY_DASK")
    with opened_below(listed / ".." / "export") as opened:
        assert index(listed) == there
    assert not opened
    monkeypatch.setenv("LESIONARY_CACHE", "")
    assert index(listed) == there


def index(cohort: Path) -> list[bytes]:
    found = index_cohort(Cohort.open(cohort), max_gap_mm=0, tilt_deg=0.5)
    for name, table in (("series", found.series_table()), ("lesions", found.lesion_table())):
        table.write_parquet(cohort.parent / f"{name}.parquet")
    return [path.read_bytes() for path in sorted(cohort.parent.glob("*.parquet"))]


def test_a_worker_that_runs_other_code_is_refused(on_cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from lesionary.running import cluster

    monkeypatch.setattr(cluster.Errand.__init__, "__defaults__", ("0" * 64,))
    with pytest.raises(LesionaryError, match="runs other code"):
        list(in_order(errands.square, [1], "squares"))


def test_a_worker_that_would_do_two_items_at_once_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with start(threads=2, workers=1) as cluster:
        monkeypatch.setenv("LESIONARY_DASK", cluster.scheduler_address)
        with pytest.raises(LesionaryError, match="start workers with --nthreads 1"):
            list(in_order(errands.square, [1], "squares"))


@pytest.mark.parametrize("bad", ["tcp://127.0.0.1:9", "nonsense://x", "tcp://host:notaport"])
def test_an_address_where_no_scheduler_answers_is_named(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESIONARY_DASK", bad)
    monkeypatch.setattr("lesionary.running.cluster.CONNECT_S", 1)
    with pytest.raises(LesionaryError, match=f"LESIONARY_DASK: no Dask scheduler answers at '{bad}'"):
        list(in_order(errands.square, [1], "squares"))
