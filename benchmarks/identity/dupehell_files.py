"""Persons from the generator of the package dupehell, whose noise is not ours: its medium and its hardest setting.

The hardest one ("hell") puts zero-width characters and look-alike letters of other alphabets into names, cuts them
to initials, writes dates in three orders, and adds persons who share fields with others.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.identity.files import write_dataset

_SIZE, _SEED = 20_000, 7


@dataclass(frozen=True)
class _Recipe:
    domain: str
    entity: str
    difficulty: str
    columns: dict[str, str]


_PERSON = {
    "given_name": "given_name",
    "middle_name": "middle_name",
    "family_name": "family_name",
    "birth_date": "birth_date",
    "email_address": "email",
    "mobile_phone": "phone",
    "residential_address_line1": "street",
    "residential_city": "city",
    "residential_postal_code": "postal_code",
    "residential_state": "region",
    "residential_country": "country",
    "tax_id": "national_id",
}
_PATIENT = {
    "pat_first_name": "given_name",
    "pat_last_name": "family_name",
    "birth_date": "birth_date",
    "gender_code": "sex",
    "ssn": "national_id",
    "address_line1": "street",
    "city": "city",
    "state_code": "region",
    "zip_code": "postal_code",
    "home_phone": "phone",
    "email": "email",
}
_INSURED = {
    "first_name": "given_name",
    "last_name": "family_name",
    "date_of_birth": "birth_date",
    "ssn": "national_id",
    "email": "email",
    "phone": "phone",
    "address_line1": "street",
    "city": "city",
    "state_code": "region",
    "postal_code": "postal_code",
}
_RECIPES = {
    "dupehell_kyc": _Recipe("kyc", "natural_person", "medium", _PERSON),
    "dupehell_patients": _Recipe("healthcare", "patient", "medium", _PATIENT),
    "dupehell_hell": _Recipe("insurance", "policy_holder", "hell", _INSURED),
}
DUPEHELL = tuple(_RECIPES)


def write_dupehell(folder: Path, name: str) -> None:
    """Write one of ``DUPEHELL``; the person is the generator's ``master_id``."""
    from dupehell import generate

    recipe = _RECIPES[name]
    with tempfile.TemporaryDirectory() as made:
        files = generate(
            domain=recipe.domain, only_entity=recipe.entity, difficulty=recipe.difficulty,
            size=_SIZE, seed=_SEED, output_dir=made,
        )  # fmt: skip
        raw, truth = pd.read_parquet(files.dataset), pd.read_parquet(files.ground_truth)
    records = raw[list(recipe.columns)].rename(columns=recipe.columns)
    records["source"] = "a"
    records["person"] = raw["record_id"].map(truth.set_index("record_id")["master_id"])
    write_dataset(folder, name, records)
