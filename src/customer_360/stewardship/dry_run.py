"""A dry run: the clusters that another model would give. Nothing is written to the tables."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity import TrainedModel, resolve
from customer_360.linking import decided_persons, linked_to_persons, person_records
from customer_360.parameters import IdentityModel, LinkingParameters
from customer_360.stewardship.decisions import as_pairs


def dry_run_clusters(
    sources: Mapping[str, DataFrame],
    linking: LinkingParameters,
    identity: IdentityModel,
    *,
    decisions: DataFrame,
    trained: TrainedModel | None,
    scratch: Scratch,
) -> DataFrame:
    """Resolve and link all records, as a full run with these parameters does.

    Args:
        sources: silver frames by source name.
        linking: rules and policies.
        identity: the model to try.
        decisions: checked decisions (``gold_identity_decisions``).
        trained: score with these probabilities; None: train.
        scratch: where intermediate tables may be written.

    Returns:
        ``source, source_key, cluster_id`` of every record that would belong to a customer.

    Raises:
        TrainedModelError: ``trained`` belongs to other comparisons.
        LinkingConfigurationError: a source or column that is not there.
    """
    resolution = resolve(
        person_records(sources, linking),
        identity,
        scratch,
        trained=trained,
        decisions=decided_persons(as_pairs(decisions), sources, linking),
    )
    links = linked_to_persons(sources, linking, resolution, scratch)
    clusters = links.crosswalk.select("source", "source_key", F.col("customer_id").alias("cluster_id"))
    return scratch.keep(clusters, "clusters")
