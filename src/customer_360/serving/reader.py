"""Few rows of the lakehouse's tables, with an engine or without one, all as the last run that published has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TableRow = dict[str, Any]


class Reader(Protocol):
    """Gives rows of a table."""

    def rows(
        self,
        table: str,
        where: Mapping[str, Sequence[str]] | None = None,
        *,
        columns: Sequence[str] = (),
        limit: int | None = 1000,
    ) -> list[TableRow]:
        """Rows of a table.

        Args:
            table: ``<layer>/<table>``.
            where: for each column the texts that it may be; all columns must be one of theirs.
            columns: to be read; all, if none is named.
            limit: at most so many rows; None: all.

        Returns:
            None of them where there is no such table.
        """
        ...


class DeltaReader:
    """Reads with delta-rs: no engine to start, which is what a command wants."""

    def __init__(self, lakehouse: str) -> None:
        """Args: lakehouse: its root, a local folder or ``abfss://``."""
        self._root = lakehouse.removeprefix("file://").rstrip("/")
        self._versions: dict[str, int] | None = None

    def rows(
        self,
        table: str,
        where: Mapping[str, Sequence[str]] | None = None,
        *,
        columns: Sequence[str] = (),
        limit: int | None = 1000,
    ) -> list[TableRow]:
        """See :class:`Reader`.

        Raises:
            DatasetError: ``deltalake`` is not installed, or the table cannot be read.
        """
        from customer_360.datasets import literal, query

        folder = self._folder(table)
        names = ", ".join(f'"{name}"' for name in columns) or "*"
        sql = f"SELECT {names} FROM wanted"  # noqa: S608
        if where:
            sql += " WHERE " + " AND ".join(
                f'"{name}" IN ({", ".join(map(literal, of))})' for name, of in where.items()
            )
        if limit is not None:
            sql += f" LIMIT {limit}"
        return query({"wanted": folder}, sql, versions=self._seen()) or []

    def _seen(self) -> dict[str, int]:
        """The versions that all questions are answered from."""
        from customer_360.datasets import all_published

        if self._versions is None:
            found = all_published(self._root)
            self._versions = {self._folder(name): version for name, version in found.items()}
        return self._versions

    def _folder(self, table: str) -> str:
        return f"{self._root}/Tables/{table}"


class EngineReader:
    """Reads with the engine that is running, which is what a run and a notebook have."""

    def __init__(self, load: Callable[[str], DataFrame | None]) -> None:
        """Args: load: gives the frame of ``<layer>/<table>``, or None where there is no such table."""
        self._load = load

    def rows(
        self,
        table: str,
        where: Mapping[str, Sequence[str]] | None = None,
        *,
        columns: Sequence[str] = (),
        limit: int | None = 1000,
    ) -> list[TableRow]:
        """See :class:`Reader`."""
        frame = self._load(table)
        if frame is None:
            return []
        for name, values in (where or {}).items():
            frame = frame.where(frame[name].isin(list(values)))
        if columns:
            frame = frame.select(*columns)
        if limit is not None:
            frame = frame.limit(limit)
        return [row.asDict(recursive=True) for row in frame.collect()]
