"""Linking of all sources: who is a customer, whose record is whose, and what is left over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.foundation import did_you_mean
from customer_360.identity import Resolution
from customer_360.linking.customers import customer_id
from customer_360.linking.exact_rules import match_exactly
from customer_360.linking.persons import clustered_records
from customer_360.parameters import ANCHOR_METHOD, LinkingParameters, linking_levels

_OUTCOME = ("source", "source_key", "customer_id", "method", "confidence", "reason")


class LinkingConfigurationError(ValueError):
    """The linking rules do not fit the sources or their columns."""


@dataclass(frozen=True)
class Links:
    """Every record of every source, exactly once.

    Attributes:
        crosswalk: ``customer_id, source, source_key, method, confidence``; the method is the rule's name, or
            ``anchor`` for the record that makes the customer.
        unlinked: ``source, source_key, reason`` (``no_key``, ``unreadable_key``, ``no_match`` or ``ambiguous``).
    """

    crosswalk: DataFrame
    unlinked: DataFrame


def customers_of_records(
    sources: Mapping[str, DataFrame], linking: LinkingParameters, clustered: DataFrame | None = None
) -> Links:
    """Link the records of all sources to customers.

    1. Each record of the anchor source makes a customer; where persons were resolved, each cluster does.
    2. The other sources are linked by their rules, level by level where a rule's target is no anchor.
    3. Records that link to nobody make a customer of their own, or stay unlinked, as configured.

    Args:
        sources: silver frames by source name, unique by ``source_key``.
        linking: rules and policies.
        clustered: what became of the records of ``linking.persons`` (:func:`.persons.clustered_records`).

    Raises:
        LinkingConfigurationError: a source or column that is not there.
    """
    check_linking(sources, linking)
    targets = {rule.target for rule in linking.rules}
    if clustered is None:
        anchors = _anchors(sources[linking.anchor], linking.anchor)
        outcomes, customers = [anchors.select(*_OUTCOME)], {linking.anchor: anchors}
    else:
        resolved = clustered.withColumn("customer_id", customer_id(F.col("root_source"), F.col("root_key")))
        outcomes, customers = [resolved.select(*_OUTCOME)], {}
        for name in targets.intersection(linking.persons):
            customers[name] = _with_customers(sources[name], resolved, name)
    for level in _levels(sources, linking):
        records = {name: sources[name] for name in level}
        linked = _with_policy(match_exactly(records, linking.rules, customers), linking)
        outcomes.append(linked)
        for name in targets.intersection(level):
            customers[name] = _with_customers(sources[name], linked, name)
    every = reduce(DataFrame.unionAll, outcomes)
    linked = every.where(F.col("customer_id").isNotNull())
    return Links(
        crosswalk=linked.select("customer_id", "source", "source_key", "method", "confidence"),
        unlinked=every.where(F.col("customer_id").isNull()).select("source", "source_key", "reason"),
    )


def linked_to_persons(
    sources: Mapping[str, DataFrame], linking: LinkingParameters, resolution: Resolution, scratch: Scratch
) -> Links:
    """Link the records of all sources to the persons that a resolution of them found.

    Args:
        sources: silver frames by source name.
        linking: rules and policies.
        resolution: of :func:`.persons.person_records` of these sources.
        scratch: where the customers of persons are written.

    Raises:
        LinkingConfigurationError: a source or column that is not there.
    """
    clustered = scratch.keep(clustered_records(sources, linking, resolution), "customers")
    return customers_of_records(sources, linking, clustered)


def _with_customers(records: DataFrame, outcome: DataFrame, source: str) -> DataFrame:
    """Those of a source's records that a customer has, with its id: targets of the rules of other sources."""
    ids = outcome.where(F.col("source") == source).select("source_key", "customer_id")
    return records.join(ids, "source_key")


def _levels(sources: Mapping[str, DataFrame], linking: LinkingParameters) -> list[list[str]]:
    """Sources in the order of linking; those without rules wait for nobody."""
    levels = linking_levels(linking)
    free = [
        name
        for name in sources
        if name != linking.anchor and name not in linking.persons and not linking.rules_of(name)
    ]
    if not levels:
        return [free] if free else []
    # a source without rules may be a target: it goes before the others then
    targets = {rule.target for rule in linking.rules}
    early, late = [n for n in free if n in targets], [n for n in free if n not in targets]
    levels[0] += late
    return [early, *levels] if early else levels


def _anchors(records: DataFrame, source: str) -> DataFrame:
    """The anchor's records, each with the id of the customer that it makes."""
    return records.withColumns(
        {
            "source": F.lit(source),
            "customer_id": customer_id(F.lit(source), F.col("source_key")),
            "method": F.lit(ANCHOR_METHOD),
            "confidence": F.lit(1.0),
            "reason": F.lit(None).cast("string"),
        }
    )


def _with_policy(linked: DataFrame, linking: LinkingParameters) -> DataFrame:
    """Let records without a customer make one, where their source is configured so."""
    independent = [name for name in linking.unlinked if linking.policy(name) == "own_customer"]
    alone = F.col("customer_id").isNull() & F.col("source").isin(independent)
    own = {
        "customer_id": customer_id(F.col("source"), F.col("source_key")),
        "method": F.lit(ANCHOR_METHOD),
        "confidence": F.lit(1.0),
        "reason": F.lit(None).cast("string"),
    }
    changed = {name: F.when(alone, value).otherwise(F.col(name)) for name, value in own.items()}
    return linked.withColumns(changed).select(*_OUTCOME)


def check_linking(sources: Mapping[str, DataFrame], linking: LinkingParameters) -> None:
    """Check rules and policies against the sources' columns. Raises LinkingConfigurationError."""
    known = ", ".join(sources)
    for where, name in _mentioned(linking):
        if name not in sources:
            raise LinkingConfigurationError(
                f"{where}: there is no source '{name}'.{did_you_mean(name, sources)} Sources: {known}."
            )
    for source, attributes in linking.persons.items():
        missing = [column for column in attributes.values() if column not in sources[source].columns]
        if missing:
            raise LinkingConfigurationError(
                f"linking.persons.{source}: the source has no column {', '.join(missing)}."
                f"{did_you_mean(missing[0], sources[source].columns)} It has: {', '.join(sources[source].columns)}."
            )
    told = {linking.anchor, *linking.persons, *linking.unlinked, *(rule.source for rule in linking.rules)}
    silent = set(sources) - told
    if silent:
        raise LinkingConfigurationError(
            f"linking: nothing is said about the source {', '.join(sorted(silent))}. "
            "Give it a rule, or say under linking.unlinked what becomes of its records "
            "(own_customer or stay_unlinked)."
        )
    for rule in linking.rules:
        for source, columns in (
            (rule.source, (rule.column, rule.only_if)),
            (rule.target, (rule.target_column, rule.target_only_if)),
        ):
            missing = [name for name in columns if name and name not in sources[source].columns]
            if missing:
                raise LinkingConfigurationError(
                    f"linking rule '{rule.name}': the source '{source}' has no column {', '.join(missing)}."
                    f"{did_you_mean(missing[0], sources[source].columns)} It has: {', '.join(sources[source].columns)}."
                )


def _mentioned(linking: LinkingParameters) -> list[tuple[str, str]]:
    mentioned = [("linking.anchor", linking.anchor)] + [("linking.persons", name) for name in linking.persons]
    for rule in linking.rules:
        mentioned += [(f"linking rule '{rule.name}'", name) for name in (rule.source, rule.target)]
    return mentioned + [("linking.unlinked", name) for name in linking.unlinked]
