"""Parquet files, and folders of their parts as engines write them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from customer_360.person_file.arrow_text import UnreadableType, as_text
from customer_360.person_file.columns import FileColumn, Said, match_columns, told_apart
from customer_360.person_file.parts import ROWS_AT_ONCE, ROWS_TO_JUDGE_BY, Parts, PersonFileError

_NAMES_SHOWN = 5


def read_parquet(path: Path, attributes: Sequence[str], said: Said, parts: Parts) -> None:
    """Read a Parquet file, or every part in a folder, batch by batch.

    Raises:
        PersonFileError: none, damaged, parts that do not belong together, or a type that is no text.
        ColumnsError: the columns cannot be told.
    """
    import pyarrow as pa

    for file in _files(path):
        try:
            _read_file(file, path, attributes, said, parts)
        except pa.ArrowException as error:
            raise PersonFileError(
                f"{file} is not a Parquet file, or is damaged ({type(error).__name__})."
            ) from None
        except OSError as error:
            reason = error.strerror or "its data do not fit together"
            raise PersonFileError(f"{file} is damaged or cannot be read: {reason}.") from None
    if parts.staged is None:
        raise PersonFileError(
            f"{path} is a folder without a Parquet file. Name a file (.csv, .xlsx, .parquet), or a folder of Parquet "
            "parts."
        )


def _read_file(file: Path, path: Path, attributes: Sequence[str], said: Said, parts: Parts) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open(file, "rb") as opened:
        # the unit of old Spark's time stamps: in nanoseconds, years far away would become others
        parquet = pq.ParquetFile(opened, coerce_int96_timestamp_unit="us")
        names = told_apart(parquet.schema_arrow.names)
        batches = parquet.iter_batches(batch_size=ROWS_AT_ONCE)
        first = next(batches, None) or pa.RecordBatch.from_pylist([], schema=parquet.schema_arrow)
        matched = match_columns(_described(names, first), attributes, said)
        if parts.staged is None:
            parts.begin(matched, [])
        elif matched.positions != parts.staged.matched.positions:
            raise PersonFileError(
                f"{path}: the columns of {file.name} differ from those of the parts before it."
            )
        for batch in chain([first], batches):
            if batch.num_rows:
                arrays = {
                    target: _array(batch.column(place), names[place], target, path)
                    for target, place in matched.positions.items()
                }
                parts.write(arrays, batch.num_rows)


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    if (path / "_delta_log").exists():
        raise PersonFileError(
            f"{path} is a Delta table, whose folder may hold rows that are deleted. Save its rows as one Parquet file."
        )
    inside = [entry for entry in sorted(path.iterdir()) if not entry.name.startswith(("_", "."))]
    others = [entry.name for entry in inside if entry.suffix.lower() != ".parquet" or not entry.is_file()]
    if others:
        shown = ", ".join(others[:_NAMES_SHOWN])
        raise PersonFileError(
            f"{path} holds more than Parquet files ({shown}): it is not clear what belongs to it."
        )
    return inside


def _described(names: Sequence[str], batch: Any) -> list[FileColumn]:
    described = []
    for place, name in enumerate(names):
        try:
            values = as_text(batch.column(place).slice(0, ROWS_TO_JUDGE_BY)).to_pylist()
        except UnreadableType:
            values = []
        described.append(FileColumn(name, [value for value in values if value and value.strip()]))
    return described


def _array(values: Any, name: str, target: str, path: Path) -> Any:
    import pyarrow.compute as pc

    try:
        text = as_text(values)
    except UnreadableType as error:
        raise PersonFileError(
            f"{path}: the column '{name}' ({target}) holds {error}. Leave it out with --ignore \"{name}\", or save it "
            "as another type. Nothing was written."
        ) from None
    return pc.if_else(pc.equal(text, ""), None, text)
