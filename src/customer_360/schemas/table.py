"""What a table promises: its columns with types and meanings, what identifies a row, and which columns may be added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: its name.
        type: in Spark SQL, ``STRING`` or ``ARRAY<STRUCT<level: STRING, weight: DOUBLE>>``. Every column may be null.
        meaning: a sentence for people; words between backticks are values.
        personal: whether it may hold values of persons, which are masked for whoever has no right to them.
        optional: whether the configuration may leave it out.
        any_type: whether the configuration may give it another type.
    """

    name: str
    type: str
    meaning: str
    personal: bool = True
    optional: bool = False
    any_type: bool = False

    @property
    def simple_type(self) -> str:
        """The type as Spark's ``DataType.simpleString()`` writes it."""
        return self.type.replace(" ", "").lower()


def technical(name: str, kind: str, meaning: str, *, optional: bool = False) -> Column:
    """A column that holds no value of a person: an id, a number, a word of this program."""
    return Column(name, kind, meaning, personal=False, optional=optional)


@dataclass(frozen=True)
class Further:
    """A kind of columns that a table may have besides those declared one by one.

    Attributes:
        ending: of their names; empty: any name.
        meaning: a sentence for people, where ``{name}`` stands for the name without the ending.
        type: what they all are; empty: any type.
        beside: only beside a column with the name without the ending.
    """

    ending: str
    meaning: str
    type: str = ""
    beside: bool = False

    def allows(self, name: str, others: Iterable[str]) -> bool:
        """Whether a column of a table, which has these others too, is of this kind."""
        stem = name.removesuffix(self.ending) if self.ending else name
        return name.endswith(self.ending) and bool(stem) and (not self.beside or stem in others)


@dataclass(frozen=True)
class Table:
    """A table of the lakehouse.

    Attributes:
        name: ``<layer>/<table>``.
        meaning: a sentence for people.
        keys: columns that tell rows apart.
        columns: in the order in which they are written; a table with columns by configuration keeps the order of
            what is written.
        further: columns that configuration or a source's declaration adds.
        personal: whether any column at all may hold values of persons.
        kept_as_text: a column may be text where it had another type once (a history that outlives configurations).
    """

    name: str
    meaning: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    further: tuple[Further, ...] = ()
    personal: bool = True
    kept_as_text: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Of the declared columns."""
        return tuple(column.name for column in self.columns)

    @property
    def is_fixed(self) -> bool:
        """Whether the declared columns are all that the table ever has, and it always has them."""
        return not self.further and not any(column.optional for column in self.columns)

    @property
    def ddl(self) -> str:
        """The columns that the table always has, for Spark."""
        return self.ddl_of(column.name for column in self.columns if not column.optional)

    def ddl_of(self, names: Iterable[str]) -> str:
        """Some of the columns, for Spark."""
        return ", ".join(f"{name} {self.column(name).type}" for name in names)

    def column(self, name: str) -> Column:
        """A declared column.

        Raises:
            KeyError: there is no column of this name.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} declares no column {name}")

    def kind_of(self, name: str, others: Iterable[str]) -> Column | None:
        """The column as declared, by its name or by a kind of further columns; None: it may not be there.

        Args:
            name: of the column.
            others: names of the columns that the table has.
        """
        if name in self.names:
            return self.column(name)
        there = frozenset(others)
        for kind in self.further:
            if kind.allows(name, there):
                stem = name.removesuffix(kind.ending).replace("_", " ")
                return Column(name, kind.type, kind.meaning.format(name=stem), optional=True)
        return None
