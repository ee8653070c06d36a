"""Patterns to scores: a mixture of three classes fitted by EM, the trained model, and the scorer that uses it."""

from .mixture import HOUSEHOLD, NON_MATCHES, PERSON, FloatArray, IntegerArray, Mixture, PatternCounts, unpack
from .scorer import FLOOR, FORBIDDEN, MATCH_WEIGHT, REQUIRED, Scorer
from .snapshot import ModelSnapshot
from .trained import TrainedModel, TrainedModelError
from .training import fit

__all__ = [
    "FLOOR",
    "FORBIDDEN",
    "HOUSEHOLD",
    "MATCH_WEIGHT",
    "NON_MATCHES",
    "PERSON",
    "REQUIRED",
    "FloatArray",
    "IntegerArray",
    "Mixture",
    "ModelSnapshot",
    "PatternCounts",
    "Scorer",
    "TrainedModel",
    "TrainedModelError",
    "fit",
    "unpack",
]
