"""docs/tables.md says which tables and columns there are, and of which type: as declared, and as a run writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession
from support.declared import ROOT
from support.sample import SampleRun

from customer_360.schemas import TABLES, silver_of_source
from tools.tables_document import documents, silver_columns

PAGE = ROOT / "docs" / "tables.md"
# Sections that say that they have the columns of another one, too.
ALSO = {
    "gold/customer_profile": "gold/customer_360",
    "gold/customer_profile_history": "gold/customer_profile",
    "gold/customer_marketing_metrics": "gold/customer_360",
    "gold/customer_support_metrics": "gold/customer_360",
}
IN_EVERY_SILVER_TABLE = set(silver_of_source("").names)
_TABLE = re.compile(r"\b(?:bronze|silver|gold)/\w+")
_NAME = re.compile(r"`(\w+)`")
_TYPES = {"long": "bigint", "integer": "int"}


@dataclass
class Section:
    """What the page says of one table, or of several at once."""

    text: str = ""
    types: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        return set(_NAME.findall(self.text))


def sections(page: str) -> dict[str, Section]:
    """By table. A heading names tables, and so does the first column of a table of tables, or a first sentence."""
    found: dict[str, Section] = {}
    for part in re.split(r"^#{2,3} ", page, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        rows = [re.split(r"\s*\|\s*", line.strip("| ")) for line in body.splitlines() if line.startswith("|")]
        own = [row for row in rows if _TABLE.fullmatch(row[0].strip("`"))]
        for row in own:
            found[row[0].strip("`")] = Section(row[1])
        if own:
            continue
        section = Section(body)
        for row in rows[2:]:
            names = _NAME.findall(row[0])
            types = row[1].split(", ")
            types = types if len(types) == len(names) else types * len(names)
            section.types |= {name: kind for name, kind in zip(names, types, strict=False) if kind}
        for table in _TABLE.findall(heading) or _TABLE.findall(body.partition("|")[0]):
            found[table] = section
    return found


def columns(table: Path) -> dict[str, str]:
    """The type of each column, in SQL's words."""
    found = {}
    for column in DeltaTable(str(table)).schema().fields:
        kind = getattr(column.type, "type", None) or type(column.type).__name__
        kind = str(kind).lower().removesuffix("type")
        found[column.name] = _TYPES.get(kind, kind)
    return found


@pytest.fixture(scope="module")
def real(sample_run: SampleRun) -> dict[str, dict[str, str]]:
    logs = (sample_run.lakehouse / "Tables").glob("*/*/_delta_log")
    return {f"{log.parent.parent.name}/{log.parent.name}": columns(log.parent) for log in logs}


@pytest.fixture(scope="module")
def said() -> dict[str, Section]:
    return sections(PAGE.read_text(encoding="utf-8"))


def test_page_and_model_are_as_declared(spark: SparkSession) -> None:
    """The page as a whole; the descriptions of the semantic model's tables and columns."""
    found = documents(silver_columns(spark, ROOT), ROOT)
    assert len(found) > 10
    others = [str(path) for path, text in found.items() if (ROOT / path).read_text("utf-8") != text]
    assert not others, "python tools/tables_document.py --write writes them"


def test_every_table_is_there(real: dict[str, dict[str, str]], said: dict[str, Section]) -> None:
    assert said.keys() == real.keys()


def test_every_column_is_named(real: dict[str, dict[str, str]], said: dict[str, Section]) -> None:
    missing = {
        table: lacking for table, names in real.items() if (lacking := sorted(_lacking(table, names, said)))
    }
    assert not missing


def _lacking(table: str, names: dict[str, str], said: dict[str, Section]) -> Iterator[str]:
    known, other = set(said[table].names), table
    while other in ALSO:
        other = ALSO[other]
        known |= said[other].names
    if table.startswith("silver/"):
        known |= IN_EVERY_SILVER_TABLE
    for name in names:
        if name not in known and name.removesuffix("_source") not in known:
            yield name


def test_every_type_is_right(real: dict[str, dict[str, str]], said: dict[str, Section]) -> None:
    wrong = {
        f"{table}.{name}: {kind}, not {names.get(name)}"
        for table, names in real.items()
        for name, kind in said[table].types.items()
        if names.get(name) != kind
    }
    assert not wrong


def test_silver_columns_are_all_there_is(real: dict[str, dict[str, str]], said: dict[str, Section]) -> None:
    declared = {table.name for table in TABLES}
    for table in (name for name in real if name.startswith("silver/") and name not in declared):
        assert said[table].names <= real[table].keys(), table
