"""Identities planted everywhere in a cohort stand in no byte of what the stages write."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import polars as pl
import pytest
import yaml
from ct import uid
from own_cohort import PATIENTS, params
from PIL import Image, PngImagePlugin
from planted import WORDS, plant, plant_pictures
from running_here import PIPELINE, run_stages, stage_names
from searching import found
from typer.testing import CliRunner

from lesionary.cli.main import app

PHANTOM = {"make_phantom", "make_subfigures", "describe_phantom"}
"""Stages that make and show what is nobody's."""
SMALL: dict[str, Any] = {
    "subtyping": {"cohort": "own", "training": {"side_px": 32, "width": 4, "epochs": 1}},
    "subtypers": {"dmrn": {"depth": 50}},
    "annotation": {
        "cohort": "own",
        "training": {"width": 4, "features": 16, "epochs": 1, "drop_after": 1, "batch": 8},
    },
    "subfigures": {"images": "pictures", "training": {"width": 2, "epochs": 1}},
    "slices": {"side_px": 32},
    "evaluation": {"replicates": 100},
    "relations": {"epochs": 1, "filters": 10, "sentence_dimension": 4},
    "labels": {"min_train": 1, "min_val": 1, "min_test": 1},
    "rows": {
        "subtyping": ["dmrn", "clinical"],
        "annotation": ["lesanet"],
        "subfigures": ["hand_crafted"],
        "relations": ["cnn", "rules"],
        "subsets": [0],
    },
}


@dataclass(frozen=True)
class Written:
    """What the stages and a check write of a planted cohort."""

    folder: Path
    stages: dict[str, list[str]]

    def found(self) -> set[tuple[str, str]]:
        """Which file outside of data/raw holds which planted word, DVC's own among them."""
        return {(file, word) for file, word in found(self.folder, WORDS) if not file.startswith("data/raw/")}


def written(folder: Path, **sections: dict[str, Any]) -> Written:
    cohort = plant(folder / "data/raw/own")
    plant_pictures(folder / "data/raw/pictures")
    params(folder, **SMALL, **sections)
    ran = run_stages(folder, PHANTOM)
    out = folder / "data/interim/check"
    options = ["--params", str(folder / "params.yaml"), "--out", str(out)]
    run = CliRunner().invoke(app, ["check", str(cohort), *options])
    assert run.exception is None or isinstance(run.exception, SystemExit), run.exception
    return Written(folder, ran)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return written(tmp_path_factory.mktemp("planted"))


def test_every_stage_but_those_of_the_phantom_is_run(out: Written) -> None:
    assert set(out.stages) | PHANTOM == stage_names()
    assert not set(out.stages) & PHANTOM
    for name in PHANTOM:
        stage = yaml.safe_load(PIPELINE.read_text("utf-8"))["stages"][name]
        assert not [dep for dep in stage["deps"] if "${" in dep]  # no cohort that a param could name


def test_what_was_planted_is_used(out: Written) -> None:
    """Nothing is silent because it was set aside."""
    interim, processed = out.folder / "data/interim", out.folder / "data/processed"
    lesions = pl.read_parquet(interim / "index/own/lesions.parquet")
    assert len(lesions) == 10
    assert len(pl.read_parquet(processed / "patches/patches.parquet")) == 10
    assert len(pl.read_parquet(processed / "labels/lesions.parquet")) == 10
    sentences = pl.read_parquet(interim / "reports/sentences.parquet")
    assert sentences["report"].n_unique() == 10
    assert len(pl.read_parquet(interim / "reports/judged.parquet")) == 10
    assert len(pl.read_parquet(interim / "reports/labelled.parquet")) == 10
    assert pl.read_parquet(interim / "reports/bookmarks.parquet")["lesion"].null_count() == 0
    counts = pl.read_csv(interim / "reports/scrubbed.csv").group_by("rule").agg(pl.col("count").sum())
    assert dict(counts.iter_rows())["known"] >= 8
    assert len(pl.read_parquet(processed / "subfigures/images.parquet")) == 32
    page = (out.folder / "data/report.html").read_text("utf-8")
    assert "Xxxxxxxxx" in page  # a scrubbed sentence of the test patients is quoted
    assert page.count("data:image/png;base64,") >= 4
    assert "Hepatic cyst" in (out.folder / "texts_drawn.txt").read_text("utf-8")


def test_no_identity_stands_in_any_byte(out: Written) -> None:
    assert len(list(out.folder.rglob("*.*"))) > 100
    assert not out.found()


def test_the_cohort_itself_is_full_of_them(out: Written) -> None:
    """The search finds what it looks for: names of files, headers, tables, compressed NIfTI."""
    there = {word for _, word in found(out.folder / "data/raw", WORDS)}
    frames = {uid(name, "frame") for name in PATIENTS} - {uid(name, "frame") for name in ("anna", "bert", "dora")}
    carl = {uid("carl", kind) for kind in ("study", "series", *range(6))}  # NIfTI has none
    assert there == set(WORDS) - carl - frames


def test_without_scrubbing_the_texts_would_tell(tmp_path: Path) -> None:
    told = written(tmp_path, bookmarks={"scrub": []}).found()
    drawn = {"texts_drawn.txt"}  # in the pictures of similar lesions, if they are the ones
    assert {file for file, _ in told} - drawn == {"data/interim/reports/sentences.parquet", "data/report.html"}
    assert {word for _, word in told} >= {"quasimodo", "4711", "gringoire", "11/07/2023", "867-5309", "1958", "zwölf"}


def hidden(path: Path, word: str) -> None:
    """Write a file that holds `word` where its raw bytes show nothing of it."""
    match path.suffix:
        case ".png":
            chunk = PngImagePlugin.PngInfo()
            chunk.add_text("Comment", word * 9, zip=True)
            Image.new("L", (4, 4)).save(path, pnginfo=chunk)
        case ".parquet":
            pl.DataFrame({"text": [word * 9] * 99}).write_parquet(path, compression="gzip", statistics=False)
        case ".npz":
            np.savez_compressed(path, names=np.array([word * 9] * 99))
        case ".gz":
            nib.save(nib.Nifti1Image(np.frombuffer((word * 99).encode(), np.uint8), np.eye(4)), path)
        case ".json":
            path.write_text(json.dumps({"a": 1}), "utf-8")
            path.rename(path.with_name(f"{word}.json"))
        case ".html":
            picture = path.with_suffix(".png")
            hidden(picture, word)
            path.write_text(f'<img src="data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}">')
            picture.unlink()
        case ".bin":
            path.write_bytes(b"\0" + word.upper().encode("utf-16-le"))


@pytest.mark.parametrize("name", ["a.png", "a.parquet", "a.npz", "a.nii.gz", "a.html", "a.json", "a.bin"])
def test_the_search_finds_an_identity_wherever_it_hides(tmp_path: Path, name: str) -> None:
    hidden(tmp_path / name, "Quasimodo")
    if not name.endswith(".json"):
        assert b"quasimodo" not in (tmp_path / name).read_bytes().lower()
    assert {word for _, word in found(tmp_path, WORDS)} == {"quasimodo"}
