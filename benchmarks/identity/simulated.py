"""Noisy records of one simulated population of the United States (package pseudopeople and its bundled sample).

The package's default noise is kept as it is: misspellings, nicknames, swapped dates, borrowed social security
numbers, roles in place of names ("Granddaughter"), missing fields. The sample population lives in one made-up town,
so city, region and postal code say nothing. Birth dates are brought to ISO order, since each form has its own.
"""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.identity.files import as_text, write_dataset

_SEED = 20
_NAMES = {"first_name": "given_name", "middle_initial": "middle_name", "middle_name": "middle_name"}
_COMMON = {**_NAMES, "last_name": "family_name", "ssn": "national_id", "sex": "sex"}
_HOME = {
    "street_number": "house_number",
    "street_name": "street",
    "unit_number": "unit",
    "city": "city",
    "state": "region",
    "zipcode": "postal_code",
}
_MAILING = {f"mailing_address_{column}": name for column, name in _HOME.items()}
_ISO = {
    "mm/dd/yyyy": (r"^(..)/(..)/(....)$", r"\3-\1-\2"),
    "yyyymmdd": (r"^(....)(..)(..)$", r"\1-\2-\3"),
    "mmddyyyy": (r"^(..)(..)(....)$", r"\3-\1-\2"),
}
SIMULATED = (
    "pseudopeople",
    "pseudopeople_census",
    "pseudopeople_w2",
    "pseudopeople_w2_all",
    "pseudopeople_wic",
)


def write_simulated(folder: Path, name: str) -> None:
    """Write one of ``SIMULATED``; the person is the simulant."""
    os.environ.setdefault("TQDM_DISABLE", "1")
    logging.disable(logging.INFO)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write_dataset(folder, name, _RECIPES[name]())


def _three_offices() -> pd.DataFrame:
    """The census and the tax forms of 2020, and the social security register up to that year."""
    parts = (_census(2020), _social_security(2020), _tax_forms(2020))
    return pd.concat(parts, ignore_index=True)


def _census(year: int | None) -> pd.DataFrame:
    from pseudopeople import generate_decennial_census

    raw = generate_decennial_census(seed=_SEED, year=year)
    return _records(raw, "census", _HOME, "mm/dd/yyyy")


def _social_security(year: int) -> pd.DataFrame:
    from pseudopeople import generate_social_security

    return _records(generate_social_security(seed=_SEED, year=year), "ssa", {}, "yyyymmdd")


def _tax_forms(*years: int) -> pd.DataFrame:
    from pseudopeople import generate_taxes_w2_and_1099

    raw = generate_taxes_w2_and_1099(seed=_SEED, year=None)
    if years:
        raw = raw[raw["tax_year"].astype(int).isin(years)]
    return _records(raw, "tax", _MAILING, None)


def _food_programme() -> pd.DataFrame:
    from pseudopeople import generate_women_infants_and_children

    raw = generate_women_infants_and_children(seed=_SEED, year=None)
    return _records(raw, "wic", _HOME, "mmddyyyy")


def _records(raw: pd.DataFrame, source: str, address: dict[str, str], dates: str | None) -> pd.DataFrame:
    wanted: dict[str, Any] = {
        column: name for column, name in {**_COMMON, **address}.items() if column in raw.columns
    }
    records = raw[list(wanted)].rename(columns=wanted).astype("string").reset_index(drop=True)
    if dates:
        pattern, iso = _ISO[dates]
        written = raw["date_of_birth"].astype("string").reset_index(drop=True)
        records["birth_date"] = written.str.replace(pattern, iso, regex=True)
    if "mailing_address_po_box" in raw.columns:
        box = as_text(raw["mailing_address_po_box"].reset_index(drop=True))
        records["street"] = records["street"].fillna("PO Box " + box)
    records["person"] = raw["simulant_id"].astype("string").reset_index(drop=True)
    records["source"] = source
    return records


_RECIPES = {
    "pseudopeople": _three_offices,
    "pseudopeople_census": lambda: _census(None),
    "pseudopeople_w2": lambda: _tax_forms(2019, 2020, 2021, 2022, 2023),
    "pseudopeople_w2_all": _tax_forms,
    "pseudopeople_wic": _food_programme,
}
