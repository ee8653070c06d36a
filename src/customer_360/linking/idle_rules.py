"""Rules that link hardly any record: told, since a rule that cannot match looks like a source without customers."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.bronze import value_of
from customer_360.identity import comparable_value
from customer_360.linking.exact_rules import shown_text
from customer_360.linking.reconciliation import ReportLine
from customer_360.parameters import LinkingParameters, LinkingRule

logger = logging.getLogger(__name__)

_HARDLY_ANY = 0.05
_FEW = 10


def tell_idle_rules(
    sources: Mapping[str, DataFrame], linking: LinkingParameters, lines: Iterable[ReportLine]
) -> list[ReportLine]:
    """Warn of rules whose values can hardly be compared, and of sources of which they link hardly a record.

    Args:
        sources: silver frames by source name.
        linking: the rules.
        lines: what became of each source's records (``linked_by`` and ``unlinked``).

    Returns:
        A line ``(source, warning, rule_<name>_compares_nothing | no_rule_matches, records)`` for each.
    """
    if not linking.rules:
        return []
    told = [line for rule, at in _values(sources, linking.rules).items() for line in _unreadable(rule, at)]
    silent = {source for source, *_ in told}
    found = list(lines)
    for source in sorted({rule.source for rule in linking.rules} - silent):
        told += _unmatched(source, linking.rules_of(source), found)
    return told


def _values(
    sources: Mapping[str, DataFrame], rules: Sequence[LinkingRule]
) -> dict[LinkingRule, dict[str, tuple[int, int]]]:
    """For each rule and side: how many records show a value, and of how many it can be compared."""
    frames = []
    for number, rule in enumerate(rules):
        sides = {
            "source": (rule.source, rule.column, rule.only_if),
            "target": (rule.target, rule.target_column, rule.target_only_if),
        }
        for side, (source, column, only_if) in sides.items():
            records = sources[source].where(F.col(only_if)) if only_if else sources[source]
            frames.append(
                records.agg(
                    F.count(shown_text(records, column)).alias("shown"),
                    F.count(comparable_value(value_of(records, column), rule.normalise)).alias("readable"),
                ).select(F.lit(number).alias("rule"), F.lit(side).alias("side"), "shown", "readable")
            )
    found: dict[LinkingRule, dict[str, tuple[int, int]]] = {rule: {} for rule in rules}
    for row in reduce(DataFrame.unionAll, frames).collect():
        found[rules[row["rule"]]][row["side"]] = (row["shown"], row["readable"])
    return found


def _unreadable(rule: LinkingRule, counts: Mapping[str, tuple[int, int]]) -> list[ReportLine]:
    told: list[ReportLine] = []
    for side, (source, column) in {
        "source": (rule.source, rule.column),
        "target": (rule.target, rule.target_column),
    }.items():
        shown, readable = counts[side]
        if shown < _FEW or readable > _HARDLY_ANY * shown:
            continue
        logger.warning(
            "Linking rule '%s' (normalise: %s) can compare %d of the %d values of %s.%s: the others are not of that "
            "form, so it links nothing by them. Set normalise: exact in the source's file (conf/base/sources), or "
            "another column.",
            rule.name,
            rule.normalise,
            readable,
            shown,
            source,
            column,
        )
        told.append((rule.source, "warning", f"rule_{rule.name}_compares_nothing", shown - readable))
    return told[:1]


def _unmatched(source: str, rules: Sequence[LinkingRule], lines: Iterable[ReportLine]) -> list[ReportLine]:
    names = {rule.name for rule in rules}
    of_source = [(metric, reason, records) for name, metric, reason, records in lines if name == source]
    linked = sum(n for metric, reason, n in of_source if metric == "linked_by" and reason in names)
    unmatched = sum(n for metric, reason, n in of_source if metric == "unlinked" and reason == "no_match")
    if unmatched < _FEW or linked > _HARDLY_ANY * (linked + unmatched):
        return []
    logger.warning(
        "The linking rules of '%s' (%s) link %d of the %d records that have a value to compare: do both sides write it "
        "in one form? normalise compares as it is (exact), as a number, an e-mail address or a text "
        "(link_by in the source's file, conf/base/sources).",
        source,
        ", ".join(f"{rule.name}, normalise: {rule.normalise}" for rule in rules),
        linked,
        linked + unmatched,
    )
    return [(source, "warning", "no_rule_matches", unmatched)]
