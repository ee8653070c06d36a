"""Frozen pydantic models of ``conf/base/parameters_*.yml``: a misspelt key stops the run before any node."""

from .cleaning import CleaningParameters, CleaningSettings, Rule, ShapeLimits, SourceShape
from .enrichment import (
    ANCHOR_METHOD,
    AttributeGroup,
    AttributeSource,
    GroupSource,
    LinkingParameters,
    LinkingRule,
    MetricsParameters,
    Normaliser,
    ProfileParameters,
    ReviewParameters,
    UnlinkedPolicy,
    linking_levels,
    ticket_column,
)
from .explain import MODELS, explain_parameters, read_group
from .identity import (
    MAX_LEVEL_CODE,
    AttributeKind,
    BlockingParameters,
    BlockingRule,
    ClusteringParameters,
    Comparison,
    IdentityModel,
    PairRule,
    TrainingParameters,
)
from .ingestion import FieldName, IngestionParameters, SourceIngestion
from .maintenance import MINIMUM_RETENTION_HOURS, MaintenanceParameters
from .names import UnknownNameError, check_name, check_named
from .run import RunSettings, RunSettingsError, lakehouse_root, only_reading

__all__ = [
    "ANCHOR_METHOD",
    "MAX_LEVEL_CODE",
    "MINIMUM_RETENTION_HOURS",
    "MODELS",
    "AttributeGroup",
    "AttributeKind",
    "AttributeSource",
    "BlockingParameters",
    "BlockingRule",
    "CleaningParameters",
    "CleaningSettings",
    "ClusteringParameters",
    "Comparison",
    "FieldName",
    "GroupSource",
    "IdentityModel",
    "IngestionParameters",
    "LinkingParameters",
    "LinkingRule",
    "MaintenanceParameters",
    "MetricsParameters",
    "Normaliser",
    "PairRule",
    "ProfileParameters",
    "ReviewParameters",
    "Rule",
    "RunSettings",
    "RunSettingsError",
    "ShapeLimits",
    "SourceIngestion",
    "SourceShape",
    "TrainingParameters",
    "UnknownNameError",
    "UnlinkedPolicy",
    "check_name",
    "check_named",
    "explain_parameters",
    "lakehouse_root",
    "linking_levels",
    "only_reading",
    "read_group",
    "ticket_column",
]
