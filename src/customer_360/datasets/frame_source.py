"""Any dataset of Kedro that loads a frame, as a source: Excel, SQL, Parquet, Delta tables, and what else there is."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from kedro.io import AbstractDataset
from kedro.io.core import DatasetError

from customer_360.datasets.engine_catalog import use_configured_engine
from customer_360.datasets.errors import SourceError, public_url
from customer_360.datasets.excel_sheets import missing_sheet
from customer_360.datasets.frame_values import NotAValue, json_value
from customer_360.datasets.json_text import parse_json
from customer_360.datasets.staged_source import FieldsToKeep, StagedSourceDataset
from customer_360.foundation import did_you_mean

logger = logging.getLogger(__name__)

_PROGRESS_EVERY = 10_000
_PLACES = ("filepath", "path", "table_name", "table", "dataset")
# By themselves these make numbers of texts (007) and nothing of words (NA).
_AS_THEY_ARE = {"dtype": "object", "keep_default_na": False, "na_values": [""]}
_LOAD_ARGS = dict.fromkeys(("pandas.ExcelDataset", "pandas.CSVDataset"), _AS_THEY_ARE)
_NESTED = ("struct", "array", "map")
_Rows = Iterator[Sequence[Any]]


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
        metadata: dict[str, Any] | None = None,
    ) -> None:
        kept = FieldsToKeep(fields, leave_out, keep_other_fields)
        super().__init__(staging=staging, blocked_fields=blocked_fields, kept=kept, metadata=metadata)
        self._key_field, self._declared_in = key_field, declared_in
        self._type = str(dataset.get("type"))
        if self._type in _LOAD_ARGS:
            dataset = {**dataset, "load_args": _LOAD_ARGS[self._type] | dict(dataset.get("load_args") or {})}
        place = next((str(dataset[name]) for name in _PLACES if dataset.get(name)), "")
        self._origin = public_url(place) or self._type
        self._dataset = self._made(dataset)
        use_configured_engine(type(self._dataset))

    def _made(self, entry: Mapping[str, Any]) -> AbstractDataset[Any, Any]:
        try:
            made: AbstractDataset[Any, Any] = AbstractDataset.from_config(self._origin, dict(entry))
        except DatasetError as error:
            where = f"{self._declared_in}, from: " if self._declared_in else ""
            raise DatasetError(f"{where}{_lacking(self._type) or str(error).strip()}") from error
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
        if count == 0:
            logger.warning("%s has no rows: as it is, this source has no records.", self.origin)
        self._report(count, count)

    def _frame_of_it(self) -> Any:
        try:
            frame = self._dataset.load()
        except Exception as error:
            lacking = missing_sheet(self._dataset)
            raise self._problem(lacking or f"cannot be read ({_reason(error)})") from error
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
            frame, rows = _named_index(frame), _pandas_rows
        else:
            rows = _spark_rows
        columns = [str(name) for name in frame.columns]
        self._check(columns)
        kept = self._declared.kept_columns(columns)
        positions = [columns.index(name) for name in kept]
        for row in rows(frame, positions):
            try:
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


def _lacking(kind: str) -> str | None:
    """What to install, where a dataset of kedro-datasets is there and something that it stands on is not."""
    package, _, name = kind.removeprefix("kedro_datasets.").rpartition(".")
    try:
        getattr(import_module(f"kedro_datasets.{package}"), name, None)
    except ModuleNotFoundError as error:
        if error.name and not error.name.startswith("kedro_datasets"):
            lacking = f"the Python package {error.name}, which is not installed"
            return f"{kind} needs {lacking}. Install it: pip install {error.name}."
    except ImportError:
        pass
    return None


def _named_index(frame: Any) -> Any:
    """The frame with its index as columns, where that has a name."""
    return frame.reset_index() if any(name is not None for name in frame.index.names) else frame


def _pandas_rows(frame: Any, positions: list[int]) -> _Rows:
    rows: _Rows = frame.iloc[:, positions].itertuples(index=False, name=None)
    return rows


def _spark_rows(frame: Any, positions: list[int]) -> _Rows:
    """Rows as they come, a few at a time; times in the session's zone, as the engine writes them."""
    from pyspark.sql import functions as F

    types = [frame.schema.fields[position].dataType.typeName() for position in positions]
    nested = [name in _NESTED for name in types]
    columns = [F.col(f"`{frame.columns[position]}`") for position in positions]
    texts = [
        F.to_json(column)
        if name in _NESTED
        else column.cast("string")
        if name.startswith("timestamp")
        else column
        for column, name in zip(columns, types, strict=True)
    ]
    for row in frame.select(*texts).toLocalIterator():
        yield [
            parse_json(value) if is_nested and value is not None else value
            for value, is_nested in zip(row, nested, strict=True)
        ]


def _reason(error: BaseException) -> str:
    """What went wrong, without texts that may hold values."""
    cause = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    said = str(cause).splitlines()
    return (
        f"{type(cause).__name__}: {said[0]}"
        if isinstance(cause, OSError | ImportError) and said
        else type(cause).__name__
    )
