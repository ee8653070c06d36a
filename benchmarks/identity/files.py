"""The two Parquet files of a labelled data set: the records that a resolver sees, and the truth that it must not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ATTRIBUTES = (
    "given_name",
    "middle_name",
    "family_name",
    "full_name",
    "birth_date",
    "sex",
    "email",
    "phone",
    "street",
    "house_number",
    "unit",
    "city",
    "postal_code",
    "region",
    "country",
    "national_id",
)
RECORD_COLUMNS = ("source", "key", *ATTRIBUTES)


def records_path(folder: Path, name: str) -> Path:
    """Where the records of a data set are."""
    return folder / f"{name}.parquet"


def truth_path(folder: Path, name: str) -> Path:
    """Where the truth of a data set is: source, key, person."""
    return folder / f"{name}.truth.parquet"


def write_dataset(folder: Path, name: str, records: pd.DataFrame, *, seed: int = 1) -> None:
    """Shuffle the rows, give them keys that tell nothing, and write records and truth apart.

    Args:
        folder: made if it is missing.
        name: of the data set.
        records: ``person`` and ``source``, and any of ``ATTRIBUTES``; everything as text, blank is null.
        seed: of the shuffle; published files often hold a person's records side by side.

    Raises:
        ValueError: a column that no resolver is promised.
    """
    unknown = set(records.columns) - {*RECORD_COLUMNS, "person"}
    if unknown:
        raise ValueError(f"{name}: unknown columns {sorted(unknown)}; known are {', '.join(RECORD_COLUMNS)}")
    order = np.random.default_rng(seed).permutation(len(records))
    shuffled = records.take(order).reset_index(drop=True)
    shuffled["key"] = [str(number) for number in range(1, len(shuffled) + 1)]
    columns = [column for column in RECORD_COLUMNS if column in shuffled.columns]
    folder.mkdir(parents=True, exist_ok=True)
    _write(shuffled[columns], records_path(folder, name))
    _write(shuffled[["source", "key", "person"]], truth_path(folder, name))


def as_text(values: pd.Series) -> pd.Series:
    """Trimmed text, with null for blank values."""
    text = values.astype("string").str.strip()
    return text.mask(text.str.len() == 0)


def _write(frame: pd.DataFrame, path: Path) -> None:
    columns = {name: pa.array(as_text(frame[name]), pa.string(), from_pandas=True) for name in frame.columns}
    partial = path.with_name(f".{path.name}.partial")
    pq.write_table(pa.table(columns), partial)
    partial.replace(path)
