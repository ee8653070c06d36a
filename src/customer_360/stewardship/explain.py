"""Why two records are linked, in words and bars that a person can read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from customer_360.privacy import compared

BY_WEIGHT = "match_weight"  # methods of links
BY_DECISION = "decision"
POOLED = "pooled_evidence"  # of joined_by
_BAR = 24  # characters for the strongest weight
_SMALL = 0.05  # bits: less is shown as no weight at all

Link = Mapping[str, Any]


def sentence(link: Link) -> str:
    """One line: ``e-mail equal +9.8, surname equal, rare +7.1, city differs -1.4: 99.98 %``.

    Args:
        link: ``method``, ``match_weight`` (bits), ``probability`` and ``evidence``, a list of ``comparison,
            level, weight``. Of a link by a rule ``told``, if it is there, says what was compared.
    """
    if link["method"] == BY_DECISION:
        return f"decided by a steward: {percent(link['probability'])}"
    if link["method"] != BY_WEIGHT:
        told = f" ({link['told']})" if link.get("told") else ""
        return f"rule {link['method']}{told}: {percent(link['probability'])}"
    parts = [f"{_words(item)} {item['weight']:+.1f}" for item in _by_weight(link) if _counts(item)]
    return f"{', '.join(parts) or 'nothing speaks for or against'}: {percent(link['probability'])}"


def waterfall(link: Link) -> list[str]:
    """One line per comparison, strongest first, with a bar from where the one before ended.

    It begins at what is likely before anything is compared, and ends at the link's whole weight.

    Args:
        link: as for :func:`sentence`.
    """
    if link["method"] != BY_WEIGHT:
        return [sentence(link)]
    total = float(link["match_weight"])
    found = steps(link)
    sums = running_sums(found)
    low, high = min(sums), max(sums)
    width = max(len(words) for words, _ in [*found, ("together", total)])
    lines = [
        f"{words:<{width}}  {weight:>+6.1f}  {_bar(sums[number], sums[number + 1], low, high)}".rstrip()
        for number, (words, weight) in enumerate(found)
    ]
    return [*lines, f"{'together':<{width}}  {total:>+6.1f}  {percent(link['probability'])}"]


def steps(link: Link) -> list[tuple[str, float]]:
    """What adds up to the weight of a scored link: words and bits, from what is likely before comparing on."""
    items = _by_weight(link)
    start = float(link["match_weight"]) - sum(float(item["weight"]) for item in items)
    first = [("before comparing", start)] if abs(start) >= _SMALL else []
    return [*first, *[(_words(item), float(item["weight"])) for item in items]]


def running_sums(steps: Sequence[tuple[str, float]]) -> list[float]:
    """Where each step begins, and where the last one ends."""
    return list(accumulate((weight for _, weight in steps), initial=0.0))


def percent(probability: float | None) -> str:
    """Never more sure than it is: ``99.98 %``, ``over 99.99 %``, and 100 % only where it is exactly that."""
    if probability is None or math.isnan(probability):
        return "probability unknown"
    if probability == 1:
        return "100 %"
    if probability > 0.9999:  # noqa: PLR2004
        return "over 99.99 %"
    if 0 < probability < 0.0001:  # noqa: PLR2004
        return "under 0.01 %"
    return f"{probability * 100:.4g} %"


def side_by_side(left: Mapping[str, Any], right: Mapping[str, Any], *, show_values: bool) -> list[str]:
    """The attributes of two records, one line for each that either of them has, and whether they agree.

    Masked values show which characters differ (:func:`customer_360.privacy.compared`).
    """
    names = [name for name in dict.fromkeys([*left, *right]) if left.get(name) or right.get(name)]
    if not names:
        return []
    lines = []
    for name in names:
        one, other = (str(side[name]) if side.get(name) else "" for side in (left, right))
        hidden = compared(one, other)
        shown = (one, other) if show_values else (hidden.left, hidden.right)
        lines.append((name, *shown, hidden.agreement or ""))
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    return [
        "  ".join(
            [f"{text:<{width}}" for text, width in zip(line, widths, strict=False)] + [line[3]]
        ).rstrip()
        for line in lines
    ]


def _by_weight(link: Link) -> list[Mapping[str, Any]]:
    evidence: Sequence[Mapping[str, Any]] = link.get("evidence") or []
    return sorted(evidence, key=lambda item: (-float(item["weight"]), item["comparison"]))


def _counts(item: Mapping[str, Any]) -> bool:
    return abs(float(item["weight"])) >= _SMALL


def _words(item: Mapping[str, Any]) -> str:
    return f"{item['comparison']} {item['level']}".replace("_", " ")


def _bar(start: float, end: float, low: float, high: float) -> str:
    scale = _BAR / (high - low) if high - low > _SMALL else 0.0  # shorter than any weight that is shown
    first, last = (round((edge - low) * scale) for edge in sorted((start, end)))
    return " " * first + ("█" if end >= start else "░") * max(last - first, 1)
