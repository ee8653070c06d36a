"""A declared source as an entry of Kedro's catalog."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from inspect import Parameter, signature
from typing import Any

from customer_360.foundation import did_you_mean

from .compiled import DeclaredSource
from .errors import SourceDeclarationError
from .places import SAID_ELSEWHERE, SourcePlace

FRAME = "customer_360.datasets.frame_source.FrameSourceDataset"
# Types of ours, whose arguments are checked here, where the file is known.
_CHECKED = ("rest", "csv", "json", "delta")


def catalog_entry(
    one: DeclaredSource, *, lakehouse: str, blocked_fields: Sequence[str], full_pull: bool = False
) -> dict[str, Any]:
    """The entry ``source_<table>`` of the catalog.

    Args:
        one: the source.
        lakehouse: root of the lakehouse.
        blocked_fields: names of fields that are never stored.
        full_pull: a source that is asked for changes is asked for all this time.

    Raises:
        SourceDeclarationError: a dataset of ours does not take what ``from`` says, or lacks something.
    """
    said, place = one.declaration, one.declaration.place
    if place.word in _CHECKED:
        _check_arguments(place, one.file)
    arguments = dict(place.arguments)
    if "file" in arguments:
        arguments["filepath"] = f"{lakehouse}/Files/landing/{arguments.pop('file')}"
    common = {
        "fields": list(said.fields),
        "leave_out": list(said.leave_out),
        "keep_other_fields": said.keep_other_fields,
        "staging": {"path": f"{lakehouse}/Files/staging/{one.table}"},
        "blocked_fields": list(blocked_fields),
        "loads_pull": True,
        **_incremental(one, lakehouse, full_pull=full_pull),
        "metadata": {"kedro-viz": {"layer": "source"}},
    }
    if not place.is_ours:
        inner = {"dataset": {"type": place.type, **arguments}, "key_field": said.key, "declared_in": one.file}
        return {"type": FRAME, **inner, **common}
    if place.is_api:
        arguments["key_field"] = said.key if said.has_unique_keys else None
    elif arguments["format"] == "csv":
        arguments["columns"] = list(said.fields)
    return {"type": place.type, **arguments, **common}


def _incremental(one: DeclaredSource, lakehouse: str, *, full_pull: bool) -> dict[str, Any]:
    """The argument ``incremental`` of its dataset, if it is asked for changes only."""
    said = one.declaration.incremental
    if said is None:
        return {}
    places = {
        "state": f"{lakehouse}/Files/state/sources/{one.table}",
        "bronze": f"{lakehouse}/Tables/bronze/{one.table}",
    }
    return {"incremental": {**said.model_dump(exclude_unset=True), **places, "full_pull": full_pull}}


def _check_arguments(place: SourcePlace, file: str) -> None:
    module, _, name = place.type.rpartition(".")
    parameters = signature(getattr(import_module(module), name)).parameters
    seen_to = {*SAID_ELSEWHERE, "leave_out", "format", "version", "schema", "mode", "keys"}
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
