"""A file drop as a Kedro dataset."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import fsspec
from kedro.io.core import DatasetError

from customer_360.datasets.encodings import known_encoding
from customer_360.datasets.errors import public_url
from customer_360.datasets.files import CsvFile, JsonArrayFile
from customer_360.datasets.staged_source import StagedSourceDataset

FORMATS = ("csv", "json")
_PROGRESS_EVERY = 10_000


class FileSourceDataset(StagedSourceDataset):
    """Reads one CSV file (with a header) or one JSON array, in full, as ``payload STRING, origin STRING``.

    Example (``catalog.yml``)::

        source_erp_customers:
          type: customer_360.datasets.file_source.FileSourceDataset
          filepath: data/lakehouse/Files/landing/erp_customers.csv
          format: csv
          columns: [cust_number, full_name]
          staging: data/lakehouse/Files/staging/erp_customers
          blocked_fields: [password]
    """

    def __init__(
        self,
        *,
        filepath: str,
        format: str,
        staging: str | Mapping[str, Any],
        blocked_fields: Collection[str],
        columns: Collection[str] | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
        empty_if_absent: bool = False,
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Create the dataset; nothing is opened yet.

        Args:
            filepath: local path or fsspec URL (``abfss://...``) of the file.
            format: ``csv`` or ``json``.
            staging: folder for staged files, or ``{path: ..., storage_options: {...}}``.
            blocked_fields: names of fields that are never written, at any depth.
            columns: what a CSV header must have; more columns are kept.
            encoding: of the file (``windows-1252``). None: what its first bytes prove, or UTF-8.
            delimiter: of a CSV file (``;``). None: the one by which its header has the most of ``columns``.
            empty_if_absent: no file means no records, instead of an error.
            credentials: fsspec options of the file's file system.
            metadata: anything; Kedro ignores it, kedro-viz reads it.

        Raises:
            DatasetError: unknown format or encoding, columns or delimiter for a JSON file, or a blocked column
                among ``columns``.
        """
        super().__init__(staging=staging, blocked_fields=blocked_fields, metadata=metadata)
        if format not in FORMATS:
            raise DatasetError(
                f"Unknown format '{format}' of {public_url(filepath)}. Allowed: {', '.join(FORMATS)}."
            )
        for option, given in (("columns", columns), ("delimiter", delimiter)):
            if given is not None and format != "csv":
                raise DatasetError(f"{option}: for format csv only; {public_url(filepath)} is {format}.")
        _check_form(public_url(filepath), encoding, delimiter)
        if refused := _both(columns or (), self._blocked_fields):
            raise DatasetError(
                f"columns of {public_url(filepath)} names blocked fields: {', '.join(refused)}."
            )
        self._filepath = str(filepath)
        self._format = format
        self._columns = tuple(columns) if columns is not None else None
        self._encoding = encoding
        self._delimiter = delimiter
        self._empty_if_absent = empty_if_absent
        self._options = dict(credentials or {})

    @property
    def origin(self) -> str:
        """The file's path as it was given, without any query."""
        return public_url(self._filepath)

    def _records(self) -> Iterator[object]:
        if self._empty_if_absent and not self._exists():
            return
        reader: CsvFile | JsonArrayFile
        if self._format == "csv":
            reader = CsvFile(
                path=self._filepath,
                columns=self._columns,
                encoding=self._encoding,
                delimiter=self._delimiter,
                blocked_fields=self._blocked_fields,
                storage_options=self._options,
            )
        else:
            reader = JsonArrayFile(path=self._filepath, storage_options=self._options)
        count = 0
        for count, record in enumerate(reader.records(), start=1):
            if count % _PROGRESS_EVERY == 0:
                self._report(count, None)
            yield record
        self._report(count, count)

    def _exists(self) -> bool:
        fs, path = fsspec.url_to_fs(self._filepath, **self._options)
        return bool(fs.exists(path))

    def _describe(self) -> dict[str, Any]:
        return {
            "filepath": self.origin,
            "format": self._format,
            "columns": self._columns,
            "staging": public_url(self._staging),
        }


def _check_form(name: str, encoding: str | None, delimiter: str | None) -> None:
    if encoding is not None:
        try:
            known_encoding(encoding)
        except ValueError as error:
            raise DatasetError(f"{name}: {error}") from None
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise DatasetError(f"{name}: delimiter must be one character, such as ; or a tab.")


def _both(names: Collection[str], blocked: Collection[str]) -> list[str]:
    folded = {name.casefold() for name in blocked}
    return sorted(name for name in names if name.casefold() in folded)
