"""Identities planted everywhere in a cohort stand in no byte of what the stages write."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import polars as pl
import pytest
from ct import edit, lesion, uid, volume, write_lesions
from drawings import frame, square, write_rtstruct
from own_cohort import FINDING, START, params, rows, texts, write_own, write_table
from PIL import Image, PngImagePlugin
from searching import found
from typer.testing import CliRunner

from lesionary.cli.main import app

STAGES = Path(__file__).resolve().parents[2] / "stages"
ONTOLOGY = STAGES.parent / "src/lesionary/ontology/lesions.yaml"
HEADER = {
    "PatientName": "Quasimodo^Esmeralda",
    "PatientID": "MRN-4711",
    "OtherPatientIDs": "SSN078051120",
    "PatientBirthDate": "19580412",
    "AccessionNumber": "ACC20231107",
    "StudyDate": "20231107",
    "StudyID": "ST-66551",
    "StudyDescription": "Abdomen of Quasimodo",
    "SeriesDescription": "Esmeralda portal",
    "InstitutionName": "Notre Dame Infirmary",
    "ReferringPhysicianName": "Frollo^Claude",
    "OperatorsName": "Phoebus",
}
SAID = (
    "HISTORY: Esmeralda QUASIMODO, born April 12, 1958 (MRN 4711, accession ACC20231107), of the Notre Dame Infirmary, "
    "called 555-867-5309, referred by Dr. Frollo: "
)
CITED = (
    ", compared with 11/07/2023 and 7 Nov 2023, when Mrs. Quasimodo was seen; discussed with Dr. Gringoire, "
    "gringoire@infirmary.example, ST-66551, SSN078051120, Esmeralda mass 20231107, hugo-4711. The spleen is normal."
)
"""Before and behind the size, in its sentence."""
WORDS = (
    "quasimodo", "esmeralda", "frollo", "claude", "phoebus", "gringoire", "notre dame", "infirmary", "4711",
    "078051120", "19580412", "april 12", "1958", "20231107", "11/07/2023", "nov 2023", "66551", "867-5309",
    "hunchback", "zwölf",
    uid("anna", "study"), uid("anna", "series"), uid("bert", "series"), uid("carl", "study"),
)  # fmt: skip


def plant(folder: Path) -> Path:
    """Anna's headers, files, drawing, rows and report name her; carl's images are NIfTI under a name."""
    cohort = write_own(folder)
    images = cohort / "images"
    for path in (images / "anna").iterdir():
        edit(path, FrameOfReferenceUID=frame("anna"), **HEADER)
    (images / "anna").rename(images / "Quasimodo_Esmeralda_19580412")
    write_rtstruct(
        images / "Esmeralda.dcm",
        "MRN-4711",
        {"Esmeralda's tumour": square(3, 6, 2.5, 5.0)},
        frame("anna"),
        series=uid("anna", "series"),
    )
    for path in (images / "carl").iterdir():
        path.unlink()
    nifti = nib.Nifti1Image(volume("carl").transpose(2, 1, 0), np.diag([-1, -1, 2.5, 1]))
    nifti.header["descrip"], nifti.header["db_name"] = b"Hunchback 19580412", b"Quasimodo"
    nib.save(nifti, images / "carl" / "Hunchback_19580412.nii.gz")
    table = rows()
    table[0] |= {"patient": "MRN-4711", "lesion": "Esmeralda mass 20231107"}
    table[2] = lesion("Zwölf Hunchback", subtype="A", key_slice=2, split="", study="Hunchback-66551")
    table[2] |= {"series": "carl/Hunchback_19580412.nii.gz"}
    write_lesions(cohort, table)
    tables = texts()
    tables["reports"][0] |= {"report": "hugo-4711", "text": SAID + FINDING[: START + 5] + CITED}
    tables["reports"][2] |= {"study": "Hunchback-66551", "text": f"Zwölf, Hunchback: {FINDING}"}
    for name, before in (("bookmarks", START), ("relations", 0)):
        tables[name][0] |= {"report": "hugo-4711"}
        tables[name][0]["start"] = len(SAID) + before
        tables[name][0]["end"] = len(SAID) + before + (5 if name == "bookmarks" else 12)
    tables["bookmarks"][0] |= {"lesion": "Esmeralda mass 20231107"}
    tables["relations"][0] |= {"bookmark": len(SAID) + START}
    tables["labels"][0] |= {"lesion": "Esmeralda mass 20231107"}
    for table_name in ("bookmarks", "relations"):
        shift = len("Zwölf, Hunchback: ")
        for column in ("start", "end", "bookmark"):
            if column in tables[table_name][2]:
                tables[table_name][2][column] = int(str(tables[table_name][2][column])) + shift
    tables["labels"][2] |= {"study": "Hunchback-66551"}
    # what is set aside is told, too
    tables["labels"].append({"lesion": "Quasimodo", "study": "4711", "label": "liver cyst"})
    tables["bookmarks"].append({"report": "Phoebus", "start": 1, "end": 2, "lesion": "Quasimodo"})
    tables["reports"].append({"report": "Frollo", "study": "4711", "text": " ", "patient": "Phoebus", "split": ""})
    for name, one in tables.items():
        write_table(cohort / f"{name}.csv", one)
    return cohort


def stage(name: str, *paths: Path) -> None:
    """Run a stage in this process; it takes its params from the folder that this process is in."""
    spec = importlib.util.spec_from_file_location(name, STAGES / f"{name}.py")
    assert spec
    assert spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(*paths)


def written(folder: Path, **sections: dict[str, Any]) -> Path:
    """What the stages that read images and texts write of a planted cohort."""
    cohort, out = plant(folder / "own"), folder / "out"
    (cohort / "cohort.yaml").write_text("name: test\nabout: by Frollo\nimages: [dicom, nifti]\n", "utf-8")
    for name in ("index", "slices", "folds", "patches", "reports"):
        (out / name).mkdir(parents=True)
    params(folder, **sections)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        stage("index_images", cohort, out / "index")
        stage("crop_slices", cohort, out / "index", out / "slices")
        stage("draw_folds", out / "slices", out / "index", out / "folds", out / "cohort.json")
        stage("crop_patches", cohort, out / "index", out / "patches")
        stage("find_bookmarks", cohort, out / "index", out / "reports")
        stage("match_labels", ONTOLOGY, out / "reports", out / "mentions.parquet")
        run = CliRunner().invoke(app, ["check", str(cohort), "--headers", "--out", str(out / "check")])
    assert run.exception is None or isinstance(run.exception, SystemExit), run.exception
    return out


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("planted"))


def test_what_was_planted_is_used(out: Path) -> None:
    """Nothing is silent because it was set aside."""
    assert len(pl.read_parquet(out / "index" / "lesions.parquet")) == 10
    assert len(pl.read_parquet(next((out / "patches").glob("*.parquet")))) == 10
    sentences = pl.read_parquet(out / "reports" / "sentences.parquet")
    assert sentences["report"].n_unique() == 10
    assert len(pl.read_parquet(out / "reports" / "judged.parquet")) == 10
    assert len(pl.read_parquet(out / "reports" / "labelled.parquet")) == 10
    assert pl.read_parquet(out / "reports" / "bookmarks.parquet")["lesion"].null_count() == 0
    counts = pl.read_csv(out / "reports" / "scrubbed.csv").group_by("rule").agg(pl.col("count").sum())
    assert dict(counts.iter_rows())["known"] >= 8


def test_no_identity_stands_in_any_byte(out: Path) -> None:
    assert len(list(out.rglob("*.*"))) > 15
    assert not found(out, WORDS)


def test_the_cohort_itself_is_full_of_them(out: Path) -> None:
    """The search finds what it looks for: names of files, headers, tables, compressed NIfTI."""
    there = {word for _, word in found(out.parent / "own", WORDS)}
    assert there >= {"quasimodo", "frollo", "4711", "hunchback", "zwölf", "19580412", uid("bert", "series")}


def test_without_scrubbing_the_texts_would_tell(tmp_path: Path) -> None:
    told = found(written(tmp_path, bookmarks={"scrub": []}), WORDS)
    assert {file for file, _ in told} == {"reports/sentences.parquet"}
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
        case ".bin":
            path.write_bytes(b"\0" + word.upper().encode("utf-16-le"))


@pytest.mark.parametrize("name", ["a.png", "a.parquet", "a.npz", "a.nii.gz", "a.json", "a.bin"])
def test_the_search_finds_an_identity_wherever_it_hides(tmp_path: Path, name: str) -> None:
    hidden(tmp_path / name, "Quasimodo")
    if not name.endswith(".json"):
        assert b"quasimodo" not in (tmp_path / name).read_bytes().lower()
    assert {word for _, word in found(tmp_path, WORDS)} == {"quasimodo"}
