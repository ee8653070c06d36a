"""Who is who: which records of the sources are the same customer. Records of persons in, clusters with evidence out.

Knows no source and no id over time. :func:`resolve` is the way through the rooms: :mod:`.prepare`, :mod:`.compare`,
:mod:`.blocking`, :mod:`.score`, :mod:`.cluster`; :mod:`.full` resolves a whole file, :mod:`.incremental` what changed.
"""

from .full import Resolution
from .model_check import IdentityModelError, check_model
from .prepare import comparable_value, is_nothing, union, without_tag
from .report import latest_model, model_row, resolution_report
from .resolver import (
    block_records,
    cluster_records,
    compare_candidates,
    prepare_records,
    remembered_resolution,
    resolve,
    score_candidates,
    train_model,
)
from .score import ModelSnapshot, TrainedModel, TrainedModelError
from .state import Memory, State
from .steps import Blocked, Clustered, Compared, Prepared, Scored, Work, Workplace

__all__ = [
    "Blocked",
    "Clustered",
    "Compared",
    "IdentityModelError",
    "Memory",
    "ModelSnapshot",
    "Prepared",
    "Resolution",
    "Scored",
    "State",
    "TrainedModel",
    "TrainedModelError",
    "Work",
    "Workplace",
    "block_records",
    "check_model",
    "cluster_records",
    "comparable_value",
    "compare_candidates",
    "is_nothing",
    "latest_model",
    "model_row",
    "prepare_records",
    "remembered_resolution",
    "resolution_report",
    "resolve",
    "score_candidates",
    "train_model",
    "union",
    "without_tag",
]
