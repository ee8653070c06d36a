"""Kedro project settings: https://docs.kedro.org/en/stable/kedro_project_setup/settings/."""

from __future__ import annotations

from customer_360.console import ConsoleHooks
from customer_360.hooks import EngineHooks, RunSettingsHooks, SourceHooks
from customer_360.onelake.hooks import OneLakeHooks

# Kedro calls the last one first: say what runs, check the settings, find the lakehouse, start the
# engine, then the sources.
HOOKS = (SourceHooks(), EngineHooks(), OneLakeHooks(), RunSettingsHooks(), ConsoleHooks())

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    "config_patterns": {"spark": ["spark*", "spark*/**"]},
    "merge_strategy": {"spark": "soft"},  # an environment adds to an engine's options
}
