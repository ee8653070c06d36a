"""The contract of a table: what is saved has the columns that are declared for it, or is refused.

Declarations are found by the table's folder, ``Tables/<layer>/<table>``, and not by a resolver in the catalog: so they
hold wherever a dataset is made (``kedro run``, Kedro-Viz, a notebook, a packaged ``--conf-source``, a script), one
pattern of the catalog serves tables of different columns, and no entry can forget them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kedro.io.core import DatasetError

from customer_360.engine import schema_of
from customer_360.lakehouse import split_table_folder
from customer_360.schemas import Column, Table, declared

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import DataType, StructType

# Types that the Fabric SQL endpoint, Direct Lake or old Delta readers refuse.
_FORBIDDEN_TYPES = ("timestamp_ntz", "variant", "void", "interval")
_TEXT = "string"


def declared_at(folder: str) -> Table | None:
    """What :mod:`customer_360.schemas` declares for the table in a folder of a lakehouse; None for any other folder."""
    place = split_table_folder(folder)
    return None if place is None else declared(place[1])


def conform(data: DataFrame, table: Table | None, *, path: str) -> DataFrame:
    """The frame with every column nullable, once it is found to keep the table's contract.

    Columns may come in any order: those of a table that always has the same ones are put into the declared order.

    Args:
        data: what is to be saved.
        table: the declaration; None where there is none, then only types are looked at.
        path: of the table, for the message.

    Raises:
        DatasetError: naming each column that is missing, not declared, of another type than declared, or of a type
            that Fabric cannot read.
    """
    from pyspark.sql.types import StructField, StructType

    found = {field.name: field.dataType for field in data.schema}
    types = {name: kind.simpleString() for name, kind in found.items()}
    problems = _unreadable(types) + (_against(types, table) if table else [])
    if problems:
        raise DatasetError(_message(problems, table, path))
    fixed = table is not None and table.is_fixed
    columns = _declared_types(table) if table is not None and fixed else found
    nullable = StructType([StructField(name, kind, True) for name, kind in columns.items()])
    # The union with an empty nullable frame is what both engines take as "may be null".
    return data.sparkSession.createDataFrame([], nullable).unionByName(data)


def check_addition(rows: StructType, there: StructType, *, path: str) -> None:
    """Refuse to add rows to a table that has other columns: Sail would cast them without a word.

    Args:
        rows: columns of what is to be added, which are as declared.
        there: columns of the table as it is.
        path: of the table, for the message.

    Raises:
        DatasetError: naming each column that differs.
    """
    added, known = ({field.name: field.dataType.simpleString() for field in one} for one in (rows, there))
    none = "not there"
    problems = [
        f"column '{name}' is {known.get(name, none)} in the table, {added.get(name, none)} in the rows"
        for name in {**known, **added}
        if known.get(name) != added.get(name)
    ]
    if problems:
        raise DatasetError(
            f"No rows can be added to {path}, which has other columns than declared; nothing was written: "
            f"{'; '.join(problems)}. Another version of this program, or somebody by hand, has changed the table: "
            "restore it, or give it the declared columns."
        )


def _declared_types(table: Table) -> dict[str, DataType]:
    return {field.name: field.dataType for field in schema_of(table.ddl)}


def table_of(path: str, ddl: str) -> Table:
    """A declaration of columns and types alone, for a table that :mod:`customer_360.schemas` does not know."""
    fields = schema_of(ddl)
    columns = tuple(Column(field.name, field.dataType.simpleString(), "") for field in fields)
    return Table(path, "", keys=(), columns=columns)


def _against(types: Mapping[str, str], table: Table) -> list[str]:
    """What is not as declared."""
    problems = [
        f"missing column '{column.name}' (declared {column.simple_type})"
        for column in table.columns
        if column.name not in types and not column.optional
    ]
    for name, kind in types.items():
        column = table.kind_of(name, types)
        if column is None:
            problems.append(f"column '{name}' is not declared (found {kind})")
        elif not _is_allowed(kind, column, table):
            problems.append(f"column '{name}' is {kind}, declared {column.simple_type}")
    return problems


def _is_allowed(kind: str, column: Column, table: Table) -> bool:
    is_free = not column.type or column.any_type or (table.kept_as_text and kind == _TEXT)
    return is_free or kind == column.simple_type


def _unreadable(types: Mapping[str, str]) -> list[str]:
    return [
        f"column '{name}' has type {kind}, which Fabric cannot read"
        for name, kind in types.items()
        if any(word in kind for word in _FORBIDDEN_TYPES)
    ]


def _message(problems: list[str], table: Table | None, path: str) -> str:
    said = f"{path} breaks the table's contract, nothing was written: {'; '.join(problems)}."
    if table is None:
        return f"{said} Cast such columns to another type."
    known = table == declared(table.name)
    where = f"{table.name} in customer_360.schemas" if known else "the schema in the catalog"
    return f"{said} Make what writes it give the declared columns, or change the declaration: {where}."
