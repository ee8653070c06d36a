"""Who is who: records of persons in, links with their evidence and a cluster for every record out."""

from __future__ import annotations

from pyspark.sql import DataFrame

from customer_360.engine import Scratch
from customer_360.identity.full import Resolution, resolve_whole
from customer_360.identity.incremental import resolve_again
from customer_360.identity.score import TrainedModel
from customer_360.identity.state import Memory, State
from customer_360.parameters import IdentityModel

__all__ = ["Memory", "Resolution", "State", "resolve"]


def resolve(
    records: DataFrame,
    model: IdentityModel,
    scratch: Scratch,
    *,
    trained: TrainedModel | None = None,
    decisions: DataFrame | None = None,
    memory: Memory | None = None,
) -> Resolution:
    """Find out which records are of one person.

    Args:
        records: ``source, key`` (unique together) and any attributes of the model.
        model: how to compare, block, score and cluster.
        scratch: where intermediate tables may be written; remove it when the result has been used.
        trained: use these probabilities instead of estimating them.
        decisions: ``left_source, left_key, right_source, right_key, same`` BOOLEAN: what people decided.
        memory: where tables may be kept for the next resolution, and the state that the last one left there. Only
            what has changed since is resolved, unless so much has, or is configured otherwise, that everything
            must be (``Resolution.work`` says which, and why); ``Resolution.state`` is for the next one.

    Raises:
        TrainedModelError: ``trained`` belongs to other comparisons.
    """
    if memory is None:
        return resolve_whole(records, model, scratch, trained=trained, decisions=decisions).resolution()
    return resolve_again(records, model, scratch, memory, trained=trained, decisions=decisions)
