"""Whether a source still has the shape that it is known by: told from its changes, before anything is written.

Every run compares three things: silver as it is, the quarantine, and what the pull changes. There is no further
state: what a field was before is what silver holds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

from customer_360.parameters import Rule, ShapeLimits
from customer_360.quality.shape_counts import (
    HARDLY_ANY,
    Counts,
    Watched,
    all_counts,
    attributes_of,
    count_before,
    count_changed,
)
from customer_360.quality.shape_text import fields_that_went_and_came, shape_of
from customer_360.schemas import silver_of_source

logger = logging.getLogger(__name__)

_NEARLY_ALL = 0.9
# What a silver table that is not there yet has all the same.
_OF_ALL_SOURCES = frozenset(silver_of_source("").names)
# Payloads before and now, to say which fields went and which came.
Examples = Callable[[], tuple[list[str], list[str]]]


class SourceShapeError(RuntimeError):
    """A source no longer has the fields or values that it is known by."""


@dataclass(frozen=True)
class Finding:
    """One thing that changed: a sentence, and whether it is grave enough to stop a run."""

    text: str
    stops: bool = True


def check_shape(
    typed: DataFrame,
    silver: DataFrame,
    quarantine: DataFrame,
    *,
    source: str,
    rules: Sequence[Rule],
    limits: ShapeLimits,
    examples: Examples,
) -> None:
    """Stop, or warn, where a pull would take values away that were there, or brings hardly anything readable.

    Args:
        typed: typed rows of all changes (``payload`` null: deleted), as rules check them.
        silver: the source's silver table before this run, empty on the first day.
        quarantine: ``silver_quarantine`` before this run.
        source: short name of the source.
        rules: its rules; those marked ``unreadable`` say that a value is there and cannot be read.
        limits: what is too much, and what to do then.
        examples: payloads of changed records before and now; asked for only if something is to be said.

    Raises:
        SourceShapeError: naming fields, shares and the shape of an example, never a value. Nothing is written.
    """
    findings = find_changes(typed, silver, quarantine, source=source, rules=rules, limits=limits)
    if not findings:
        return
    text = _message(source, findings, *examples())
    if limits.on_change == "stop" and any(finding.stops for finding in findings):
        raise SourceShapeError(
            f"{text}\nNothing of this source was written. Correct the source, or the fields in the file of "
            f"'{source}'; if the change is intended, run once with --params "
            "cleaning.shape.on_change=warn. Limits: cleaning.shape (conf/base/parameters_cleaning.yml) and shape in "
            f"conf/base/sources/{source}.yml."
        )
    logger.warning("%s", text)


def find_changes(
    typed: DataFrame,
    silver: DataFrame,
    quarantine: DataFrame,
    *,
    source: str,
    rules: Sequence[Rule],
    limits: ShapeLimits,
) -> list[Finding]:
    """What is to be said about a pull; arguments as for :func:`check_shape`."""
    schema, is_first = typed.schema, set(silver.columns) <= _OF_ALL_SOURCES
    _check_required(schema, limits, source)
    compared = {*silver.columns, *limits.required}
    watched = Watched(
        attributes=tuple(name for name in attributes_of(schema) if name in compared),
        unreadable=tuple(rule for rule in rules if rule.unreadable),
        errors=tuple(rule for rule in rules if rule.severity == "error"),
    )
    changed = count_changed(typed, silver, quarantine, source=source, watched=watched)
    suspects = _suspects(changed, watched, limits)
    if not suspects and changed["is_bad"] - changed["was_bad"] < limits.min_records:
        return []
    before = count_before(silver, quarantine, source=source, watched=watched, names=suspects)
    counts = all_counts(changed, before, suspects)
    suspected = [rule for rule in watched.unreadable if f"rule {rule.name}" in suspects]
    return [
        *_quarantined(counts, limits, is_first=is_first),
        *[found for name in watched.attributes if name in suspects for found in _lost(counts, name, limits)],
        *[found for rule in suspected for found in _unreadable(counts, rule, limits, is_first=is_first)],
        *[found for name in limits.required for found in _never_there(counts, name, limits)],
    ]


def _suspects(changed: Counts, watched: Watched, limits: ShapeLimits) -> list[str]:
    """Names of which something may have to be said, by the changed records alone; the others need no look at all."""
    few, new = limits.min_records, changed["new"]
    found = [
        name
        for name in watched.attributes
        if name in limits.required
        or changed[f"{name} had"] - changed[f"{name} kept"] >= few
        or (new >= 2 * few and changed[f"{name} new"] <= HARDLY_ANY * new)
    ]
    rules = [f"rule {rule.name}" for rule in watched.unreadable]
    return found + [name for name in rules if changed[f"{name} is"] - changed[f"{name} was"] >= few]


def _check_required(schema: StructType, limits: ShapeLimits, source: str) -> None:
    if lost := sorted(set(limits.required) - set(schema.names)):
        raise SourceShapeError(
            f"cleaning.sources.{source}.shape.required names {', '.join(lost)}: its cleaning makes no such column. "
            f"Columns: {', '.join(attributes_of(schema))}."
        )


# -------------------------------------------------------------------------------------------------- judgements
def _quarantined(counts: Counts, limits: ShapeLimits, *, is_first: bool) -> list[Finding]:
    bad, total = counts["bad"], counts["bad"] + counts["good"]
    bad_before, total_before = counts["bad before"], counts["bad before"] + counts["good before"]
    if bad - bad_before < limits.min_records or bad <= limits.max_quarantined_share * total:
        return []
    now, before = bad / total, bad_before / total_before if total_before else 0.0
    if before and now < before * (1 + HARDLY_ANY):
        return []
    was = "" if is_first else f", {bad_before} of {total_before} before"
    return [
        Finding(
            f"{bad} of {total} records are unreadable or break a rule of severity error{was} (allowed share: "
            f"{limits.max_quarantined_share:.0%})"
        )
    ]


def _lost(counts: Counts, name: str, limits: ShapeLimits) -> list[Finding]:
    had, kept = counts[f"{name} had"], counts[f"{name} kept"]
    if had - kept >= limits.min_records and had - kept > limits.max_lost_share * had / 2:
        text = f"{name} has a value in {kept} of the {had} records that had one"
        return [Finding(text, stops=had - kept > limits.max_lost_share * had)]
    new, filled_new = counts["new"], counts[f"{name} new"]
    usual = counts[f"{name} before"] / counts["good before"] if counts["good before"] else 0.0
    if new * usual >= 2 * limits.min_records and filled_new <= HARDLY_ANY * new:
        text = (
            f"{name} has a value in {filled_new} of the {new} new records; {usual:.0%} of the others have one"
        )
        return [Finding(text, stops=False)]
    return []


def _unreadable(counts: Counts, rule: Rule, limits: ShapeLimits, *, is_first: bool) -> list[Finding]:
    now, before = counts[f"rule {rule.name} after"], counts[f"rule {rule.name} before"]
    good, good_before = counts["good"], counts["good before"]
    if now - before < limits.min_records:
        return []
    share, share_before = now / good, before / good_before if good_before else 0.0
    too_many = share >= _NEARLY_ALL if is_first else share - share_before > limits.max_unreadable_share
    was = "" if is_first else f", {before} of {good_before} before"
    text = f"{now} of {good} records break the rule {rule.name}{was} ({rule.description or 'cannot be read'})"
    return [Finding(text)] if too_many else []


def _never_there(counts: Counts, name: str, limits: ShapeLimits) -> list[Finding]:
    good, there = counts["good"], counts[f"{name} after"]
    if good < 2 * limits.min_records or there > HARDLY_ANY * good:
        return []
    if counts[f"{name} had"] - counts[f"{name} kept"] >= limits.min_records:
        return []  # said already
    if counts["good before"] and counts[f"{name} before"] <= HARDLY_ANY * counts["good before"]:
        return []  # silver has been so: a run that changes little is not the one to stop
    return [
        Finding(f"{name}, which this source must have, has a readable value in {there} of {good} records")
    ]


def _message(source: str, findings: Sequence[Finding], before: list[str], now: list[str]) -> str:
    lines = [f"The source '{source}' has changed shape:", *[f"  - {finding.text}" for finding in findings]]
    went, came = fields_that_went_and_came(before, now) if before and now else ([], [])
    if went:
        lines.append(f"  Fields that nearly all records had and hardly any has now: {', '.join(went)}.")
    if came:
        lines.append(f"  New fields: {', '.join(came)}.")
    if now:
        lines.append(f"  Shape of a record now (9: a digit, a: a letter): {shape_of(now[0])}")
    return "\n".join(lines)
