"""Tables that are computed from others: what has changed since they were, and what is to become of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from customer_360.foundation import code_digest
from customer_360.lakehouse import Basis, TableHistory, Token, engine_path, read_basis, table_folder

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

PROGRAM = "the program"  # the part that stands for the code


@dataclass(frozen=True)
class TableUpdate:
    """What is to become of a table.

    Attributes:
        rows: the whole table, or where something is touched what comes in the place of that; None: nothing changes.
        touched: the keys whose rows change: those that are not among ``rows`` go. None: ``rows`` are all of it.
        adds: ``rows`` are written as it is the table's way: a log grows by them.
        basis: what the table is computed from, to be remembered once it is written.
        expects: the version that the changes belong to.
        note: why the table is written anew, where one would not expect it.
    """

    rows: DataFrame | None
    touched: DataFrame | None = None
    adds: bool = False
    basis: Basis | None = None
    expects: Token | None = None
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """How a table is to be brought up to date.

    Attributes:
        name: ``<layer>/<table>``.
        basis: what it is computed from now.
        before: what it was computed from, where that counts: only then can it be changed in parts.
        changed: the tables among those that hold other rows than then.
        other: the parts of the configuration that are others than then.
        expects: the table's own version.
        note: why it cannot be changed in parts; blank for a table that is not there yet.
    """

    name: str
    basis: Basis
    before: Basis | None = None
    changed: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    expects: Token | None = None
    note: str = ""

    @property
    def is_current(self) -> bool:
        """Whether nothing that the table depends on has changed."""
        return self.before is not None and not self.changed and not self.other

    @property
    def is_anew(self) -> bool:
        """Whether the whole table must be computed."""
        return self.before is None

    def since(self, table: str) -> Token | None:
        """The version of another table that this one was computed from."""
        return None if self.before is None else self.before.reads.get(table)

    def nothing(self) -> TableUpdate:
        """Leave the table as it is."""
        known = replace(self.basis, token=self.expects)
        return TableUpdate(None, basis=None if known == self.before else self.basis, expects=self.expects)

    def all(self, rows: DataFrame) -> TableUpdate:
        """Write the whole table."""
        return TableUpdate(rows, basis=self.basis, note=self.note)

    def changes(self, rows: DataFrame, touched: DataFrame) -> TableUpdate:
        """Put ``rows`` in the place of what has the ``touched`` keys."""
        return TableUpdate(rows, touched, basis=self.basis, expects=self.expects)

    def added(self, rows: DataFrame) -> TableUpdate:
        """Add ``rows`` as it is the table's way."""
        return TableUpdate(rows, adds=True, basis=self.basis)


class DerivedTables:
    """The tables of a lakehouse, as far as one is computed from another.

    Attributes:
        rebuild: compute every derived table anew.
    """

    def __init__(self, lakehouse: str, *, rebuild: bool = False) -> None:
        """Nothing is looked at yet.

        Args:
            lakehouse: its root, local or ``abfss://``.
            rebuild: compute every derived table anew.
        """
        self._root = lakehouse.rstrip("/")
        self.rebuild = rebuild

    def place(self, name: str) -> str:
        """Folder of the table ``<layer>/<table>``, or of one that is no table for people (``Files/state/...``)."""
        return table_folder(self._root, name)

    def plan(
        self, name: str, *, reads: Sequence[str], parts: Mapping[str, Any], by_part: bool = False
    ) -> Plan:
        """Find out what has changed of all that a table depends on.

        Args:
            name: of the table.
            reads: names of the tables that it is computed from.
            parts: what else it depends on, by the name that people know it by: anything that JSON can hold;
                :data:`PROGRAM`: names of packages.
            by_part: a part that has changed concerns only some of the rows (``Plan.other``), and not the whole table.
        """
        history, former = TableHistory(self.place(name)), read_basis(self.place(name))
        now = Basis(
            token=None,
            reads={one: TableHistory(self.place(one)).token for one in reads},
            parts=_digests(parts, former),
        )
        before, why = self._before(former, history, now, by_part=by_part)
        other = [] if before is None else _other_parts(before, now)
        if other and not by_part:
            before, why = None, f"{' and '.join(other)} changed"
        if before is None:
            return Plan(name, now, expects=history.token, note=why)
        differing = (one for one in reads if before.reads.get(one) != now.reads[one])
        changed = (
            one
            for one in differing
            if not TableHistory(self.place(one)).is_unchanged_since(before.reads.get(one))
        )
        return Plan(name, now, before, frozenset(changed), frozenset(other), expects=history.token)

    def _before(
        self, before: Basis | None, history: TableHistory, now: Basis, *, by_part: bool
    ) -> tuple[Basis | None, str]:
        if history.token is None or self.rebuild:
            return None, "rebuild=true" if history.token else ""
        if before is None:
            return None, "nothing says what they were computed from"
        if not history.is_unchanged_since(before.token):
            return None, "they are not as the last run has left them"
        gone, came = set(before.reads) - set(now.reads), set(now.reads) - set(before.reads)
        if gone or (came and not by_part):
            return None, "they depend on other tables than before"
        return before, ""

    def meaning_of(self, name: str) -> Mapping[str, str] | None:
        """What a table depends on besides other tables; None where nobody knows."""
        basis = read_basis(self.place(name))
        return None if basis is None else {part: _meaning(part, text) for part, text in basis.parts.items()}

    def known_as(self, name: str, by: str) -> Token | None:
        """The version of a table as it is now; as another one knows it that was computed from the very same rows."""
        history, basis = TableHistory(self.place(name)), read_basis(self.place(by))
        known = None if basis is None else basis.reads.get(name)
        return known if history.is_unchanged_since(known) else history.token

    def appended(self, spark: SparkSession, name: str, since: Token | None) -> DataFrame | None:
        """The rows that were added to a table that only grows.

        Args:
            spark: the session.
            name: of the table, which is there.
            since: the version after which.

        Returns:
            None where that cannot be told: since nothing was known, or it did not only grow.
        """
        files = TableHistory(self.place(name)).appended_since(since)
        if files is None:
            return None
        schema: StructType = spark.read.format("delta").load(engine_path(self.place(name))).schema
        if not files:
            return spark.createDataFrame([], schema)
        return spark.read.schema(schema).parquet(*[engine_path(path) for path in files])


def _digests(parts: Mapping[str, Any], former: Basis | None) -> dict[str, str]:
    remembered = former.parts.get(PROGRAM, "") if former else ""
    return {
        part: _code(tuple(value), remembered) if part == PROGRAM else digest_of(value)
        for part, value in parts.items()
    }


@cache
def _code(packages: tuple[str, ...], remembered: str) -> str:
    """No code changes while a process runs."""
    return code_digest(*packages, remembered=remembered)


def _meaning(part: str, text: str | None) -> str:
    """What counts of a digest: code may change where its meaning does not."""
    return text.partition(":")[0] if text and part == PROGRAM else text or ""


def _other_parts(before: Basis, now: Basis) -> list[str]:
    parts = {**before.parts, **now.parts}
    return [one for one in parts if _meaning(one, before.parts.get(one)) != _meaning(one, now.parts.get(one))]


def digest_of(value: Any) -> str:
    """A short digest of anything that JSON can hold; dictionaries count in any order."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
