"""Where a source is: the part ``from`` of its file, as an entry of the catalog."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict

from .errors import Misfit

_OURS = "customer_360.datasets"
# Short words for types, and the files that they are guessed from.
TYPES = {
    "rest": f"{_OURS}.rest.RestSourceDataset",
    "csv": f"{_OURS}.file_source.FileSourceDataset",
    "json": f"{_OURS}.file_source.FileSourceDataset",
    "excel": "pandas.ExcelDataset",
    "parquet": "pandas.ParquetDataset",
    "delta": f"{_OURS}.delta.DeltaTableDataset",
}
SUFFIXES = {".csv": "csv", ".json": "json", ".xlsx": "excel", ".parquet": "parquet"}
# What the declaration says elsewhere, or what the program sees to.
SAID_ELSEWHERE = {
    "fields": "columns",
    "columns": "columns",
    "key_field": "key",
    "staging": "",
    "blocked_fields": "",
    "metadata": "",
    "keep_other_fields": "keep_other_fields",
    "incremental": "incremental",
    "loads_pull": "",
}


class SourcePlace(BaseModel):
    """A dataset of Kedro's catalog.

    Attributes:
        type: as in a catalog, in full.
        word: the short word that was written for it; else empty.
        arguments: of the dataset, as in a catalog.
    """

    model_config = ConfigDict(frozen=True)

    type: str
    word: str = ""
    arguments: dict[str, Any]

    @property
    def is_api(self) -> bool:
        """Whether it is a REST API."""
        return self.type == TYPES["rest"]

    @property
    def is_ours(self) -> bool:
        """Whether its dataset stages records by itself; any other one loads a frame."""
        return self.type in (TYPES["rest"], TYPES["csv"])


def read_place(written: Any) -> Any:
    """``from`` in full: a file name alone is a file of the landing folder, whose kind its ending says.

    Raises:
        Misfit: no type, a file of no known ending, or something that is said elsewhere.
    """
    if isinstance(written, str):
        suffix = PurePosixPath(written).suffix.lower()
        if suffix not in SUFFIXES:
            raise Misfit(
                "",
                f"'{written}' ends in none of {', '.join(SUFFIXES)}: say the type, {{type: ..., file: ...}}.",
            )
        written = {"type": SUFFIXES[suffix], "file": written}
    if not isinstance(written, dict):
        raise Misfit("", "a file name, or {type: ..., and what its dataset takes}.")
    if not isinstance(written.get("type"), str):
        known = (
            f"{', '.join(TYPES)}, or any dataset of Kedro that loads a frame, such as pandas.SQLTableDataset"
        )
        raise Misfit("type", f"the type is missing. There are: {known}.")
    word = written["type"]
    for key, said in SAID_ELSEWHERE.items():
        if key in written and word in TYPES:
            raise Misfit(
                key, f"is said by `{said}` of the source, not here." if said else "is seen to; take it out."
            )
    arguments = {key: value for key, value in written.items() if key != "type"}
    if word in ("csv", "json"):
        arguments["format"] = word
    return {"type": TYPES.get(word, word), "word": word if word in TYPES else "", "arguments": arguments}
