"""Readers of source files: CSV with a header, and one JSON array, streamed record by record."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fsspec

from customer_360.datasets.csv_table import CsvTable
from customer_360.datasets.encodings import UTF_8, refusal, text_encoding
from customer_360.datasets.errors import EncodingError, SourceError, public_url
from customer_360.datasets.json_text import JsonElements, NotJson
from customer_360.datasets.record_writer import LINE
from customer_360.datasets.steady import refuse_special
from customer_360.schemas import MALFORMED

logger = logging.getLogger(__name__)


@contextmanager
def open_csv(
    path: str,
    *,
    columns: Collection[str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> Iterator[CsvTable]:
    """Open a CSV file with a header: whatever reads one, reads it by this.

    Args:
        path: local path or fsspec URL.
        columns: names that the header must have; more are kept. None: any header will do.
        encoding: declared encoding. None: what the first bytes prove (byte order mark, UTF-16), or UTF-8.
        delimiter: declared separator. None: the one by which the header has the most (expected) names.
        storage_options: fsspec options.

    Raises:
        SourceError: no such file, no header, missing columns, columns of one name, or not of the encoding
            (the latter also while the rows are read).
    """
    with _opened(path, storage_options or {}, mode="rb") as file:
        yield CsvTable(file, public_url(path), columns=columns, encoding=encoding, delimiter=delimiter)


@dataclass(frozen=True, kw_only=True)
class CsvFile:
    """A CSV file with a header line.

    Attributes:
        path: local path or fsspec URL.
        columns: names that the header must have; more are kept. None: any header will do.
        encoding: declared encoding; see :func:`open_csv`.
        delimiter: declared separator; see :func:`open_csv`.
        blocked_fields: names whose values must not come out, not even in a malformed line.
        storage_options: fsspec options.
        at_end: called after the last row: whether the file ends without a line break, and whether its last
            line is a row.
        kept: columns whose values may come out in a malformed line; None: all but the blocked ones.
        number_lines: whether each record tells the number of its (first) line in the file, as ``_line``.
    """

    path: str
    columns: Collection[str] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    blocked_fields: Collection[str] = ()
    storage_options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    at_end: Callable[[bool, bool], None] | None = None
    number_lines: bool = False
    kept: Collection[str] | None = None

    def records(self) -> Iterator[object]:
        """Yield ``{column: text}`` per row; what cannot be told to be a row as ``{"_malformed": its text}``.

        Raises:
            SourceError: no such file, no header, missing columns, or not of the encoding.
        """
        blocked = {name.casefold() for name in self.blocked_fields}
        with open_csv(
            self.path,
            columns=self.columns,
            encoding=self.encoding,
            delimiter=self.delimiter,
            storage_options=self.storage_options,
        ) as table:
            for note in table.notes:
                logger.warning("%s: %s.", public_url(self.path), note)
            is_private = any(
                name.casefold() in blocked or (self.kept is not None and name not in self.kept)
                for name in table.header
            )
            is_row = True
            for row in table.rows():
                is_row = row.values is not None
                line = {LINE: row.line} if self.number_lines else {}
                if row.values is not None:
                    yield dict(zip(table.header, row.values, strict=True)) | line
                else:
                    # which field is which is unknown here: a blocked one could not be told from the others
                    text = f"(left out: {len(row.text)} characters)" if is_private else row.text
                    yield {MALFORMED: text} | line
            if self.at_end is not None:
                self.at_end(table.ends_openly, is_row)


@dataclass(frozen=True, kw_only=True)
class JsonArrayFile:
    """A file that holds one JSON array.

    Attributes:
        path: local path or fsspec URL.
        encoding: declared encoding. None: what the first bytes prove (byte order mark, UTF-16), or UTF-8.
        storage_options: fsspec options.
    """

    path: str
    encoding: str | None = None
    storage_options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def records(self) -> Iterator[object]:
        """Yield each element as it is (see :mod:`json_text`); ``staging.stage`` marks what is no object.

        Raises:
            SourceError: no such file, not a JSON array, cut short, or not of its encoding.
        """
        where = public_url(self.path)
        with _opened(self.path, self.storage_options, mode="rb") as file:
            encoding, note = text_encoding(file, self.encoding)
            if note:
                logger.warning("%s: %s.", where, note)
            # a byte that is no UTF-8 costs the value that it stands in
            errors = "surrogateescape" if encoding == UTF_8 else "strict"
            elements = JsonElements(io.TextIOWrapper(file, encoding=encoding, errors=errors, newline=""))
            try:
                # without an opening bracket there would be no elements, and no error either
                if (first := elements.first_character()) != "[":
                    what = "does not start with [" if first else "is empty"
                    raise SourceError(f"{where} {what}: expected one JSON array of records.")
                yield from elements
            except NotJson as error:
                raise SourceError(
                    f"{where} is not valid JSON, or is cut short: reading failed after element "
                    f"{error.elements:,}, in line {error.line:,}. Deliver the file again. Nothing was staged."
                ) from None
            except UnicodeDecodeError:
                raise EncodingError(f"{where} {refusal(file, encoding)}. Nothing was staged.") from None


@contextmanager
def _opened(path: str, storage_options: Mapping[str, Any], **how: Any) -> Iterator[Any]:
    refuse_special(*reversed(fsspec.url_to_fs(path, **storage_options)))
    try:
        handle = fsspec.open(path, **how, **storage_options)
        file = handle.open()
    except FileNotFoundError:
        raise SourceError(
            f"There is no file {_full(path)}. Put it there, or run with sample data: --params sources=sample."
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"{_full(path)} cannot be opened: {reason}.") from None
    try:
        yield file
    finally:
        handle.close()


def _full(path: str) -> str:
    return public_url(path) if "://" in path else str(Path(path).absolute())
