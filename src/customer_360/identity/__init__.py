"""Who is who: which records of the sources are the same customer. Records of persons in, clusters with evidence out.

Knows no source and no id over time. :func:`resolve` is the way through the rooms: :mod:`.prepare`, :mod:`.compare`,
:mod:`.blocking`, :mod:`.score`, :mod:`.cluster`; :mod:`.full` resolves a whole file, :mod:`.incremental` what changed.
"""

from .full import Resolution
from .model_check import IdentityModelError, check_model
from .prepare import comparable_value, is_nothing, without_tag
from .report import latest_model, model_row, resolution_report
from .resolver import (
    block_step,
    cluster_step,
    compare_step,
    prepare_step,
    remembered_resolution,
    resolve,
    score_step,
    train_step,
)
from .score import ModelSnapshot, TrainedModel, TrainedModelError
from .state import Memory, State
from .steps import (
    Candidates,
    Comparisons,
    Persons,
    Prepared,
    Scores,
    Work,
    Workplace,
    nothing_to_prepare,
)

__all__ = [
    "Candidates",
    "Comparisons",
    "IdentityModelError",
    "Memory",
    "ModelSnapshot",
    "Persons",
    "Prepared",
    "Resolution",
    "Scores",
    "State",
    "TrainedModel",
    "TrainedModelError",
    "Work",
    "Workplace",
    "block_step",
    "check_model",
    "cluster_step",
    "comparable_value",
    "compare_step",
    "is_nothing",
    "latest_model",
    "model_row",
    "nothing_to_prepare",
    "prepare_step",
    "remembered_resolution",
    "resolution_report",
    "resolve",
    "score_step",
    "train_step",
    "without_tag",
]
