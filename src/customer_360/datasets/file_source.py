"""A file drop as a Kedro dataset."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import fsspec
from kedro.io.core import DatasetError

from customer_360.datasets.declared_fields import FieldsToKeep
from customer_360.datasets.encodings import checked_encoding
from customer_360.datasets.errors import IncompletePull, SourceError, public_url
from customer_360.datasets.files import CsvFile, JsonArrayFile
from customer_360.datasets.record_writer import RecordWriter
from customer_360.datasets.staged_source import StagedSourceDataset
from customer_360.datasets.steady import QUIET_SECONDS, Fingerprint, SteadyFile
from customer_360.schemas import MALFORMED

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FORMATS = ("csv", "json")
LINE_BREAKS = ("usual", "required", "optional")
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

    Args:
        filepath: local path or fsspec URL (``abfss://...``) of the file.
        format: ``csv`` or ``json``.
        staging: folder for staged files, or ``{path: ..., storage_options: {...}}``.
        blocked_fields: names of fields that are never written, at any depth.
        columns: what a CSV header must have; more are allowed.
        fields: those of a record that are kept (dots go deeper); the run says which others came. None: keep all.
        leave_out: fields that the run says nothing about.
        keep_other_fields: keep those that are not among ``fields``, too.
        encoding: of the file (``windows-1252``). None: what its first bytes prove, or UTF-8.
        delimiter: of a CSV file (``;``). None: the one by which its header has the most of ``columns``.
        empty_if_absent: no file means no records, instead of an error.
        final_line_break: ``required``: a CSV file whose last line has none is refused as cut short;
            ``usual``: only if that line is no whole row, or if it is no known record and known ones are missing
            from the file (:attr:`unfinished_record`); ``optional``: never.
        quiet_seconds: a local file that was changed later than this ago is waited for.
        number_lines: records of a CSV file tell the number of their line, as ``_line``.
        credentials: fsspec options of the file's file system.
        loads_pull: load a :class:`~customer_360.engine.Pull`.
        metadata: anything; Kedro ignores it, kedro-viz reads it.

    Raises:
        DatasetError: unknown format, encoding or final_line_break, columns or delimiter for a JSON file, or a
            blocked column among ``columns``.
    """

    def __init__(
        self,
        *,
        filepath: str,
        format: str,
        staging: str | Mapping[str, Any],
        blocked_fields: Collection[str],
        columns: Collection[str] | None = None,
        fields: Collection[str] = (),
        leave_out: Collection[str] = (),
        keep_other_fields: bool = False,
        encoding: str | None = None,
        delimiter: str | None = None,
        empty_if_absent: bool = False,
        final_line_break: str = "usual",
        quiet_seconds: float = QUIET_SECONDS,
        number_lines: bool = False,
        credentials: dict[str, Any] | None = None,
        loads_pull: bool = False,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        kept = FieldsToKeep(fields, leave_out, keep_other_fields)
        super().__init__(staging=staging, blocked_fields=blocked_fields, kept=kept, metadata=metadata)
        self._loads_pull = loads_pull
        place = public_url(filepath)
        _check_words(place, format=(format, FORMATS), final_line_break=(final_line_break, LINE_BREAKS))
        _check_of_csv(place, format, columns=columns, delimiter=delimiter)
        _check_form(place, encoding, delimiter)
        if refused := _both(columns or (), self._blocked_fields):
            raise DatasetError(f"columns of {place} names blocked fields: {', '.join(refused)}.")
        self._filepath, self._format = str(filepath), format
        self._columns = tuple(columns) if columns is not None else None
        self._encoding, self._delimiter = encoding, delimiter
        self._empty_if_absent = empty_if_absent
        self._options = dict(credentials or {})
        self._final_line_break = final_line_break
        self._quiet_seconds, self._number_lines = quiet_seconds, number_lines
        self._ends_openly = False
        self._last: object = None
        self._read_as: Fingerprint | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Those that are declared, or the columns that a CSV file must have."""
        return self._declared.names or self._columns or ()

    @property
    def origin(self) -> str:
        """The file's path as it was given, without any query."""
        return public_url(self._filepath)

    def look_again(self) -> DataFrame | None:
        """Known records are missing: read the file again if it is another one by now."""
        return self._pulled() if self._is_another() else None

    @property
    def may_look_again(self) -> bool:
        """Whether the file changed since it was read."""
        return self._is_another()

    @property
    def unfinished_record(self) -> str | None:
        """Payload of the last row, where it has no line break and that is doubted."""
        if not self._ends_openly or self._final_line_break != "usual":
            return None
        return RecordWriter(self._blocked_fields).line(self._last)

    def _is_another(self) -> bool:
        return self._file().fingerprint() != self._read_as

    def _file(self) -> SteadyFile:
        return SteadyFile(self._filepath, self._options, quiet_seconds=self._quiet_seconds)

    def _records(self) -> Iterator[object]:
        self._ends_openly, file = False, self._file()
        self._read_as = file.settled()
        if self._empty_if_absent and self._read_as is None:
            return
        try:
            yield from self._read()
        except SourceError:
            file.check_unchanged(self._read_as)  # then that is why it could not be read
            raise
        file.check_unchanged(self._read_as)

    def _at_end(self, ends_openly: bool, is_row: bool) -> None:
        """Refuse a CSV file that ends in the middle of a row."""
        self._ends_openly = ends_openly
        allowed = self._final_line_break
        if not ends_openly or allowed == "optional" or (is_row and allowed == "usual"):
            return
        what = "its last line has no line break" if is_row else "its last line is not a whole row"
        raise IncompletePull(
            f"{self.origin} seems to be cut short: {what}. Deliver it again. If it is whole, end it with a line "
            "break, or set final_line_break: optional. Nothing of it was kept."
        )

    def _read(self) -> Iterator[object]:
        reader: CsvFile | JsonArrayFile
        if self._format == "csv":
            reader = CsvFile(
                path=self._filepath,
                columns=self._columns,
                encoding=self._encoding,
                delimiter=self._delimiter,
                blocked_fields=self._blocked_fields,
                storage_options=self._options,
                at_end=self._at_end,
                number_lines=self._number_lines,
                kept=None if self._declared.keeps_all else self._declared.top_level,
            )
        else:
            reader = JsonArrayFile(
                path=self._filepath, encoding=self._encoding, storage_options=self._options
            )
        count = 0
        for count, record in enumerate(reader.records(), start=1):
            if count % _PROGRESS_EVERY == 0:
                self._report(count, None)
            self._last = kept = record if self._is_no_row(record) else self._declared.keep(record)
            yield kept
        self._report(count, count)

    def _is_no_row(self, record: object) -> bool:
        """Whether it is the reader's own record of lines that are no row."""
        return self._format == "csv" and isinstance(record, dict) and MALFORMED in record

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


def _check_words(place: str, **options: tuple[str, Collection[str]]) -> None:
    for option, (given, allowed) in options.items():
        if given not in allowed:
            raise DatasetError(f"Unknown {option} '{given}' of {place}. Allowed: {', '.join(allowed)}.")


def _check_of_csv(place: str, format: str, **options: object) -> None:
    for option, given in options.items():
        if given is not None and format != "csv":
            raise DatasetError(f"{option}: for format csv only; {place} is {format}.")


def _check_form(name: str, encoding: str | None, delimiter: str | None) -> None:
    if encoding is not None:
        try:
            checked_encoding(encoding)
        except ValueError as error:
            raise DatasetError(f"{name}: {error}") from None
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise DatasetError(f"{name}: delimiter must be one character, such as ; or a tab.")


def _both(names: Collection[str], blocked: Collection[str]) -> list[str]:
    folded = {name.casefold() for name in blocked}
    return sorted(name for name in names if name.casefold() in folded)
