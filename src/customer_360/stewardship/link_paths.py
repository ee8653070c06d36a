"""How two records that their own link would not join hang together: the way over the other links of their customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from customer_360.stewardship.explain import BY_WEIGHT, POOLED, percent
from customer_360.stewardship.rows import Record

Hop = Mapping[str, Any]


def is_pooled(link: Hop) -> bool:
    """Whether the link's own evidence would not join its records (tables of earlier runs do not say it)."""
    if link.get("joined_by") is not None:
        return bool(link["joined_by"] == POOLED)
    weight = link.get("match_weight")
    return link["method"] == BY_WEIGHT and weight is not None and weight <= 0


def why_together(link: Hop, others: Sequence[Hop]) -> str | None:
    """What joined the records of a link that would not do by itself; None for other links.

    Args:
        link: a row of ``gold_identity_links``.
        others: all links of its customer.
    """
    if not is_pooled(link):
        return None
    way = surest_way(_side(link, "left"), _side(link, "right"), [one for one in others if not is_pooled(one)])
    start = (
        "This pair alone would not be linked. "
        "Its records are together because of what all their customer's records say"
    )
    if not way:
        return f"{start}, no single link being enough."
    steps = [
        f"{':'.join(_side(one, 'left'))} and {':'.join(_side(one, 'right'))} {percent(one['probability'])}"
        for one in way
    ]
    return f"{start}: {', '.join(steps)}."


def surest_way(start: Record, end: Record, links: Sequence[Hop]) -> list[Hop]:
    """The chain of links between two records whose weakest link is the surest; empty where there is none."""
    surest_first = sorted(links, key=_sureness, reverse=True)
    for count in range(1, len(surest_first) + 1):
        if end in (ways := _reach(start, surest_first[:count])):
            return ways[end]
    return []


def _reach(start: Record, links: Sequence[Hop]) -> dict[Record, list[Hop]]:
    """The shortest chain to every record that these links reach."""
    found: dict[Record, list[Hop]] = {start: []}
    waiting = [start]
    while waiting:
        here = waiting.pop(0)
        for link in links:
            sides = [_side(link, "left"), _side(link, "right")]
            if here in sides and (there := sides[1 - sides.index(here)]) not in found:
                found[there] = [*found[here], link]
                waiting.append(there)
    return found


def _sureness(link: Hop) -> tuple[float, float]:
    weight = link.get("match_weight")
    return float(link["probability"] or 0), float(weight or 0)


def _side(link: Hop, side: str) -> Record:
    return str(link[f"{side}_source"]), str(link[f"{side}_key"])
