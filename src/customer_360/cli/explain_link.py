"""Commands about who is who: why records are linked, and how a customer came about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from customer_360.cli.tables import VALUES_OPTION, LakehouseTables, any_of
from customer_360.datasets import literal
from customer_360.foundation import noun, print_result, protect_console
from customer_360.parameters import ANCHOR_METHOD
from customer_360.sources import SOURCES
from customer_360.stewardship import (
    BY_WEIGHT,
    Record,
    event_lines,
    is_pooled,
    link_lines,
    record_name,
    rule_link,
    side_by_side,
    waterfall_chart,
    why_together,
)

MAX_ROWS = 50
SHOWN = (
    "given_name", "family_name", "full_name", "email", "phone", "birth_date", "street", "city", "postal_code",
    "customer_number", "user_key",
)  # fmt: skip

_PICTURES = (".svg", ".html")
Explained = tuple[list[str], list[dict[str, Any]]]  # lines, and the links that they are about


@click.command(name="explain-link")
@click.argument("what", nargs=-1, required=True, metavar="CUSTOMER | RECORD RECORD")
@VALUES_OPTION
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Also draw it: a .svg or .html file.")
@click.option("--lakehouse", help="Root of the lakehouse, if not the configured one.")
@click.option("--env", "-e", help="Kedro environment.")
def explain_link(
    what: tuple[str, ...],
    show_values: bool | None,
    output: Path | None,
    lakehouse: str | None,
    env: str | None,
) -> None:
    """Why records are one customer: a CUSTOMER id (or a former one), or two RECORDs such as crm:12 erp:77.

    Masked values show which characters differ.
    """
    protect_console()
    _check_output(output)
    tables = LakehouseTables(lakehouse=lakehouse, env=env)
    show = tables.shows_values if show_values is None else show_values
    lines, links = (
        _explain_pair(tables, what, show) if len(what) > 1 else _explain_customer(tables, what[0], show)
    )
    if output is not None:
        lines.append(_draw(links, output))
    print_result(lines)


def _check_output(output: Path | None) -> None:
    if output is not None and output.suffix.lower() not in _PICTURES:
        raise click.ClickException(f"{output}: the name must end in {' or '.join(_PICTURES)}.")
    if output is not None and not output.absolute().parent.is_dir():
        raise click.ClickException(f"{output}: there is no folder {output.absolute().parent}.")


def _draw(links: list[dict[str, Any]], output: Path) -> str:
    """Write the waterfall chart; what became of it, in words."""
    if not links:
        return f"There is nothing to draw: {output} was not written."
    drawn = [
        (
            f"{record_name(row, 'left_')} and {record_name(row, 'right_')}"
            + (", joined by what all records of their customer say" if is_pooled(row) else ""),
            row,
        )
        for row in links[:MAX_ROWS]
    ]
    picture = waterfall_chart(drawn)
    if output.suffix.lower() == ".html":
        picture = f'<!doctype html>\n<meta charset="utf-8">\n<title>explain-link</title>\n{picture}'
    output.write_text(picture, encoding="utf-8")
    return f"Drawn: {output}"


def _explain_pair(tables: LakehouseTables, names: Sequence[str], show_values: bool) -> Explained:
    records = [_record(name) for name in names]
    if len(set(records)) != 2:  # noqa: PLR2004
        raise click.ClickException("Give one customer id, or two different records such as crm:12 erp:77.")
    (left_source, left_key), (right_source, right_key) = sorted(records)
    condition = (
        f"left_source = {literal(left_source)} AND left_key = {literal(left_key)} "
        f"AND right_source = {literal(right_source)} AND right_key = {literal(right_key)}"
    )
    links = tables.rows("gold_identity_links", condition)
    owners = [_owner(tables, record) for record in sorted(records)]
    if owners[0] is not None and owners[0] == owners[1]:
        of_customer = tables.rows("gold_customer_crosswalk", f"customer_id = {literal(owners[0])}")
        links = links or [
            link
            for link in _rule_links(tables, of_customer, show_values)
            if sorted(records) == [_record(record_name(link, side)) for side in ("left_", "right_")]
        ]
        lines = _told(links, _scored_links(tables, of_customer))
    else:
        lines = _told(links, links)
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


def _explain_customer(tables: LakehouseTables, customer: str, show_values: bool) -> Explained:
    told = tables.rows(
        "gold_identity_events",
        f"customer_id = {literal(customer)} OR other_customer_id = {literal(customer)}",
    )
    if not told:
        raise click.ClickException(
            f"No customer has ever had the id {customer}. Give an id of gold/customer_360, or two records such as "
            "crm:12 erp:77."
        )
    records = tables.rows("gold_customer_crosswalk", f"customer_id = {literal(customer)}")
    records.sort(key=lambda row: (row["source"], len(row["source_key"]), row["source_key"]))
    lines = [
        _heading(customer, records, told, tables.option),
        *_cut([f"  {record_name(row)}" for row in records]),
    ]
    links = [*_scored_links(tables, records), *_rule_links(tables, records, show_values)]
    if links:
        lines += ["", "Links", *_cut([f"  {line}" for line in _told(links, links)])]
    return [*lines, "", "What happened", *_cut([f"  {line}" for line in event_lines(told, customer)])], links


def _heading(customer: str, records: list[dict[str, Any]], told: list[dict[str, Any]], option: str) -> str:
    merged = [row for row in told if row["event"] == "merged" and row["customer_id"] == customer]
    if records or not merged:
        return f"Customer {customer}: {len(records)} {noun(len(records), 'record')}"
    today = max(merged, key=lambda row: row["sequence"])["other_customer_id"]
    return f"Customer {customer} is part of {today} now: kedro explain-link {today}{option}"


def _told(links: list[dict[str, Any]], of_customer: list[dict[str, Any]]) -> list[str]:
    """Each link, and where it would not do by itself, what does."""
    lines = []
    for link in links:
        why = why_together(link, of_customer)
        lines += [*link_lines(link), *([f"  {why}"] if why else [])]
    return lines


def _scored_links(tables: LakehouseTables, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Links between records of one customer."""
    if not records:
        return []
    condition = " AND ".join(any_of(records, side) for side in ("left", "right"))
    return tables.rows("gold_identity_links", condition, needed=False)


def _rule_links(
    tables: LakehouseTables, records: list[dict[str, Any]], show_values: bool
) -> list[dict[str, Any]]:
    """Links of a customer's records that rules made (posts)."""
    rules = {rule.name: rule for rule in tables.linking().rules if rule.name != ANCHOR_METHOD}
    found = []
    for name in sorted({row["method"] for row in records} & set(rules)):
        rule = rules[name]
        mine = [row["source_key"] for row in records if (row["source"], row["method"]) == (rule.source, name)]
        theirs = [row["source_key"] for row in records if row["source"] == rule.target]
        targets = tables.silver(rule.target, theirs)
        for row in tables.silver(rule.source, mine):
            link = rule_link(rule, row, targets, show_values=show_values)
            found += [link] if link else []
    return found


def _owner(tables: LakehouseTables, record: Record) -> str | None:
    rows = tables.rows(
        "gold_customer_crosswalk", f"source = {literal(record[0])} AND source_key = {literal(record[1])}"
    )
    return str(rows[0]["customer_id"]) if rows else None


def _attributes(tables: LakehouseTables, record: Record) -> dict[str, Any]:
    rows = tables.silver(record[0], [record[1]])
    return {name: rows[0][name] for name in SHOWN if name in rows[0]} if rows else {}


def _record(name: str) -> Record:
    source, colon, key = name.partition(":")
    known = [item.name for item in SOURCES]
    if not colon or not key or source not in known:
        raise click.ClickException(
            f"'{name}' is not a record: write source:key, with one of the sources {', '.join(known)}."
        )
    return source, key


def _cut(lines: list[str]) -> list[str]:
    more = len(lines) - MAX_ROWS
    return lines if more <= 0 else [*lines[:MAX_ROWS], f"  ... and {more} more lines"]
