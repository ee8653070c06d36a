"""Writes what is declared of tables (customer_360.schemas) where people read it: docs/tables.md, the semantic model.

    python tools/tables_document.py            # says which files are otherwise today
    python tools/tables_document.py --write    # writes them

Of the semantic model only the descriptions of tables and columns are written. The columns of a source's silver table
are those that its cleaning makes.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from customer_360 import schemas
from customer_360.schemas import Column, Further, Table

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PROJECT = Path(__file__).resolve().parents[1]
PAGE = Path("docs", "tables.md")
MODEL = Path("fabric", "customer_360_model.SemanticModel", "definition", "tables")

_HEAD = """# Tables and their columns

<!-- Made by python tools/tables_document.py --write from src/customer_360/schemas: change it there. -->

Every table of the lakehouse, under `Tables/<layer>/<table>`. Empty (null) means unknown. Times are UTC. `source` is
`crm`, `erp`, `marketing`, `support` or a source that you added; `source_key` is the record's key there, as text,
exactly as the source writes it. A table is only ever written with these columns: a run that would write others stops
before it does. Which versions of gold belong together: [lakehouse.md](lakehouse.md).
"""
_GROUPS = {
    "Gold: customers": (
        schemas.CUSTOMER_360, schemas.CUSTOMER_PROFILE, schemas.CUSTOMER_PROFILE_HISTORY, schemas.CUSTOMER_CROSSWALK,
        schemas.UNLINKED_RECORDS, schemas.CUSTOMER_MARKETING_METRICS, schemas.CUSTOMER_SUPPORT_METRICS,
    ),
    "Gold: who is who": (
        schemas.IDENTITY_LINKS, schemas.IDENTITY_REVIEW, schemas.IDENTITY_DECISIONS, schemas.IDENTITY_EVENTS,
        schemas.IDENTITY_CLUSTERS, schemas.IDENTITY_MODEL, schemas.IDENTITY_REPORT,
    ),
    "Gold: runs": (schemas.RUN_REPORT, schemas.RUN_REPORT_HISTORY, schemas.RUN_MANIFEST),
}  # fmt: skip
# Tables that have columns of another one, which are not explained twice.
_LIKE = {
    schemas.CUSTOMER_PROFILE.name: schemas.CUSTOMER_360,
    schemas.CUSTOMER_PROFILE_HISTORY.name: schemas.CUSTOMER_PROFILE,
    schemas.CUSTOMER_MARKETING_METRICS.name: schemas.CUSTOMER_360,
    schemas.CUSTOMER_SUPPORT_METRICS.name: schemas.CUSTOMER_360,
    schemas.QUALITY_REPORT.name: schemas.RUN_REPORT,
}
# What is to be said of a table besides, with links to other pages.
_MORE = {
    "gold/customer_360": """\
`customer_id`: [identity over time](identity-over-time.md). A count is 0 for a customer without posts or tickets. A
dislike is a reaction too: `engagement_rate` says how many reacted, `like_share` how they meant it.""",
    "gold/identity_review": "How to decide: [identity over time](identity-over-time.md).",
    "gold/identity_events": "How to read it: [identity over time](identity-over-time.md).",
    "gold/run_report": """\
Metrics: `bronze`, `silver`, `quarantined`, `error` and `warning` (by reason), `empty_field`, `linked`, `linked_by`,
`unlinked`, `total` and `unlinked_total` (of a measure, over silver and over what belongs to nobody), `customers`. Among
`unlinked`, `own_customer` counts records that are a customer of their own, without one of the source of truth.""",
    "gold/run_report_history": """\
Besides the metrics of `gold/run_report`: `new`, `changed`, `deleted`, `newly_quarantined`, `identity_event` (by kind of
event), `counted_from` ([the lakehouse](lakehouse.md#every-runs-report)).""",
}


# ----------------------------------------------------------------------------------------------------- the page
def page(silver: Mapping[str, Sequence[str]]) -> str:
    """The text of ``docs/tables.md``.

    Args:
        silver: the columns of each source's silver table, by the table's name.
    """
    parts = [_HEAD]
    for title, tables in _GROUPS.items():
        parts += [f"## {title}\n", *(_section(table) for table in tables)]
    return "\n".join([*parts, *_silver(silver), *_bronze(silver)])


def _section(table: Table) -> str:
    like = _LIKE.get(table.name)
    single = [column for column in table.columns if not _is_told_once(column, table)]
    shared = [column.name for column in single if like and column.name in like.names]
    own = [column for column in single if column.name not in shared]
    parts = [f"### {table.name}\n", _filled(f"{table.meaning} Key: {_names(table.keys)}.") + "\n"]
    if more := _MORE.get(table.name):
        parts.append(f"{more}\n")
    if like and shared:
        parts.append(_filled(f"As in `{like.name}`: {_names(shared)}.") + "\n")
    if own:
        parts.append(_columns(own))
    parts += [_kind(kind) + "\n" for kind in table.further]
    return "\n".join(parts)


def _is_told_once(column: Column, table: Table) -> bool:
    """Whether a sentence for all columns of its kind tells of it: such as the source of each attribute."""
    return any(kind.beside and kind.allows(column.name, table.names) for kind in table.further)


def _columns(columns: Iterable[Column]) -> str:
    rows = ["| column | type | meaning |", "|---|---|---|"]
    for column in columns:
        also = " If the configuration has it." if column.optional else ""
        rows.append(f"| `{column.name}` | {_type(column)} | {column.meaning}{also} |")
    return "\n".join(rows) + "\n"


def _type(column: Column) -> str:
    return column.simple_type.partition("<")[0]


def _kind(kind: Further) -> str:
    typed = f", {kind.type.lower()}" if kind.type else ""
    where = "Beside each attribute" if kind.beside else "Further columns"
    return _filled(f"{where} `<name>{kind.ending}`{typed}: {kind.meaning.format(name='`<name>`')}")


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _filled(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _silver(silver: Mapping[str, Sequence[str]]) -> Iterator[str]:
    fixed = schemas.silver_of_source("")
    yield "## Silver: typed, one row per source key\n"
    yield "Each source has a table with its own columns, of the types that its cleaning gives them:\n"
    rows = ["| table | columns |", "|---|---|"]
    for table, names in silver.items():
        rows.append(f"| `silver/{table}` | {_names(name for name in names if name not in fixed.names)} |")
    yield "\n".join(rows) + "\n"
    yield f"and with these. Key: {_names(fixed.keys)}.\n"
    yield _columns(fixed.columns)
    for table in (schemas.QUARANTINE, schemas.QUALITY_REPORT):
        yield _section(table)


def _bronze(silver: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield "## Bronze: every record as it came\n"
    yield _names(f"bronze/{table}" for table in silver) + ".\n"
    yield _filled(f"{schemas.BRONZE.meaning} Key: {_names(schemas.BRONZE.keys)}.") + "\n"
    yield _columns(schemas.BRONZE.columns)


def silver_columns(spark: SparkSession, project: Path = PROJECT) -> dict[str, list[str]]:
    """What the cleaning of each source makes of no records, by the name of its table."""
    from customer_360.parameters import CleaningParameters, IngestionParameters
    from customer_360.quality import check_rules
    from customer_360.source_files import SourceFilesLoader
    from customer_360.sources import SOURCES, typed_records

    loader = SourceFilesLoader(
        str(project / "conf"), base_env="base", default_run_env="local", merge_strategy={"parameters": "soft"}
    )
    written = loader["parameters"]
    cleaning = CleaningParameters.model_validate(written["cleaning"])
    ingestion = IngestionParameters.model_validate(written["ingestion"])
    bronze = spark.createDataFrame([], schemas.BRONZE.ddl)
    found: dict[str, list[str]] = {}
    for source in SOURCES:
        key_field = ingestion.source(source.table).key_field
        typed = typed_records(bronze, cleaning.settings, source=source, key_field=key_field)
        found[source.table] = check_rules(typed, cleaning.rules(source.name), source=source.name)[0].columns
    return found


# ------------------------------------------------------------------------------------------- the semantic model
_COLUMN = re.compile(r"^\t/// .*\n(?=\tcolumn (\S+)$)", re.MULTILINE)
_TABLE = re.compile(r"\A/// .*\n")


def described(tmdl: str, table: Table) -> str:
    """A table of the semantic model with the declared descriptions of itself and its columns."""
    names = [name.strip("'") for name in _COLUMN.findall(tmdl)]

    def line(match: re.Match[str]) -> str:
        column = table.kind_of(match[1].strip("'"), names)
        return f"\t/// {_plain(column.meaning)}\n" if column else match[0]

    return _COLUMN.sub(line, _TABLE.sub(lambda _: f"/// {_plain(table.meaning)}\n", tmdl))


def _plain(meaning: str) -> str:
    return meaning.replace("`", "")


def documents(silver: Mapping[str, Sequence[str]], project: Path = PROJECT) -> dict[Path, str]:
    """Every file that is written, as it should be."""
    found = {PAGE: page(silver)}
    for path in sorted((project / MODEL).glob("*.tmdl")):
        table = schemas.declared(f"gold/{path.stem}")
        if table is not None:
            found[MODEL / path.name] = described(path.read_text("utf-8"), table)
    return found


def main() -> int:
    """Compare or write."""
    from customer_360.engine import start_engine

    parser = argparse.ArgumentParser(description="Writes what is declared of tables where people read it.")
    parser.add_argument("--write", action="store_true", help="write the files (else say which are otherwise)")
    write = parser.parse_args().write
    silver = silver_columns(start_engine("sail"))
    others = {
        path: text
        for path, text in documents(silver).items()
        if (PROJECT / path).read_text(encoding="utf-8") != text
    }
    for path, text in others.items():
        if write:
            (PROJECT / path).write_text(text, encoding="utf-8")
        print(f"{path} {'is written' if write else 'is otherwise: --write writes it'}")
    return 1 if others and not write else 0


if __name__ == "__main__":
    sys.exit(main())
