"""The result as one file, whole under its name or not there at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

FORMATS = (".parquet", ".csv")


class OutputError(ValueError):
    """The result cannot be written where it was asked for; the message says why."""


def check_output(output: Path, records: Path) -> None:
    """Find out before the work whether its result can be written.

    Raises:
        OutputError: another format, a folder, the input itself, or no place to write to.
    """
    if output.suffix.lower() not in FORMATS:
        raise OutputError(f"{output}: the name must end in {' or '.join(FORMATS)}.")
    try:
        if output.is_dir():
            raise OutputError(f"{output} is a folder: give the name of a file.")
        if output.exists() and output.samefile(records):
            raise OutputError(f"{output} is the file that is read: give the result another name.")
        folder = next(parent for parent in output.absolute().parents if parent.exists())
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror or type(error).__name__}.") from None


def write_clusters(folder: Path, output: Path) -> None:
    """One file out of the engine's many, batch by batch: ``source, key, cluster_id, confidence``.

    Raises:
        OutputError: it cannot be written; what was there before is still there.
    """
    output = Path(os.path.realpath(output))
    partial = ""
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        number, partial = tempfile.mkstemp(prefix=".customer_360-", suffix=".partial", dir=output.parent)
        with os.fdopen(number, "wb") as file:
            _write(folder, file, csv=output.suffix.lower() == ".csv")
        os.chmod(partial, 0o666 & ~_umask())
        os.replace(partial, output)
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror or type(error).__name__}.") from None
    finally:
        with suppress(OSError):
            os.unlink(partial)


def _write(folder: Path, file: object, *, csv: bool) -> None:
    import pyarrow as pa
    import pyarrow.dataset as ds
    from pyarrow import csv as pa_csv
    from pyarrow import parquet

    schema = pa.schema(
        [
            ("source", pa.string()),
            ("key", pa.string()),
            ("cluster_id", pa.string()),
            ("confidence", pa.float64()),
        ]
    )
    writer = pa_csv.CSVWriter if csv else parquet.ParquetWriter
    with writer(file, schema) as written:
        for path in sorted(folder.glob("*.parquet")):
            for batch in ds.dataset(str(path)).to_batches():
                written.write_table(pa.Table.from_batches([batch]).cast(schema))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
