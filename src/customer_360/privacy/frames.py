"""Frames to be displayed, in a notebook for example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer_360.privacy.columns import is_personal
from customer_360.privacy.masking import DOT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def masked_frame(frame: DataFrame, table: str) -> DataFrame:
    """The frame with masks, as text, in every column that may hold values of persons.

    Args:
        frame: rows of the table.
        table: ``<layer>/<table>``.
    """
    from pyspark.sql import functions as F
    from pyspark.sql.types import BooleanType

    masks = {}
    for field in frame.schema.fields:
        if is_personal(table, field.name) and not isinstance(field.dataType, BooleanType):
            text = F.col(f"`{field.name}`").cast("string")
            rest = F.regexp_replace(F.substring(text, 2, 1_000_000), r"(?s).", DOT)
            masks[field.name] = F.concat(F.substring(text, 1, 1), rest)
    return frame.withColumns(masks) if masks else frame
