"""The table of known keys beside a bronze table, and what it lacks of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from pyspark.sql import DataFrame

from customer_360.bronze.known_keys import KNOWN_KEYS_SCHEMA, known_keys, with_later
from customer_360.engine import PROGRAM, DerivedTables, Plan, TableUpdate
from customer_360.lakehouse import Token


@dataclass(frozen=True)
class KnownTable:
    """What the log of a source last said of every key, as a table that may be some rows behind.

    Attributes:
        known: the table as it is.
        log: the bronze table.
        tables: what has changed since the one was computed from the other.
        name: of the bronze table, without its layer.
        key_field: name of the record's top-level field that holds its key.
        keep: computes a frame once, for what follows.
    """

    known: DataFrame
    log: DataFrame
    tables: DerivedTables
    name: str
    key_field: str
    keep: Callable[[DataFrame, str], DataFrame]

    @property
    def bronze(self) -> str:
        """Name of the bronze table."""
        return f"bronze/{self.name}"

    @property
    def version(self) -> Token | None:
        """Of the bronze table that this is about."""
        return self._plan.basis.reads[self.bronze]

    @cached_property
    def now(self) -> DataFrame:
        """The known keys, all that the log holds considered (:func:`.known_keys.known_keys`)."""
        if self._added is not None:
            return self.keep(with_later(self.known, self._added), "known")
        return self.known if self._plan.is_current else self._every

    def update(self) -> TableUpdate:
        """What the table lacks."""
        if self.version is None:
            return TableUpdate(None)
        if self._added is not None:
            return self._plan.changes(self._added, self._added.select("source_key"))
        return (
            self._plan.nothing() if self._plan.is_current else replace(self._plan.all(self._every), note="")
        )

    @cached_property
    def _plan(self) -> Plan:
        parts = {"the key": self.key_field, PROGRAM: ["customer_360.bronze"]}
        return self.tables.plan(f"Files/state/known_keys/{self.name}", reads=[self.bronze], parts=parts)

    @cached_property
    def _added(self) -> DataFrame | None:
        """What was added to the log since; None where nothing was, or where that cannot be told."""
        if self.version is None or self._plan.is_anew or self._plan.is_current:
            return None
        later = self.tables.appended(self.log.sparkSession, self.bronze, self._plan.since(self.bronze))
        return (
            None if later is None else self.keep(known_keys(later, key_field=self.key_field), "known_later")
        )

    @cached_property
    def _every(self) -> DataFrame:
        if self.version is None:
            return self.log.sparkSession.createDataFrame([], KNOWN_KEYS_SCHEMA)
        return self.keep(known_keys(self.log, key_field=self.key_field), "known")
