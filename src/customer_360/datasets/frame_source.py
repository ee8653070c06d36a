"""Any dataset of Kedro that loads a frame, as a source: Excel, SQL, Parquet, Delta tables, and what else there is."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from customer_360.datasets.declared_fields import FieldsToKeep
from customer_360.datasets.delta import DeltaTableDataset
from customer_360.datasets.engine_catalog import use_configured_engine
from customer_360.datasets.errors import SourceError, public_url
from customer_360.datasets.excel_sheets import missing_sheet
from customer_360.datasets.frame_faults import lacking_package, reason_of
from customer_360.datasets.frame_rows import named_index, rows_of
from customer_360.datasets.frame_values import NotAValue, json_value
from customer_360.datasets.incremental import (
    CannotAskError,
    DeltaChanges,
    IncrementalOptions,
    IncrementalPull,
    SqlChanges,
    is_sql,
    kind_of_column,
)
from customer_360.datasets.staged_source import StagedSourceDataset
from customer_360.foundation import did_you_mean

logger = logging.getLogger(__name__)

_PROGRESS_EVERY = 10_000
_PLACES = ("filepath", "path", "table_name", "table", "dataset")
# By themselves these make numbers of texts (007) and nothing of words (NA).
_AS_THEY_ARE = {"dtype": "object", "keep_default_na": False, "na_values": [""]}
_LOAD_ARGS = dict.fromkeys(("pandas.ExcelDataset", "pandas.CSVDataset"), _AS_THEY_ARE)


class FrameSourceDataset(StagedSourceDataset):
    """Loads another dataset's pandas or Spark frame as ``payload STRING, origin STRING``, one row per row of it.

    Example (as the file of a source becomes it)::

        source_loyalty_members:
          type: customer_360.datasets.frame_source.FrameSourceDataset
          dataset: {type: pandas.ExcelDataset, filepath: data/lakehouse/Files/landing/members.xlsx}
          key_field: member_id
          fields: [member_id, mail, tier]
          staging: data/lakehouse/Files/staging/loyalty_members
          blocked_fields: [password]

    Args:
        dataset: an entry of a catalog, with credentials filled in.
        staging: folder for staged files, or ``{path: ..., storage_options: {...}}``.
        blocked_fields: names of columns that are never written.
        key_field: column that tells rows apart; the frame must have it.
        fields: columns to keep; the frame must have them, and the run says which others it has. None: keep all.
        leave_out: columns that the run says nothing about.
        keep_other_fields: keep those that are not among ``fields``, too.
        declared_in: the file that says all this, for messages.
        incremental: how it is asked for changes only, as
            :class:`~customer_360.datasets.incremental.settings.IncrementalOptions` has it: a Delta table, or a table or
            query of an SQL database.
        loads_pull: load a :class:`~customer_360.engine.Pull`.
        metadata: anything; Kedro ignores it, kedro-viz reads it.

    Raises:
        DatasetError: there is no such type of dataset, or it does not take these arguments.
    """

    def __init__(
        self,
        *,
        dataset: Mapping[str, Any],
        staging: str | Mapping[str, Any],
        blocked_fields: Collection[str],
        key_field: str | None = None,
        fields: Collection[str] = (),
        leave_out: Collection[str] = (),
        keep_other_fields: bool = False,
        declared_in: str = "",
        incremental: Mapping[str, Any] | None = None,
        loads_pull: bool = False,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        asked = IncrementalOptions.read(incremental, str(dataset.get("type")))
        self._watched = asked.field if asked else None
        kept = FieldsToKeep(fields, leave_out, keep_other_fields)
        super().__init__(staging=staging, blocked_fields=blocked_fields, kept=kept, metadata=metadata)
        self._loads_pull = loads_pull
        self._key_field, self._declared_in = key_field, declared_in
        self._type = str(dataset.get("type"))
        if self._type in _LOAD_ARGS:
            dataset = {**dataset, "load_args": _LOAD_ARGS[self._type] | dict(dataset.get("load_args") or {})}
        place = next((str(dataset[name]) for name in _PLACES if dataset.get(name)), "")
        self._origin = public_url(place) or self._type
        self._dataset = self._made(dataset)
        use_configured_engine(type(self._dataset))
        self._asked: DeltaChanges | SqlChanges | None = None
        if asked is not None:
            self._ask_for_changes(asked, dataset)

    def _ask_for_changes(self, settings: IncrementalOptions, entry: Mapping[str, Any]) -> None:
        """Raises DatasetError: there is no way to ask this dataset for changes only."""
        table = None
        if isinstance(self._dataset, DeltaTableDataset):
            self._asked = DeltaChanges(self._dataset, settings)
            table = self._dataset.table_path if settings.by == "commit" else None
        elif is_sql(entry) and settings.by == "field":
            self._asked = SqlChanges(self._dataset, entry, settings)
        else:
            raise DatasetError(
                f"{self._origin} ({self._type}) cannot be asked for changes only: incremental."
            )
        if settings.field:
            self._declared.expect(settings.field)
        place = {name: value for name, value in entry.items() if name != "credentials"}
        database = public_url(str((entry.get("credentials") or {}).get("con", "")))
        records = [self._key_field, self._declared.names, self._declared.keeps_all, self._blocked_fields]
        asked_of = {"dataset": place, "database": database, "records": records}
        self._changes = IncrementalPull(settings, asked_of=asked_of, origin=self._origin, table=table)

    def _made(self, entry: Mapping[str, Any]) -> AbstractDataset[Any, Any]:
        try:
            made: AbstractDataset[Any, Any] = AbstractDataset.from_config(self._origin, dict(entry))
        except DatasetError as error:
            where = f"{self._declared_in}, from: " if self._declared_in else ""
            raise DatasetError(f"{where}{lacking_package(self._type) or str(error).strip()}") from error
        return made

    @property
    def origin(self) -> str:
        """The file or table, or the type of the dataset where it names neither."""
        return self._origin

    def _records(self) -> Iterator[object]:
        frame = self._frame_of_it()
        count = 0
        for count, record in enumerate(self._rows(frame), start=1):
            if count % _PROGRESS_EVERY == 0:
                self._report(count, None)
            yield self._declared.keep(record)
        if count == 0 and (self._changes is None or self._changes.question.is_for_all):
            logger.warning("%s has no rows: as it is, this source has no records.", self.origin)
        self._report(count, count)

    def _frame_of_it(self) -> Any:
        try:
            if self._asked is None or self._changes is None:
                frame = self._dataset.load()
            else:
                frame = self._asked.frame(self._changes.question)
        except CannotAskError:
            raise
        except Exception as error:
            lacking = missing_sheet(self._dataset)
            raise self._problem(lacking or f"cannot be read ({reason_of(error)})") from error
        if hasattr(frame, "to_pandas"):  # of polars, Arrow, Ibis
            frame = frame.to_pandas()
        if not hasattr(frame, "columns"):
            raise self._problem(
                f"loads {type(frame).__name__}, not a pandas or Spark frame"
                + (": name one sheet (load_args: {sheet_name: ...})" if isinstance(frame, dict) else "")
            )
        return frame

    def _rows(self, frame: Any) -> Iterator[dict[str, Any]]:
        if hasattr(frame, "itertuples"):
            frame = named_index(frame)
        columns = [str(name) for name in frame.columns]
        self._check(columns)
        if self._changes is not None and isinstance(self._asked, SqlChanges):
            self._changes.kind = kind_of_column(frame[self._watched])
        kept = self._declared.kept_columns(columns)
        for row, changed_at in rows_of(frame, kept, self._watched):
            try:
                if self._changes is not None:
                    self._changes.see(json_value(changed_at))
                yield {name: json_value(value) for name, value in zip(kept, row, strict=True)}
            except NotAValue as error:
                raise self._problem(
                    f"holds values of type {error}, which no record can have. Make texts of them"
                ) from None

    def _check(self, columns: list[str]) -> None:
        """Refuse a frame whose columns are not those that are declared, or not told apart."""
        if not columns:
            raise self._problem("has no columns")
        if repeated := sorted({name for name in columns if columns.count(name) > 1}):
            raise self._problem(
                f"has columns of the same name: {', '.join(repeated)}. Give each its own name"
            )
        wanted = list(dict.fromkeys(name.partition(".")[0] for name in self._declared.names))
        key = (self._key_field or "").partition(".")[0]
        if key and key not in columns:
            raise self._problem(
                f"has no column '{key}', which is to tell its rows apart (key).{did_you_mean(key, columns)} It has: "
                f"{', '.join(columns)}"
            )
        if self._watched and self._watched not in columns:
            raise self._problem(
                f"has no column '{self._watched}', which is to tell when its rows changed (incremental.field)."
                f"{did_you_mean(self._watched, columns)} It has: {', '.join(columns)}"
            )
        if lacking := [name for name in wanted if name not in columns]:
            raise self._problem(
                f"lacks the columns {', '.join(lacking)}.{did_you_mean(lacking[0], columns)} It has: "
                f"{', '.join(columns)}"
            )

    def _problem(self, what: str) -> SourceError:
        declared = f" Declared in {self._declared_in}." if self._declared_in else ""
        return SourceError(f"{self.origin} ({self._type}) {what}. Nothing was staged.{declared}")

    def _exists(self) -> bool:
        return self._dataset.exists()

    def _describe(self) -> dict[str, Any]:
        return {
            "type": self._type,
            "origin": self.origin,
            "key_field": self._key_field,
            "fields": list(self._declared.names) or None,
            "staging": public_url(self._staging),
        }
