from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from lesionary.base.errors import CohortError
from lesionary.params.subfigures import SubfigurePhantomParams
from lesionary.subfigures.classes import figure_classes
from lesionary.subfigures.drawing.collection import figures, make_collection, share_out

SMALL = SubfigurePhantomParams(seed=1, train=60, test=60, imbalance=0.5)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.png"))}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("subfigures") / "set"
    make_collection(folder, SMALL)
    return folder


def test_shares_go_by_the_power_of_the_counts():
    # 60 images by 3 : 2 : 1, the square roots of 9 : 4 : 1
    assert share_out(60, {"a": 9, "b": 4, "c": 1}, imbalance=0.5, least=1) == {"a": 30, "b": 20, "c": 10}
    assert share_out(60, {"a": 9, "b": 4, "c": 1}, imbalance=1.0, least=1) == {"a": 39, "b": 17, "c": 4}


def test_no_class_is_without_images_however_few_there_are():
    shares = Counter((figure.code, figure.split) for figure in figures(SMALL))
    for code in figure_classes():
        assert shares[code, "train"] >= 1
        assert shares[code, "test"] >= 2


def test_the_papers_own_counts_come_back_at_its_own_size():
    params = SubfigurePhantomParams(seed=1, train=6776, test=4164, imbalance=1.0)
    shares = Counter((figure.code, figure.split) for figure in figures(params))
    for code, one in figure_classes().items():
        assert (shares[code, "train"], shares[code, "test"]) == (one.train, one.test)


def test_the_default_is_as_large_as_it_says():
    shares = Counter(figure.split for figure in figures(SubfigurePhantomParams.load()))
    params = SubfigurePhantomParams.load()
    assert shares["train"] == pytest.approx(params.train, abs=15)
    assert shares["test"] == pytest.approx(params.test, abs=15)


def test_a_folder_per_class_holds_the_images_of_each_split(small):
    found = Counter(path.relative_to(small).parts[:2] for path in small.rglob("*.png"))
    assert found == Counter((figure.split, figure.code) for figure in figures(SMALL))


def test_every_file_opens_and_no_two_are_the_same(small):
    written = contents(small)
    assert len(set(written.values())) == len(written)
    for path in small.rglob("*.png"):
        with Image.open(path) as image:
            image.load()
            assert image.mode in ("L", "RGB")


def test_the_same_seed_gives_the_same_bytes_with_any_number_of_workers(small, tmp_path, monkeypatch):
    monkeypatch.setenv("LESIONARY_WORKERS", "2")
    make_collection(tmp_path / "two", SMALL)
    assert contents(tmp_path / "two") == contents(small)


def test_another_seed_gives_other_images_under_the_same_names(small, tmp_path):
    make_collection(tmp_path / "other", SMALL.model_copy(update={"seed": 2}))
    here, there = contents(small), contents(tmp_path / "other")
    assert here.keys() == there.keys()
    assert not set(here.values()) & set(there.values())


def test_asking_for_more_images_changes_none_of_the_first():
    more = {figure.path for figure in figures(SMALL.model_copy(update={"train": 200}))}
    assert {figure.path for figure in figures(SMALL)} < more


def test_a_collection_is_never_mixed_into_another(small):
    with pytest.raises(CohortError, match="is not empty"):
        make_collection(small, SMALL)
