"""Commands about who is who: why records are linked, and how a customer came about."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.identity.explain import BY_WEIGHT, side_by_side
from customer_360.identity.picture import waterfall_picture
from customer_360.identity.story import event_lines, link_lines, record_name
from customer_360.sources import SOURCES
from customer_360.terminal import print_result, protect_console, say

MAX_ROWS = 50
SHOWN = (
    "given_name", "family_name", "full_name", "email", "phone", "birth_date", "street", "city", "postal_code",
    "customer_number", "user_key",
)  # fmt: skip

_PICTURES = (".svg", ".html")
_GOLD = ("gold_identity_links", "gold_identity_review", "gold_identity_events", "gold_customer_crosswalk")

Record = tuple[str, str]
Explained = tuple[list[str], list[dict[str, Any]]]  # lines, and the links that they are about


@click.command(name="explain-link")
@click.argument("what", nargs=-1, required=True, metavar="CUSTOMER | RECORD RECORD")
@click.option("--show-values", is_flag=True, help="Show names, addresses and the like as they are.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Draw it, too: a .svg or .html file.")
@click.option("--lakehouse", help="Root of the lakehouse, if not the configured one.")
@click.option("--env", "-e", help="Kedro environment.")
def explain_link(
    what: tuple[str, ...], show_values: bool, output: Path | None, lakehouse: str | None, env: str | None
) -> None:
    """Why records are one customer: a CUSTOMER id (also an old one), or two RECORDs such as crm:12 erp:77.

    Values are masked unless you ask for them.
    """
    protect_console()
    try:
        _check_output(output)
        tables = Tables(lakehouse=lakehouse, env=env)
        lines, links = (
            _explain_pair(tables, what, show_values) if len(what) > 1 else _explain_customer(tables, what[0])
        )
        if output is not None:
            lines.append(_draw(links, output))
    except click.ClickException as error:
        say(error.format_message(), colour="red", error=True)
        sys.exit(1)
    print_result(lines)


def _check_output(output: Path | None) -> None:
    if output is not None and output.suffix.lower() not in _PICTURES:
        raise click.ClickException(f"{output}: the name must end in {' or '.join(_PICTURES)}.")
    if output is not None and not output.absolute().parent.is_dir():
        raise click.ClickException(f"{output}: there is no folder {output.absolute().parent}.")


def _draw(links: list[dict[str, Any]], output: Path) -> str:
    """Write the picture; what became of it, in words."""
    if not links:
        return f"There is nothing to draw: {output} was not written."
    drawn = [
        (f"{record_name(row, 'left_')} and {record_name(row, 'right_')}", row) for row in links[:MAX_ROWS]
    ]
    picture = waterfall_picture(drawn)
    if output.suffix.lower() == ".html":
        picture = f'<!doctype html>\n<meta charset="utf-8">\n<title>explain-link</title>\n{picture}'
    output.write_text(picture, encoding="utf-8")
    return f"Drawn: {output}"


def other_lakehouses(root: str) -> list[str]:
    """``--lakehouse ...`` for the lakehouses of other samples beside this one (:mod:`.sample_lakehouse`)."""
    place = Path(root)
    found = sorted(path for path in place.parent.glob(f"{place.name}-*-*") if (path / "Tables").is_dir())
    return [f"--lakehouse {shlex.quote(str(path))}" for path in found]


class Tables:
    """The lakehouse's tables by the catalog's names, read without an engine."""

    def __init__(self, *, lakehouse: str | None, env: str | None) -> None:
        bootstrap_project(Path.cwd())
        given = {"lakehouse": lakehouse} if lakehouse else {}
        self.option = (
            f" --lakehouse {shlex.quote(lakehouse)}" if lakehouse else ""
        )  # for commands to try next
        with KedroSession.create(project_path=Path.cwd(), env=env, runtime_params=given) as session:
            assert isinstance(session, KedroSession)
            catalog = session.load_context().catalog
            assert isinstance(catalog, DataCatalog)
            self._catalog = catalog
        self._versions: dict[str, int] | None = None

    def rows(self, dataset: str, condition: str, *, needed: bool = True) -> list[dict[str, Any]]:
        """Rows of a table that meet an SQL condition.

        Raises:
            ClickException: the table is needed and not there yet.
        """
        from customer_360.datasets.delta_reader import query

        folder = self._folder(dataset)
        sql = f"SELECT * FROM wanted WHERE {condition} LIMIT 1000"
        found = query({"wanted": folder}, sql, versions=self._seen())
        if found is None and needed:
            root = folder.rpartition("/Tables/")[0]
            others = "".join(f" {option}" for option in other_lakehouses(root))
            raise click.ClickException(
                f"There is no table {dataset} in {root} yet: kedro run writes it."
                + (f" There are other lakehouses:{others}." if others else "")
            )
        return found or []

    def _seen(self) -> dict[str, int]:
        """The versions that all questions of one command are answered from."""
        from customer_360.datasets.delta_reader import published_versions

        if self._versions is None:
            silver = [f"silver_{source.table}" for source in SOURCES]
            self._versions = published_versions(self._folder(name) for name in (*silver, *_GOLD))
        return self._versions

    def _folder(self, dataset: str) -> str:
        table = self._catalog.get(dataset)
        assert isinstance(table, DeltaTableDataset)
        return table.table_path.removeprefix("file://")


def _explain_pair(tables: Tables, names: Sequence[str], show_values: bool) -> Explained:
    records = [_record(name) for name in names]
    if len(set(records)) != 2:  # noqa: PLR2004
        raise click.ClickException("Give one customer id, or two different records such as crm:12 erp:77.")
    (left_source, left_key), (right_source, right_key) = sorted(records)
    condition = (
        f"left_source = {_text(left_source)} AND left_key = {_text(left_key)} "
        f"AND right_source = {_text(right_source)} AND right_key = {_text(right_key)}"
    )
    links = tables.rows("gold_identity_links", condition)
    owners = [_owner(tables, record) for record in sorted(records)]
    lines = [line for link in links for line in link_lines(link)]
    if not links:
        lines = [f"There is no direct link between {' and '.join(':'.join(r) for r in sorted(records))}."]
        links = [
            {**row, "method": BY_WEIGHT}
            for row in tables.rows("gold_identity_review", condition, needed=False)
        ]
        lines += ["It is a pair to review:" for _ in links] + [
            line for row in links for line in link_lines(row)
        ]
    if None in owners:
        lines.append("One of them belongs to no customer.")
    elif owners[0] == owners[1]:
        lines.append(
            f"Both belong to customer {owners[0]}: kedro explain-link {owners[0]}{tables.option} shows all its links."
        )
    else:
        lines.append(f"They belong to two customers: {owners[0]} and {owners[1]}.")
    left, right = (_attributes(tables, record) for record in sorted(records))
    return [*lines, "", *side_by_side(left, right, show_values=show_values)], links


def _explain_customer(tables: Tables, customer: str) -> Explained:
    told = tables.rows(
        "gold_identity_events", f"customer_id = {_text(customer)} OR other_customer_id = {_text(customer)}"
    )
    if not told:
        raise click.ClickException(
            f"No customer was ever called {customer}. Give an id of gold/customer_360, or two records such as "
            "crm:12 erp:77."
        )
    records = tables.rows("gold_customer_crosswalk", f"customer_id = {_text(customer)}")
    records.sort(key=lambda row: (row["source"], len(row["source_key"]), row["source_key"]))
    lines = [
        _heading(customer, records, told, tables.option),
        *_cut([f"  {record_name(row)}" for row in records]),
    ]
    sides = [_any_of(records, side) for side in ("left", "right")] if records else []
    links = tables.rows("gold_identity_links", " AND ".join(sides), needed=False) if sides else []
    if links:
        lines += ["", "Links", *_cut([f"  {line}" for link in links for line in link_lines(link)])]
    return [*lines, "", "What happened", *_cut([f"  {line}" for line in event_lines(told, customer)])], links


def _heading(customer: str, records: list[dict[str, Any]], told: list[dict[str, Any]], option: str) -> str:
    merged = [row for row in told if row["event"] == "merged" and row["customer_id"] == customer]
    if records or not merged:
        return f"Customer {customer}: {len(records)} records"
    today = max(merged, key=lambda row: row["sequence"])["other_customer_id"]
    return f"Customer {customer} is part of {today} now: kedro explain-link {today}{option}"


def _any_of(records: Sequence[dict[str, Any]], side: str) -> str:
    pairs = [
        f"({side}_source = {_text(row['source'])} AND {side}_key = {_text(row['source_key'])})"
        for row in records
    ]
    return f"({' OR '.join(pairs)})"


def _owner(tables: Tables, record: Record) -> str | None:
    rows = tables.rows(
        "gold_customer_crosswalk", f"source = {_text(record[0])} AND source_key = {_text(record[1])}"
    )
    return str(rows[0]["customer_id"]) if rows else None


def _attributes(tables: Tables, record: Record) -> dict[str, Any]:
    table = next(source.table for source in SOURCES if source.name == record[0])
    rows = tables.rows(f"silver_{table}", f"source_key = {_text(record[1])}", needed=False)
    return {name: rows[0][name] for name in SHOWN if name in rows[0]} if rows else {}


def _record(name: str) -> Record:
    source, colon, key = name.partition(":")
    known = [item.name for item in SOURCES]
    if not colon or not key or source not in known:
        raise click.ClickException(
            f"'{name}' is no record: write source:key, with one of the sources {', '.join(known)}."
        )
    return source, key


def _text(value: Any) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _cut(lines: list[str]) -> list[str]:
    more = len(lines) - MAX_ROWS
    return lines if more <= 0 else [*lines[:MAX_ROWS], f"  ... and {more} more lines"]
