"""From silver records to the customers that they belong to, persons first and all other sources by their rules."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame

from customer_360.engine import Scratch
from customer_360.identity import Memory, Resolution, TrainedModel, resolve
from customer_360.linking.links import Links, customers_of_records
from customer_360.linking.persons import clustered_records, decided_persons, person_records
from customer_360.parameters import IdentityModel, LinkingParameters


def resolve_records(
    sources: Mapping[str, DataFrame],
    linking: LinkingParameters,
    identity: IdentityModel,
    *,
    decided: DataFrame,
    trained: TrainedModel | None,
    scratch: Scratch,
    memory: Memory | None = None,
) -> tuple[Resolution, Links]:
    """Resolve persons, and link the records of all sources to them.

    Args:
        sources: silver frames by source name.
        linking: rules and policies.
        identity: the model.
        decided: decisions in force (:func:`customer_360.stewardship.as_pairs`).
        trained: score with these probabilities; None: train.
        scratch: where intermediate tables may be written.
        memory: see :func:`.resolve.resolve`; None: resolve everything.

    Raises:
        TrainedModelError: ``trained`` belongs to other comparisons.
        LinkingConfigurationError: a source or column that is not there.
    """
    resolution = resolve(
        person_records(sources, linking),
        identity,
        scratch,
        trained=trained,
        decisions=decided_persons(decided, sources, linking),
        memory=memory,
    )
    clustered = scratch.keep(clustered_records(sources, linking, resolution), "customers")
    return resolution, customers_of_records(sources, linking, clustered)
