"""The results of ``kedro resolve`` as files: whether they can be written, and what is in them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from customer_360.foundation import OutputError, Writing, cannot_be_written

RESULT_FORMATS = (".parquet", ".csv", ".json")
PAGE_FORMATS = (".html", ".htm")
_SORTED_UP_TO = 2_000_000


def check_output(output: Path, records: Path, formats: tuple[str, ...] = RESULT_FORMATS) -> None:
    """Find out before the work whether its result can be written.

    Raises:
        OutputError: another format, a folder, the input itself, or no place to write to.
    """
    if output.suffix.lower() not in formats:
        *first, last = formats
        raise OutputError(f"{output}: the name must end in {', '.join(first)} or {last}.")
    try:
        if output.is_dir():
            raise OutputError(f"{output} is a folder: give the name of a file.")
        if output.exists() and output.samefile(records):
            raise OutputError(f"{output} is the file that is read: give the result another name.")
        folder = next(parent for parent in output.absolute().parents if parent.exists())
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise cannot_be_written(output, error) from None


def check_distinct(outputs: Mapping[str, Path]) -> None:
    """Refuse two results under one name.

    Args:
        outputs: file by the option that names it.

    Raises:
        OutputError: two options name one file.
    """
    named: dict[str, str] = {}
    for option, output in outputs.items():
        place = os.path.realpath(output)
        if place in named:
            raise OutputError(f"{output}: {named[place]} and {option} name the same file.")
        named[place] = option


def table_writing(output: Path, schema: Any, batches: Iterable[Any]) -> Writing:
    """What writes Arrow record batches of ``schema`` (or of types that can be cast to it) as ``output`` ends."""
    ending = output.suffix.lower()

    def write(file: IO[bytes]) -> None:
        if ending == ".json":
            _write_json(file, schema, batches)
        else:
            _write_arrow(file, schema, batches, csv=ending == ".csv")

    return write


def parquet_batches(folder: Path, order: Sequence[tuple[str, str]] = ()) -> Iterable[Any]:
    """The record batches of the Parquet files in a folder.

    Args:
        folder: of the files; Sail makes none for an empty table.
        order: ``(column, "ascending" or "descending")``, nulls last: engines keep no order in their files. It is made
            in memory, and left out where there are more than two million rows.
    """
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    files = sorted(folder.glob("*.parquet"))
    if not files:
        return
    rows = ds.dataset([str(path) for path in files], format="parquet")
    if not order or rows.count_rows() > _SORTED_UP_TO:
        yield from rows.to_batches()
        return
    table = rows.to_table()
    places = pc.sort_indices(table, sort_keys=list(order))
    yield from table.take(places).to_batches()


def clusters_schema() -> Any:
    """``source, key, cluster_id, confidence``."""
    import pyarrow as pa

    texts = [(name, pa.string()) for name in ("source", "key", "cluster_id")]
    return pa.schema([*texts, ("confidence", pa.float64())])


def _write_arrow(file: IO[bytes], schema: Any, batches: Iterable[Any], *, csv: bool) -> None:
    import pyarrow as pa
    from pyarrow import csv as pa_csv
    from pyarrow import parquet

    writer = pa_csv.CSVWriter if csv else parquet.ParquetWriter
    with writer(file, schema) as written:
        for batch in batches:
            written.write_table(pa.Table.from_batches([batch]).cast(schema))


def _write_json(file: IO[bytes], schema: Any, batches: Iterable[Any]) -> None:
    """An array of objects, one in a line."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    before = b"[\n"
    for batch in batches:
        for row in batch.select(schema.names).to_pylist():
            file.write(before + encode(row).encode("utf-8", "surrogatepass"))
            before = b",\n"
    file.write(b"[]\n" if before == b"[\n" else b"\n]\n")
