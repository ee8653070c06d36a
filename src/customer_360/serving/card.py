"""One customer as lines that a person reads, and as values that a program reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from customer_360.foundation import counted
from customer_360.parameters import ANCHOR_METHOD
from customer_360.privacy import is_personal, masked
from customer_360.serving.customer import Attribute, Customer
from customer_360.serving.search import Found, Match
from customer_360.stewardship import BY_DECISION, BY_WEIGHT, event_lines, is_pooled, percent, record_name

MAX_SHOWN = 12  # records of a source, links, events
_PROFILE = "gold/customer_profile"
_SAID_BY = ("given_name", "family_name")  # full_name says them
_SHORT = ("full_name", "email", "phone", "birth_date", "street", "city", "tax_id", "company_name")
_WORDS = 2  # of evidence


def card_lines(customer: Customer, *, show_values: bool) -> list[str]:
    """The whole card: profile and where it is from, records, links, figures, history."""
    said = [
        item for item in customer.attributes if item.name not in _SAID_BY or not customer.value("full_name")
    ]
    lines = _body(customer, said, show_values)
    if customer.links:
        lines += [
            "",
            "Why these records are one customer",
            *_cut([_link_line(row) for row in customer.links]),
        ]
    if customer.events:
        lines += ["", "What happened", *_cut(event_lines(customer.events, customer.customer_id))]
    return lines


def short_card_lines(customer: Customer, *, show_values: bool) -> list[str]:
    """The best known attributes, records and figures, as a run shows them at its end."""
    return _body(customer, [item for item in customer.attributes if item.name in _SHORT], show_values)


def _body(customer: Customer, attributes: list[Attribute], show_values: bool) -> list[str]:
    name = customer.value("full_name")
    lines = [
        f"Customer {customer.customer_id}" + (f": {_shown('full_name', name, show_values)}" if name else "")
    ]
    if customer.asked_id:
        lines.append(f"{customer.asked_id} has become part of this customer.")
    if not customer.records:
        return [*lines, "No record belongs to this customer today."]
    lines += [
        "",
        "Profile",
        *_profile_lines(attributes, show_values),
        "",
        "Records",
        *_record_lines(customer),
    ]
    figures = [
        (f"  {name:<10} {say(customer.figures[name])}") for name, say in _FIGURES if name in customer.figures
    ]
    return [*lines, *(["", "Figures", *figures] if figures else [])]


def match_lines(matches: list[Match], *, show_values: bool) -> list[str]:
    """Customers to choose from, one a line."""
    lines = []
    for match in matches:
        values = [("full_name", match.name), ("email", match.email)]
        shown = [_shown(name, value, show_values) for name, value in values if value]
        lines.append(f"  {match.customer_id}  {'  '.join(shown)}".rstrip())
    return lines


def customer_as_data(customer: Customer, *, show_values: bool) -> dict[str, Any]:
    """The card as values that JSON can hold."""
    return {
        "customer_id": customer.customer_id,
        "asked_id": customer.asked_id,
        "profile": {
            item.name: {"value": _shown_value(item, show_values), "source": item.source}
            for item in customer.attributes
        },
        "records": [
            {"source": one.source, "source_key": one.key, "method": one.method, "confidence": one.confidence}
            for one in customer.records
        ],
        "links": [_plain(row) for row in customer.links],
        **{name: _plain(customer.figures.get(name) or {}) for name, _ in _FIGURES},
        "events": [_plain(row) for row in customer.events],
    }


def found_as_data(found: Found, *, show_values: bool) -> dict[str, Any]:
    """What was found where it is not one customer."""
    return {
        "note": found.note,
        **{
            name: [
                {
                    "customer_id": match.customer_id,
                    "full_name": _shown("full_name", match.name, show_values) if match.name else None,
                    "email": _shown("email", match.email, show_values) if match.email else None,
                }
                for match in matches
            ]
            for name, matches in (("matches", found.matches), ("close", found.close))
        },
    }


def _profile_lines(attributes: list[Attribute], show_values: bool) -> list[str]:
    rows = [
        (item.name.replace("_", " "), _shown(item.name, item.value, show_values), item.source or "")
        for item in attributes
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(2)]
    return [f"  {name:<{widths[0]}}  {value:<{widths[1]}}  {source}".rstrip() for name, value, source in rows]


def _record_lines(customer: Customer) -> list[str]:
    lines = []
    for source in customer.sources:
        mine = [one for one in customer.records if one.source == source]
        names = ", ".join(f"{one.source}:{one.key}" for one in mine[:MAX_SHOWN])
        more = f" and {len(mine) - MAX_SHOWN:,} more" if len(mine) > MAX_SHOWN else ""
        rules = sorted({one.method for one in mine} - {ANCHOR_METHOD, BY_WEIGHT})
        by = f"  (linked by the rule{'s' if len(rules) > 1 else ''} {', '.join(rules)})" if rules else ""
        lines.append(f"  {source:<10} {len(mine):>3}  {names}{more}{by}")
    return lines


def _link_line(link: Mapping[str, Any]) -> str:
    names = f"{record_name(link, 'left_')} and {record_name(link, 'right_')}"
    return f"  {names}: {_in_a_word(link)}, {percent(link['probability'])}"


def _in_a_word(link: Mapping[str, Any]) -> str:
    """What speaks most for the link."""
    if link["method"] == BY_DECISION:
        return "decided by a steward"
    if link["method"] != BY_WEIGHT:
        return f"rule {link['method']}"
    evidence = sorted(link.get("evidence") or [], key=lambda item: -float(item["weight"]))
    words = [
        f"{item['comparison']} {item['level']}".replace("_", " ") for item in evidence if item["weight"] > 0
    ]
    said = " and ".join(words[:_WORDS]) or "little in common"
    return f"{said} (not enough alone: joined by what all records say)" if is_pooled(link) else said


def _marketing(row: Mapping[str, Any]) -> str:
    parts = [
        _counted(row["post_count"], "post"), _counted(row["view_count"], "view"), _counted(row["like_count"], "like"),
        _counted(row["dislike_count"], "dislike"),
    ]  # fmt: skip
    if row["engagement_rate"] is not None:
        parts.append(f"engagement {row['engagement_rate'] * 100:.1f} %")
    return ", ".join(parts) + (f"; tags: {row['top_tags']}" if row["top_tags"] else "")


def _support(row: Mapping[str, Any]) -> str:
    first, last = row["first_ticket_date"], row["last_ticket_date"]
    parts = [
        _counted(row["ticket_count"], "ticket"), f"{row['open_ticket_count']:,} open",
        f"{row['high_priority_ticket_count']:,} of high priority",
    ]  # fmt: skip
    return ", ".join(parts) + (
        f"; {first} to {last}" if first and first != last else f"; {first}" if first else ""
    )


_FIGURES = (("marketing", _marketing), ("support", _support))


def _counted(number: int | None, what: str) -> str:
    return counted(number or 0, what)


def _shown(name: str, value: Any, show_values: bool) -> str:
    return str(value) if show_values or not is_personal(_PROFILE, name) else masked(value)


def _shown_value(item: Attribute, show_values: bool) -> Any:
    hidden = not show_values and is_personal(_PROFILE, item.name)
    return masked(item.value) if hidden else _json(item.value)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _json(value) for name, value in row.items()}


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _cut(lines: list[str]) -> list[str]:
    indented = [line if line.startswith("  ") else f"  {line}" for line in lines]
    more = len(indented) - MAX_SHOWN
    return indented if more <= 0 else [*indented[:MAX_SHOWN], f"  ... and {more:,} more (--json has all)"]
