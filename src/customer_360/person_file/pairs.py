"""Scored pairs of records as a table that a person reads: what each comparison adds, in columns of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from customer_360.stewardship import sentence

_DIGITS = 4  # of bits: engines differ far behind that
_KEYS = ("left_source", "left_key", "right_source", "right_key")


def pairs_schema(comparisons: Sequence[str]) -> Any:
    """The columns of the table.

    ``left_source, left_key, right_source, right_key``; ``same_cluster``; ``match_weight`` in bits, ``probability``,
    ``method`` (``match_weight``, or the rule that override the pair); ``before_comparing`` and a ``bits_...`` for each
    comparison, which add up to the match weight; ``evidence``, the same in words.

    Args:
        comparisons: names of the model's comparisons.
    """
    import pyarrow as pa

    numbers = ["before_comparing", *map(bits_column, comparisons)]
    return pa.schema(
        [
            *[(name, pa.string()) for name in _KEYS],
            ("same_cluster", pa.bool_()),
            ("match_weight", pa.float64()),
            ("probability", pa.float64()),
            ("method", pa.string()),
            *[(name, pa.float64()) for name in numbers],
            ("evidence", pa.string()),
        ]
    )


def bits_column(comparison: str) -> str:
    """Name of the column with what a comparison adds."""
    return "bits_" + re.sub(r"\W+", "_", comparison)


def pairs_table(batches: Iterable[Any], comparisons: Sequence[str]) -> Iterator[Any]:
    """Turn record batches of ``Resolution.pairs`` into those of :func:`pairs_schema`."""
    import pyarrow as pa

    schema = pairs_schema(comparisons)
    for batch in batches:
        yield pa.RecordBatch.from_pylist(
            [_row(pair, comparisons) for pair in batch.to_pylist()], schema=schema
        )


def _row(pair: dict[str, Any], comparisons: Sequence[str]) -> dict[str, Any]:
    row = {name: pair[name] for name in (*_KEYS, "same_cluster", "match_weight", "probability", "method")}
    row["evidence"] = sentence(pair)
    if pair["match_weight"] is None:
        return row
    bits = {item["comparison"]: round(float(item["weight"]), _DIGITS) for item in pair["evidence"] or ()}
    row["match_weight"] = round(float(pair["match_weight"]), _DIGITS)
    row["before_comparing"] = round(row["match_weight"] - sum(bits.values()), _DIGITS)
    return row | {bits_column(name): bits.get(name) for name in comparisons}
