"""``kedro customer``: all that is known of one customer."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from customer_360.cli.tables import VALUES_OPTION, LakehouseTables
from customer_360.foundation import print_result, protect_console

if TYPE_CHECKING:
    from customer_360.serving import Found, Reader

NOTHING_FOUND, SEVERAL_FOUND = 3, 4


@click.command(name="customer")
@click.argument("query", nargs=-1, required=True, metavar="QUERY")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@VALUES_OPTION
@click.option("--lakehouse", help="Root of the lakehouse, if not the configured one.")
@click.option("--env", "-e", help="Kedro environment.")
def customer(
    query: tuple[str, ...], as_json: bool, show_values: bool | None, lakehouse: str | None, env: str | None
) -> None:
    """Show one customer: profile and where it comes from, records, links, figures, history.

    QUERY is a customer id (or a former one), a record such as crm:12, an e-mail address or a name. Status: 0 one
    customer, 1 the lakehouse cannot be read, 3 nobody, 4 several.
    """
    protect_console()
    tables = LakehouseTables(lakehouse=lakehouse, env=env)
    show = tables.shows_values if show_values is None else show_values
    status, lines = _answer(_reader(tables), tables, " ".join(query), show=show, as_json=as_json)
    print_result(lines)
    sys.exit(status)


def _answer(
    reader: Reader, tables: LakehouseTables, query: str, *, show: bool, as_json: bool
) -> tuple[int, list[str]]:
    """Exit status and what to print."""
    from customer_360.serving import card_lines, customer_as_data, find, found_as_data, read_customer
    from customer_360.sources import SOURCES

    if not reader.rows("gold/customer_360", limit=1):
        raise click.ClickException(f"There are no customers in {tables.root} yet: kedro run makes them.")
    found = find(reader, query, {source.name: source.table for source in SOURCES})
    if len(found.matches) == 1:
        one = read_customer(reader, found.matches[0].customer_id, asked_id=found.matches[0].asked_id)
        if as_json:
            return 0, [_json({"status": "found", **customer_as_data(one, show_values=show)})]
        hint = f"More about the links: kedro explain-link {one.customer_id}{tables.option}"
        return 0, [*card_lines(one, show_values=show), "", hint]
    status, word = (SEVERAL_FOUND, "several") if found.matches else (NOTHING_FOUND, "nobody")
    if as_json:
        return status, [_json({"status": word, **found_as_data(found, show_values=show)})]
    return status, _choice(found, query, tables.option, show)


def _choice(found: Found, query: str, option: str, show: bool) -> list[str]:
    from customer_360.serving import match_lines

    what = {"id": "an id", "record": "the record", "email": "the e-mail address", "name": "the name"}[
        found.kind
    ]
    if found.matches:
        heading = f"{len(found.matches)} customers have {what} {query}:"
        return [
            heading,
            *match_lines(found.matches, show_values=show),
            f"Show one: kedro customer ID{option}",
        ]
    lines = [f"No customer has {what} {query}." + (f" {found.note}" if found.note else "")]
    if found.close:
        lines += ["Close:", *match_lines(found.close, show_values=show)]
    elif found.kind == "name":
        lines.append("Ask by customer id, by record (crm:12), by e-mail address or by name.")
    return lines


def _reader(tables: LakehouseTables) -> Reader:
    """Without an engine where delta-rs is installed; that is the quicker start."""
    from customer_360.serving import DeltaReader, EngineReader

    return DeltaReader(tables.root) if find_spec("deltalake") else EngineReader(tables.load)


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, default=str)
