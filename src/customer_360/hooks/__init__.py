"""What Kedro tells the project about runs: settings, engine, sources, the lease, the tables. One module per concern."""

from .lease import LeaseGuardHooks, LeaseHooks
from .onelake import OneLakeHooks
from .personal_values import PersonalValuesHooks
from .run import EngineHooks, EnvironmentHooks, RunSettingsHooks, SourceHooks
from .second_look import SecondLookHooks
from .tables import TableHooks

__all__ = [
    "EngineHooks",
    "EnvironmentHooks",
    "LeaseGuardHooks",
    "LeaseHooks",
    "OneLakeHooks",
    "PersonalValuesHooks",
    "RunSettingsHooks",
    "SecondLookHooks",
    "SourceHooks",
    "TableHooks",
]
