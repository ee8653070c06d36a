"""What to try after a run: commands that work as they are printed, on the lakehouse that the run wrote to."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from customer_360.parameters import RunSettings, RunSettingsError
from customer_360.preflight import lakehouse_of, own_lakehouse

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext

MORE_CUSTOMERS = 5_000
_OF_A_SAMPLE = ("sources", "sample_customers", "sample_seed")


@dataclass(frozen=True)
class Given:
    """What a run was told, as a person would type it again.

    Attributes:
        settings: of the run.
        typed: what came with ``--params``.
        lakehouse: where the run writes, if not to the configured lakehouse.
        env: Kedro environment, if not the usual one.
    """

    settings: RunSettings = field(default_factory=RunSettings)
    typed: Mapping[str, Any] = field(default_factory=dict)
    lakehouse: str | None = None
    env: str | None = None

    @classmethod
    def of(cls, context: KedroContext) -> Given:
        """As it was typed, before other hooks complete it."""
        loader = context.config_loader
        typed, configured = dict(loader.runtime_params or {}), loader["globals"]["lakehouse"]
        try:
            settings = RunSettings.read(context.params, {})
        except RunSettingsError:  # which those who check the settings say
            return cls()
        lakehouse = str(typed.get("lakehouse") or own_lakehouse(configured, settings))
        return cls(
            settings=settings,
            typed=typed,
            lakehouse=None if lakehouse == configured else lakehouse,
            env=None if loader.env in (None, getattr(loader, "default_run_env", None)) else loader.env,
        )

    def command(self, command: str, **params: Any) -> str:
        """A command with these ``--params`` (None: left out) and this run's environment."""
        text = ",".join(f"{name}={value}" for name, value in params.items() if value is not None)
        env = f" --env {shlex.quote(self.env)}" if self.env else ""
        return f"{command}{env} --params {shlex.quote(text)}" if text else f"{command}{env}"


def next_steps(given: Given) -> list[tuple[str, str]]:
    """Commands to try next, and what each is for."""
    steps = [
        (
            given.command("kedro viz run", lakehouse=given.lakehouse),
            "the pipelines, tables and charts in a browser",
        )
    ]
    if given.settings.sources == "live":
        return steps
    again = {name: given.typed[name] for name in _OF_A_SAMPLE if name in given.typed}
    explicit = given.typed.get("lakehouse")
    if given.settings.sample_customers < MORE_CUSTOMERS:
        beside = None
        if explicit is not None:
            beside = lakehouse_of(str(explicit), MORE_CUSTOMERS, given.settings.sample_seed)
        more = {**again, "sample_customers": MORE_CUSTOMERS, "lakehouse": beside}
        steps.append((given.command("kedro run", **more), "more customers, in a lakehouse of their own"))
    if given.settings.engine != "spark":
        spark = {"engine": "spark", **again, "lakehouse": explicit}
        steps.append((given.command("kedro run", **spark), "the same on JVM Spark (needs Java)"))
    return steps
