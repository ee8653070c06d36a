"""Where a source is: the part ``from`` of its file, as an entry of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from inspect import Parameter, signature
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict

from customer_360.parameters.names import did_you_mean

from .errors import Misfit, SourceDeclarationError

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
FRAME = f"{_OURS}.frame_source.FrameSourceDataset"
# What the declaration says elsewhere, or what the program sees to.
_SAID_ELSEWHERE = {
    "fields": "columns",
    "columns": "columns",
    "key_field": "key",
    "staging": "",
    "blocked_fields": "",
    "metadata": "",
    "keep_other_fields": "keep_other_fields",
}


# Types of ours, whose arguments are checked here, where the file is known.
_CHECKED = ("rest", "csv", "json", "delta")


class Place(BaseModel):
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
    for key, said in _SAID_ELSEWHERE.items():
        if key in written and word in TYPES:
            raise Misfit(
                key, f"is said by `{said}` of the source, not here." if said else "is seen to; take it out."
            )
    arguments = {key: value for key, value in written.items() if key != "type"}
    if word in ("csv", "json"):
        arguments["format"] = word
    return {"type": TYPES.get(word, word), "word": word if word in TYPES else "", "arguments": arguments}


def catalog_entry(
    place: Place,
    *,
    table: str,
    key: str | None,
    fields: Sequence[str],
    leave_out: Sequence[str],
    keep_other_fields: bool,
    unique_keys: bool,
    lakehouse: str,
    blocked_fields: Sequence[str],
    file: str,
) -> dict[str, Any]:
    """The entry ``source_<table>`` of the catalog.

    Args:
        place: where the source is.
        table: name of its tables.
        key: field that tells records apart.
        fields: that bronze keeps, dotted.
        leave_out: that come and are not told of.
        keep_other_fields: whether bronze keeps all others, too.
        unique_keys: whether no two records share a key.
        lakehouse: root of it.
        blocked_fields: that are never stored.
        file: where it is declared, for messages.

    Raises:
        SourceDeclarationError: a dataset of ours does not take what ``from`` says, or lacks something.
    """
    arguments = dict(place.arguments)
    if place.word in _CHECKED:
        _check_arguments(place, file)
    if "file" in arguments:
        arguments["filepath"] = f"{lakehouse}/Files/landing/{arguments.pop('file')}"
    common = {
        "fields": list(fields),
        "leave_out": list(leave_out),
        "keep_other_fields": keep_other_fields,
        "staging": {"path": f"{lakehouse}/Files/staging/{table}"},
        "blocked_fields": list(blocked_fields),
        "metadata": {"kedro-viz": {"layer": "source"}},
    }
    if not place.is_ours:
        return {
            "type": FRAME,
            "dataset": {"type": place.type, **arguments},
            "key_field": key,
            "declared_in": file,
            **common,
        }
    if place.is_api:
        return {"type": place.type, **arguments, "key_field": key if unique_keys else None, **common}
    if arguments["format"] == "csv":
        arguments["columns"] = list(fields)
    return {"type": place.type, **arguments, **common}


def _check_arguments(place: Place, file: str) -> None:
    module, _, name = place.type.rpartition(".")
    parameters = signature(getattr(import_module(module), name)).parameters
    seen_to = {*_SAID_ELSEWHERE, "leave_out", "format", "version", "schema", "mode", "keys"}
    takes = {key: value for key, value in parameters.items() if key not in seen_to}
    if "filepath" in takes:
        takes["file"] = takes["filepath"]
    given = {key for key in place.arguments if key != "format"}
    for key in sorted(given - set(takes)):
        problem = (
            f"there is no such key for {place.word}.{did_you_mean(key, takes)} Allowed: {', '.join(takes)}."
        )
        raise SourceDeclarationError.at(file, f"from.{key}", problem)
    if {"file", "filepath"} <= given:
        raise SourceDeclarationError.at(file, "from.file", "stands beside filepath; a file is in one place.")
    given |= {"file", "filepath"} if given & {"file", "filepath"} else set()
    for key, one in takes.items():
        if one.default is Parameter.empty and key not in given:
            raise SourceDeclarationError.at(
                file, f"from.{key}", f"the key is missing; {place.word} needs it."
            )
