"""Names that a state has changed: tables, columns, and values of text columns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.states.tables import Table

EVERYWHERE = "*"
_FORM = re.compile(r"(?P<table>[^.=:]+)(\.(?P<column>[^.=:]+)(:(?P<value>[^=]+))?)?=(?P<new>.+)")


@dataclass
class Renaming:
    """What the state before is called in the state after. Columns and values are those of a table's old name.

    Attributes:
        tables: new name by old one.
        columns: new name by old one, by table; ``*`` is every table.
        values: new value by old one, by table and column.
    """

    tables: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    values: dict[tuple[str, str], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def parse(cls, texts: Sequence[str]) -> Renaming:
        """Read ``old=new``, ``table.old=new`` and ``table.column:old=new``.

        Raises:
            ValueError: a text is none of these.
        """
        renaming = cls()
        for text in texts:
            found = _FORM.fullmatch(text)
            if not found:
                raise ValueError(
                    f"'{text}': write old=new, table.old=new (a column) or table.column:old=new (a value)"
                )
            table, column, value, new = found["table"], found["column"], found["value"], found["new"]
            if value is not None:
                renaming.values[table, column][value] = new
            elif column is not None:
                renaming.columns[table][column] = new
            else:
                renaming.tables[table] = new
        return renaming

    def name(self, table: str) -> str:
        """What a table is called now."""
        return self.tables.get(table, table)

    def apply(self, name: str, table: Table) -> Table:
        """A table of the state before, as it would be called after.

        Args:
            name: its old one.
            table: the table.
        """
        columns = {**self.columns.get(EVERYWHERE, {}), **self.columns.get(name, {})}
        values = [
            {**self.values.get((EVERYWHERE, column), {}), **self.values.get((name, column), {})}
            for column in table.columns
        ]
        rows = table.rows
        if any(values):
            rows = [tuple(map(_renamed, row, values)) for row in rows]
        return Table({columns.get(column, column): kind for column, kind in table.columns.items()}, rows)


def _renamed(value: Any, new: dict[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_renamed(item, new) for item in value) if new else value
    return new.get(value, value) if isinstance(value, str) else value
