"""From silver records to the customers that they belong to, persons first and all other sources by their rules."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame

from customer_360.identity import decisions as by_hand
from customer_360.identity import link, persons
from customer_360.identity.resolve import Memory, Resolution, resolve
from customer_360.identity.trained import TrainedModel
from customer_360.parameters.enrichment import LinkingParameters
from customer_360.parameters.identity import IdentityModel
from customer_360.scratch import Scratch


def place_records(
    sources: Mapping[str, DataFrame],
    linking: LinkingParameters,
    identity: IdentityModel,
    *,
    decisions: DataFrame,
    trained: TrainedModel | None,
    scratch: Scratch,
    memory: Memory | None = None,
) -> tuple[Resolution, link.Links]:
    """Resolve persons, and link the records of all sources to them.

    Args:
        sources: silver frames by source name.
        linking: rules and policies.
        identity: the model.
        decisions: checked decisions (``gold_identity_decisions``).
        trained: score with these probabilities; None: train.
        scratch: where intermediate tables may be written.
        memory: see :func:`.resolve.resolve`; None: resolve everything.

    Raises:
        TrainedModelError: ``trained`` belongs to other comparisons.
        LinkingConfigurationError: a source or column that is not there.
    """
    resolution = resolve(
        persons.person_records(sources, linking),
        identity,
        scratch,
        trained=trained,
        decisions=by_hand.as_pairs(persons.decided_persons(decisions, sources, linking)),
        memory=memory,
    )
    clustered = scratch.keep(persons.clustered_records(sources, linking, resolution), "customers")
    return resolution, link.link_records(sources, linking, clustered)
