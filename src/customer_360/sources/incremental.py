"""The key ``incremental`` of a source's file: whether the place can be asked so, and what it needs for that."""

from __future__ import annotations

from customer_360.datasets import IncrementalSettings

from .errors import Misfit
from .places import SourcePlace

_SQL = ("pandas.SQLTableDataset", "pandas.SQLQueryDataset")
_ALLOWED = {
    "rest": ("parameter", "field", "overlap", "full_every", "format", "time_zone"),
    "delta": ("field", "by", "overlap", "full_every", "time_zone"),
    "sql": ("field", "overlap", "full_every", "time_zone"),
    "commit": ("by", "full_every"),
}


def check_incremental(said: IncrementalSettings, place: SourcePlace, *, has_unique_keys: bool) -> None:
    """Check what a source's file says about asking for changes only.

    Raises:
        Misfit: the place cannot be asked so, something is missing, or something is said that nothing reads.
    """
    kind = _kind(place)
    if kind is None:
        known = ["rest", "delta", *_SQL]
        raise Misfit(
            "", f"{place.word or place.type} cannot be asked for changes only; it is read as a whole. These can be "
            f"asked: {', '.join(known)}.",
        )  # fmt: skip
    if not has_unique_keys:
        raise Misfit(
            "", "needs unique_keys: true. Of records that share a key, those that changed do not tell which is which.",
        )  # fmt: skip
    by_commit = kind == "delta" and said.by == "commit"
    _refuse_others(said, "commit" if by_commit else kind, place)
    if by_commit:
        return
    if said.field is None:
        choice = ", or by: commit" if kind == "delta" else ""
        raise Misfit("field", f"is missing: which field of a record says when it last changed{choice}.")
    if kind == "rest" and said.parameter is None:
        raise Misfit("parameter", "is missing: which query parameter asks for what changed since a time.")
    if kind != "rest" and "." in said.field:
        raise Misfit("field", f"'{said.field}' has dots; a {kind} source is asked by one of its columns.")
    _check_arguments(said, kind, place)


def _kind(place: SourcePlace) -> str | None:
    if place.word in ("rest", "delta"):
        return place.word
    return "sql" if place.type.removeprefix("kedro_datasets.") in _SQL else None


def _refuse_others(said: IncrementalSettings, kind: str, place: SourcePlace) -> None:
    for key in sorted(said.model_fields_set - set(_ALLOWED[kind])):
        what = "by: commit" if kind == "commit" else place.word or place.type
        raise Misfit(key, f"is not for {what}. Allowed: {', '.join(_ALLOWED[kind])}.")


def _check_arguments(said: IncrementalSettings, kind: str, place: SourcePlace) -> None:
    """What ``from`` says, and the parameter or condition of ours, must go together."""
    if kind == "rest" and said.parameter in _names(place.arguments.get("params")):
        raise Misfit("parameter", f"'{said.parameter}' stands in from.params, too; take it out there.")
    if kind == "sql":
        load_args = _names(place.arguments.get("load_args"))
        refused = {"filepath": "put the query into `sql`", "file": "put the query into `sql`"}
        for key, instead in refused.items():
            if key in place.arguments:
                raise Misfit("field", f"does not go with from.{key}: {instead}.")
        if "params" in load_args:
            raise Misfit("field", "does not go with from.load_args.params: write the values into the query.")


def _names(mapping: object) -> list[str | None]:
    return [str(name) for name in mapping] if isinstance(mapping, dict) else []
