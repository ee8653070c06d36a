"""A Delta table that keeps its contract: what kedro-datasets' Spark dataset lacks, and only that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kedro.io.core import DatasetError, Version
from kedro_datasets._typing import TablePreview
from kedro_datasets.spark.spark_dataset_v2 import SparkDatasetV2

from customer_360.datasets.contract import check_addition, conform, declared_at, table_of
from customer_360.datasets.delta_absence import is_absent
from customer_360.datasets.delta_upsert import upsert
from customer_360.datasets.engine_catalog import use_configured_engine
from customer_360.engine import TableUpdate, running_engine, schema_of, spark_session
from customer_360.lakehouse import (
    TableHistory,
    Token,
    engine_path,
    split_table_path,
    write_basis,
)
from customer_360.privacy import mask_of, shows_personal_values

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

    from customer_360.schemas import Table


PREVIEW_ROWS = 20

use_configured_engine(SparkDatasetV2)


class DeltaTableDataset(SparkDatasetV2):
    """Loads and saves a Delta table, by the columns that are declared for it.

    - Its columns, and the ``keys`` of an upsert, are those that :mod:`customer_360.schemas` declares for
      ``<layer>/<table>``, which its folder tells: the catalog does not repeat them. ``schema`` and ``keys`` are for
      tables that are not declared there.
    - Saving other columns or types than declared is refused before anything is written, in every mode.
    - Every column is written nullable: Sail would keep one that happens to hold no null as NOT NULL. Types that a
      Fabric reader cannot read are refused.
    - A :class:`~customer_360.engine.TableUpdate` says itself what is to be written, whatever the mode.
    - ``mode: upsert`` replaces the rows that have the same ``keys`` and adds the others, in one commit; columns
      that the table lacks are added first.
    - A table that is not there (:mod:`.delta_absence`) loads as empty when its columns are declared and
      ``empty_if_absent`` is set; otherwise the error says which table is missing.

    Example (``catalog.yml``)::

        "bronze_{table}":
          type: customer_360.datasets.delta.DeltaTableDataset
          filepath: data/lakehouse/Tables/bronze/{table}
          mode: append

    Args:
        filepath: folder of the table, local or ``abfss://``.
        mode: ``overwrite`` (the whole table, in one commit), ``append`` or ``upsert``.
        keys: columns that tell rows apart, for ``upsert``; never null. None: the declared ones.
        schema: columns and types as Spark DDL, for example ``source_key STRING, records BIGINT``. None: the
            declared ones, or any.
        empty_if_absent: load an empty frame while there is no table (columns must be declared); none_if_absent: None.
        version: not supported: Delta tables keep their own.
        credentials, metadata: storage options of fsspec for ``abfss://``; for kedro-viz (layer).

    Raises:
        DatasetError: an unknown mode, ``upsert`` without ``keys`` or ``keys`` without ``upsert``, or
            ``empty_if_absent`` for a table without declared columns.
    """

    def __init__(
        self,
        *,
        filepath: str,
        mode: str = "overwrite",
        keys: Sequence[str] = (),
        schema: str | None = None,
        empty_if_absent: bool = False,
        none_if_absent: bool = False,
        version: Version | None = None,
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        table = declared_at(filepath)
        if mode == "upsert" and table is not None:
            keys = keys or table.keys
        self._check_options(filepath, mode, has_keys=bool(keys))
        if empty_if_absent and not schema and table is None:
            raise DatasetError(
                f"{filepath}: 'empty_if_absent' needs a 'schema' to know the empty table's columns."
            )
        super().__init__(
            filepath=filepath,
            file_format="delta",
            save_args={"mode": "append" if mode == "upsert" else mode},
            version=version,
            credentials=credentials,
            metadata=metadata,
        )
        self._mode = mode
        self._keys = tuple(keys)
        self._row_keys = self._keys or (table.keys if table else ())
        self._ddl = schema or (table.ddl if table else None)
        self._declared = None if schema else table
        self._empty_if_absent, self._none_if_absent = empty_if_absent, none_if_absent
        self._leftovers = False
        self.pinned: int | None = None
        self.rows: int | None = None
        self.note = ""  # why the table was written anew, where one would not expect it

    @staticmethod
    def _check_options(filepath: str, mode: str, *, has_keys: bool) -> None:
        if mode not in ("overwrite", "append", "upsert"):
            raise DatasetError(f"{filepath}: mode must be 'overwrite', 'append' or 'upsert', not '{mode}'.")
        if (mode == "upsert") != has_keys:
            raise DatasetError(f"{filepath}: 'keys' belong to mode 'upsert', which needs them.")

    @property
    def table_path(self) -> str:
        """Where the table is, as people and Python name it: a local path, or a URL."""
        return str(self._path) if self._protocol == "file" else str(super()._spark_path)

    @property
    def _spark_path(self) -> str:
        """Where the table is, as the engine must be told."""
        return engine_path(super()._spark_path)

    @property
    def schema(self) -> StructType:
        """The columns that the table always has; none where none are declared."""
        return schema_of(self._ddl or "")

    @property
    def adds_rows(self) -> bool:
        """Whether saving adds to what the table has, and does not replace the whole."""
        return self._mode != "overwrite"

    def pin(self, version: int, rows: int | None = None) -> None:
        """Load this version from now on, whatever is committed later; ``rows`` is how many it has."""
        self.pinned, self.rows = version, rows

    def ignore_leftovers(self) -> None:
        """Take data files without a log for what a killed run left before its first commit."""
        self._leftovers = True

    def preview(self, nrows: int = PREVIEW_ROWS) -> TablePreview:
        """First rows for Kedro-Viz, read without an engine; None when there is no table or no row.

        Values of persons are masked unless ``show_personal_values`` says something else.

        Raises:
            DatasetError: the extra ``viz`` is not installed, or the table cannot be read.
        """
        from customer_360.datasets.delta_reader import first_rows

        place = split_table_path(self.table_path)
        options = {} if shows_personal_values() else {"mask": mask_of(place[1] if place else "")}
        rows = first_rows(self.table_path, nrows, **options)
        return None if rows is None else TablePreview(rows)

    def _load(self) -> DataFrame | None:
        spark = spark_session()
        reader = spark.read.format("delta")
        if self.pinned is not None:
            reader = reader.option("versionAsOf", str(self.pinned))
        try:
            frame: DataFrame = reader.load(self._spark_path)
            frame.schema  # noqa: B018  (Spark Connect looks for the table only when its schema is asked)
        except Exception as error:
            if not self._is_absent(error):
                raise
            if self._none_if_absent:
                return None
            if self._empty_if_absent:
                return spark.createDataFrame([], self.schema)
            raise DatasetError(
                f"There is no Delta table at {self.table_path}. Run the pipeline that writes it first "
                "(kedro run runs them all, in order)."
            ) from error
        return frame

    def _save(self, data: DataFrame | TableUpdate) -> None:
        if not isinstance(data, TableUpdate):
            self._write(data, self._mode)
            return
        self.note = data.note if data.rows is not None else ""
        if data.rows is not None and data.adds:
            self._write(data.rows, self._mode)
        elif data.rows is not None and data.touched is None:
            self._write(data.rows, "overwrite")
        elif data.rows is not None:
            self._check_expected(data.expects)
            rows = conform(data.rows, self._contract, path=self.table_path)
            upsert(rows, self._spark_path, self._row_keys, touched=data.touched)
        if data.basis is not None:
            write_basis(self.table_path, replace(data.basis, token=TableHistory(self.table_path).token))

    def _check_expected(self, version: Token | None) -> None:
        if not self._row_keys:
            raise DatasetError(f"{self.table_path}: rows can be replaced only where 'keys' tell them apart.")
        if TableHistory(self.table_path).token != version:
            raise DatasetError(
                f"The table at {self.table_path} has changed since it was read: something else writes to this "
                "lakehouse. Nothing was written to it. Run again."
            )

    def _write(self, data: DataFrame, mode: str) -> None:
        data = conform(data, self._contract, path=self.table_path)
        if mode != "overwrite" and running_engine() == "sail":
            # What a run adds is little, and each part would make a file (JVM Spark joins small parts by itself).
            data = data.coalesce(1)
        there = self._columns_there() if mode != "overwrite" else None
        if mode == "upsert" and there is not None:
            upsert(data, self._spark_path, self._keys)
            return
        if there is not None:
            check_addition(data.schema, there, path=self.table_path)
        writer = data.write.format("delta").mode("overwrite" if mode == "overwrite" else "append")
        if mode == "overwrite":
            writer = writer.option("overwriteSchema", "true")
        writer.save(self._spark_path)

    def _exists(self) -> bool:
        return self._columns_there() is not None

    def _columns_there(self) -> StructType | None:
        """The columns of the table as it is; None while there is none."""
        try:
            found: StructType = spark_session().read.format("delta").load(self._spark_path).schema
        except Exception as error:
            if self._is_absent(error):
                return None
            raise
        return found

    def _is_absent(self, error: Exception) -> bool:
        return is_absent(self.table_path, error, has_leftovers=self._leftovers)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self.table_path, "mode": self._mode, "schema": self._ddl}

    @cached_property
    def _contract(self) -> Table | None:
        return table_of(self.table_path, self._ddl) if self._ddl and not self._declared else self._declared
