"""Kedro project settings: https://docs.kedro.org/en/stable/kedro_project_setup/settings/."""

from __future__ import annotations

from customer_360.console import ConsoleHooks, DecisionHooks
from customer_360.datasets import EngineCatalog
from customer_360.hooks import (
    EngineHooks,
    EnvironmentHooks,
    LeaseGuardHooks,
    LeaseHooks,
    OneLakeHooks,
    PersonalValuesHooks,
    RunSettingsHooks,
    SecondLookHooks,
    SourceHooks,
    TableHooks,
)
from customer_360.source_files import SourceFilesLoader

_CONSOLE = ConsoleHooks()
_LEASE = LeaseHooks(say=_CONSOLE.say)

# Kedro calls the last one first: say what runs, check the settings, find the lakehouse, become its only writer,
# start the engine, look at the tables, then start the sources, and see whose values they are.
HOOKS = (
    EnvironmentHooks(),
    PersonalValuesHooks(),
    DecisionHooks(say=_CONSOLE.say),
    SecondLookHooks(),
    SourceHooks(),
    TableHooks(say=_CONSOLE.say, before_writing=_LEASE.before_dataset_saved),
    EngineHooks(),
    _LEASE,
    LeaseGuardHooks(_LEASE),
    OneLakeHooks(),
    RunSettingsHooks(),
    _CONSOLE,
)

# Datasets start the configured engine when one of them is first loaded, in notebooks and scripts too.
DATA_CATALOG_CLASS = EngineCatalog

# Kedro's telemetry would call home at every run; .telemetry says the same to its command line.
DISABLE_HOOKS_FOR_PLUGINS = ("kedro-telemetry",)

# Reads conf/*/sources too: what a source's file declares is part of the catalog and of the parameters.
CONFIG_LOADER_CLASS = SourceFilesLoader

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment, or --params ingestion.max_deleted_share=1, changes what it names and keeps the rest.
    "merge_strategy": {"parameters": "soft", "spark": "soft"},
    "config_patterns": {"spark": ["spark*", "spark*/**"]},
}
