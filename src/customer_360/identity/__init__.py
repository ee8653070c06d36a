"""Who is who: which records of the sources are the same customer. Records of persons in, clusters with evidence out.

Knows no source and no id over time. :func:`resolve` is the way through the rooms: :mod:`.prepare`, :mod:`.compare`,
:mod:`.blocking`, :mod:`.score`, :mod:`.cluster`; :mod:`.full` resolves a whole file, :mod:`.incremental` what changed.
"""

from .full import Resolution
from .model_check import IdentityModelError, check_model
from .prepare import comparable_value, is_nothing, union, without_tag
from .report import latest_model, model_row, resolution_report
from .resolver import resolve
from .score import TrainedModel, TrainedModelError
from .state import Memory, State

__all__ = [
    "IdentityModelError",
    "Memory",
    "Resolution",
    "State",
    "TrainedModel",
    "TrainedModelError",
    "check_model",
    "comparable_value",
    "is_nothing",
    "latest_model",
    "model_row",
    "resolution_report",
    "resolve",
    "union",
    "without_tag",
]
