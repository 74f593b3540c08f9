"""A cohort with identities everywhere: headers, private attributes, drawings, NIfTI, names of files, tables, texts."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
from ct import BOX, edit, lesion, uid, volume, write_lesions
from drawings import frame, planar, polygon, sources, square, write_rtstruct, write_seg, write_sr
from image_folders import painted
from own_cohort import FINDING, PATIENTS, START, rows, texts, write_own, write_table
from PIL import Image, PngImagePlugin

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
MASS = FINDING.replace("Hepatic cyst", "Hepatic mass")
"""What every second report says, so that labels differ."""
GREETING = "Zwölf, Hunchback: "
DRAWN = {"anna": "Esmeralda mass 20231107", "bert": "Gringoire 4711", "dora": "Phoebus's"}
"""The names of lesions whose boxes are drawn: as RTSTRUCT, SEG and SR."""
PARTS = dict(zip(PATIENTS, ("test", "val", "test", "test", "val", "val", *["train"] * 4), strict=True))
WORDS = (
    "quasimodo", "esmeralda", "frollo", "claude", "phoebus", "gringoire", "notre dame", "infirmary", "4711",
    "078051120", "19580412", "april 12", "1958", "20231107", "11/07/2023", "nov 2023", "66551", "867-5309",
    "hunchback", "zwölf",
    *(uid(name, kind) for name in PATIENTS for kind in ("study", "series", "frame", *range(6))),
)  # fmt: skip


def plant(folder: Path) -> Path:
    """A cohort of ten patients; anna, bert, carl (as NIfTI) and dora are named wherever a name can stand."""
    cohort = write_own(folder)
    (cohort / "cohort.yaml").write_text("name: test\nabout: by Frollo\nimages: [dicom, nifti]\n", "utf-8")
    _plant_images(cohort / "images")
    _plant_lesions(cohort)
    _plant_texts(cohort)
    return cohort


def plant_pictures(folder: Path) -> Path:
    """Images in folders of their classes, with names in their own names and beside their pixels."""
    painted(folder, {"train": {"DRCT": 12, "GFIG": 12}, "test": {"DRCT": 4, "GFIG": 4}})
    for path in folder.rglob("*.png"):
        told = PngImagePlugin.PngInfo()
        told.add_text("Comment", "Quasimodo, seen 20231107")
        told.add_itxt("Title", "Zwölf Hunchback", zip=True)
        with Image.open(path) as image:
            camera = image.getexif()
            camera[0x013B] = "Frollo"  # Artist
            image.save(path.with_name(f"Esmeralda_4711_{path.name}"), pnginfo=told, exif=camera)
        path.unlink()
    return folder


def _plant_images(images: Path) -> None:
    for path in (images / "anna").iterdir():
        edit(path, FrameOfReferenceUID=frame("anna"), **HEADER)
        data = pydicom.dcmread(path)
        data.private_block(0x0009, "Quasimodo Inc.", create=True).add_new(1, "LO", "Esmeralda")
        data.preamble = b"Quasimodo 19580412".ljust(128, b"\0")
        data.file_meta.SourceApplicationEntityTitle = "ESMERALDA"
        data.save_as(path)
        path.write_bytes(path.read_bytes() + b"\xfc\xff\xfc\xffOB\0\0\x08\0\0\0Phoebus\0")  # padding behind the pixels
    outline = {DRAWN["anna"]: square(3, 6, 2.5, 5.0)}
    write_rtstruct(images / "Esmeralda.dcm", "MRN-4711", outline, frame("anna"), series=uid("anna", "series"))
    (images / "anna").rename(images / "Quasimodo_Esmeralda_19580412")
    for name in ("bert", "dora"):
        for path in (images / name).iterdir():
            edit(path, FrameOfReferenceUID=frame(name))
    mask = np.zeros((6, 12, 12), np.uint8)
    mask[1:3, 3:7, 3:7] = 1
    write_seg(images / "bert" / "seg.dcm", images / "bert", mask)
    data = pydicom.dcmread(images / "bert" / "seg.dcm")
    data.SegmentSequence[0].SegmentLabel = DRAWN["bert"]
    data.SegmentSequence[0].SegmentDescription = "Phoebus drew it"
    data.save_as(images / "bert" / "seg.dcm")
    region = polygon(sources(images / "dora")[2], [(2, 3), (7, 3), (7, 9), (2, 3)])
    write_sr(images / "dora" / "sr.dcm", images / "dora", [planar(DRAWN["dora"], region)])
    for path in (images / "carl").iterdir():
        path.unlink()
    nifti = nib.Nifti1Image(volume("carl").transpose(2, 1, 0), np.diag([-1, -1, 2.5, 1]))
    nifti.header["descrip"], nifti.header["db_name"] = b"Hunchback 19580412", b"Quasimodo"
    nifti.header["aux_file"], nifti.header["intent_name"] = b"Frollo", b"Gringoire"
    nifti.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"Phoebus 19580412"))
    nib.save(nifti, images / "carl" / "Hunchback_19580412.nii.gz")


def _plant_lesions(cohort: Path) -> None:
    table = dict(zip(PATIENTS, rows(), strict=True))
    for name, drawn in DRAWN.items():
        table[name] |= {"lesion": drawn, "key_slice": "", **dict.fromkeys(BOX, "")}
    table["anna"] |= {"patient": "MRN-4711"}
    table["carl"] = lesion("Zwölf Hunchback", subtype="A", key_slice=2, split="", study="Hunchback-66551")
    table["carl"] |= {"series": "carl/Hunchback_19580412.nii.gz"}
    for name, part in PARTS.items():
        table[name] |= {"split": part}
    write_lesions(cohort, list(table.values()))


def _plant_texts(cohort: Path) -> None:
    tables = texts()
    del tables["relations"][len(PATIENTS) :]  # a judgement a patient: its place moves with the text
    for n in range(1, len(PATIENTS), 2):
        tables["reports"][n] |= {"text": MASS}
    tables["reports"][0] |= {"text": SAID + FINDING[: START + 5] + CITED}
    tables["reports"][2] |= {"study": "Hunchback-66551", "text": GREETING + FINDING}
    tables["labels"][2] |= {"study": "Hunchback-66551"}
    for name in ("reports", "bookmarks", "relations"):
        tables[name][0] |= {"report": "hugo-4711"}
        _move(tables[name][0], len(SAID))
        _move(tables[name][2], len(GREETING))
    for name, drawn in DRAWN.items():
        for table in ("bookmarks", "labels"):
            tables[table][PATIENTS.index(name)] |= {"lesion": drawn}
    # what is set aside is told, too
    tables["labels"].append({"lesion": "Quasimodo", "study": "4711", "label": "liver cyst"})
    tables["bookmarks"].append({"report": "Phoebus", "start": 1, "end": 2, "lesion": "Quasimodo"})
    tables["bookmarks"].append({"report": "hugo-4711", "start": "Esmeralda", "end": "19580412", "lesion": "Frollo"})
    tables["relations"].append(tables["relations"][0] | {"relation": "Quasimodo"})
    tables["reports"].append({"report": "Frollo", "study": "4711", "text": " ", "patient": "Phoebus", "split": ""})
    for name, one in tables.items():
        write_table(cohort / f"{name}.csv", one)


def _move(row: dict[str, object], by: int) -> None:
    """Places in a text that begins with so many characters more."""
    row |= {name: int(str(row[name])) + by for name in ("start", "end", "bookmark") if name in row}
