"""What a run needs around its nodes: checked settings, an engine, and source systems to read from."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.config import MissingConfigException, OmegaConfigLoader
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog, MemoryDataset

from customer_360.datasets import remove_leftovers
from customer_360.engine import abandon_engine, configure_engine, spark_session
from customer_360.hooks.onelake import OneLakeHooks
from customer_360.lakehouse import (
    PathError,
    check_project_path,
    check_writable,
    current_lakehouse,
    is_url,
    remove_links,
)
from customer_360.parameters import RunSettings, RunSettingsError, lakehouse_root
from customer_360.preflight import (
    enter,
    own_lakehouse,
    refuse_sources_without_address,
    refuse_unknown_environment,
    refuse_what_was_in_memory,
)

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext
    from kedro.pipeline import Pipeline

    from customer_360.sample_sources import SampleSystems

logger = logging.getLogger(__name__)


class EnvironmentHooks:
    """A name of no environment is said before anything is read from it."""

    @hook_impl(tryfirst=True)
    def after_context_created(self, context: KedroContext) -> None:
        """Raise RunSettingsError where the configuration has no such folder."""
        loader = context.config_loader
        refuse_unknown_environment(loader.env, Path(context.project_path) / str(loader.conf_source))


class RunSettingsHooks:
    """Validates the run settings and gives the nodes their run id and time."""

    def __init__(self) -> None:
        self._lakehouse = ""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Check the settings before anything else happens, and make a local lakehouse's path absolute.

        Raises:
            RunSettingsError: an unknown setting or a value that is not allowed.
        """
        try:
            check_project_path(Path(context.project_path))
        except PathError as error:
            raise RunSettingsError(str(error)) from None
        loader = context.config_loader
        runtime = dict(loader.runtime_params or {})
        if set(runtime) - set(
            RunSettings.model_fields
        ):  # (to read the files once more takes a third of a second)
            RunSettings.check_names(runtime, groups=_parameter_names(loader))
        configured = loader["globals"]["lakehouse"]
        settings = RunSettings.read(context.params, runtime)
        given = runtime.get("lakehouse", own_lakehouse(configured, settings))
        self._lakehouse = lakehouse_root(given, configured, Path(context.project_path))
        if not is_url(self._lakehouse):
            # for all alike: Kedro itself completes some paths of the catalog and leaves others to the current folder
            runtime["lakehouse"] = self._lakehouse
        if settings.sources == "live":  # also where conf/<environment>/parameters.yml says it
            said = {"crm_url": settings.crm_url, "marketing_url": settings.marketing_url}
            runtime |= {name: url for name, url in said.items() if url}
        if settings.full_pull or "full_pull" in runtime:
            runtime["full_pull"] = settings.full_pull
        loader.runtime_params = runtime

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Stop before the first write where nothing can be written, or something is needed that is gone.

        Raises:
            RunSettingsError: the local lakehouse cannot be written, the part that is to run needs what was in
                memory, or nothing says where a live system is.
        """
        refuse_what_was_in_memory(pipeline, catalog)
        refuse_sources_without_address(pipeline, catalog)
        if not is_url(self._lakehouse):
            try:
                check_writable(self._lakehouse, "The lakehouse")
            except PathError as error:
                raise RunSettingsError(str(error)) from None

    def on_interrupt(self) -> None:
        """The links to folders with odd names end with the process."""
        remove_links()

    @hook_impl
    def after_catalog_created(self, catalog: DataCatalog, save_version: str | None) -> None:
        """Run id and time are data: nodes take them as inputs and stay pure."""
        now = datetime.now(UTC)
        catalog["run_id"] = MemoryDataset(save_version or now.strftime("%Y-%m-%dT%H.%M.%S.%fZ"))
        catalog["run_time"] = MemoryDataset(now, copy_mode="assign")


class EngineHooks:
    """Starts the engine that the settings name: when a run begins, or a dataset is loaded without one."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Read the engine and its options from the configuration. Nothing is started yet."""
        engine = context.params.get("engine", "sail")
        options: dict[str, Any] = {}
        with suppress(MissingConfigException):
            options |= context.config_loader["spark"].get(engine) or {}
        if engine == "spark":
            options |= OneLakeHooks.spark_options(context)
        configure_engine(engine, options)

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Start it; an engine that cannot start stops the run here, before any node."""
        spark_session()

    def on_interrupt(self) -> None:
        """Nothing is written after this."""
        abandon_engine()


class SourceHooks:
    """Sample source systems for runs with ``sources=sample``, and the cleaning up of staged pulls."""

    def __init__(self) -> None:
        self._systems: SampleSystems | None = None
        self._settings = RunSettings()
        self._lakehouse = ""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Reserve the sample servers' address, so that the catalog can name it. Nothing is started yet."""
        self._systems = None
        self._settings = settings = RunSettings.read(context.params, {})
        loader = context.config_loader
        self._lakehouse = lakehouse = current_lakehouse(loader)  # OneLake has filled in its address by now
        if settings.sources != "sample":
            return
        from customer_360.sample_sources import SampleSystems

        if is_url(lakehouse):
            raise RunSettingsError(
                f"sources=sample writes its files into a local lakehouse, not into {lakehouse}. "
                "Use sources=live there."
            )
        self._systems = SampleSystems(
            cache=Path(context.project_path) / "data" / "sample_sources",
            landing=Path(context.project_path) / lakehouse / "Files" / "landing",
            customers=settings.sample_customers,
            seed=settings.sample_seed,
        )
        urls = {"crm_url": self._systems.url, "marketing_url": self._systems.url}
        context.config_loader.runtime_params = {**(context.config_loader.runtime_params or {}), **urls}

    @hook_impl
    def before_pipeline_run(self, pipeline: Pipeline) -> None:
        """Generate and serve, if this run reads a source at all.

        Raises:
            RunSettingsError: the lakehouse holds the records of other systems, or of another sample.
        """
        if not any(name.startswith("source_") for name in pipeline.inputs()):
            return
        enter(self._lakehouse, self._settings)
        if self._systems:
            for kept in self._systems.start():
                logger.warning(
                    "Files/landing/%s was not written by the sample sources: it stays and is used as it is.",
                    kept,
                )

    @hook_impl
    def after_pipeline_run(self, catalog: DataCatalog) -> None:
        """Remove what was staged and stop the servers."""
        self._finish(catalog)

    @hook_impl
    def on_pipeline_error(self, catalog: DataCatalog) -> None:
        """The same after a failure: nothing half-pulled stays behind."""
        self._finish(catalog)

    def on_interrupt(self) -> None:
        """Raw records do not stay behind."""
        remove_leftovers()

    def _finish(self, catalog: DataCatalog) -> None:
        for name in list(catalog):
            if name.startswith(("source_", "typed_")) or name.endswith("_scratch"):
                try:
                    catalog.release(name)
                except Exception as error:  # the run's own result or error matters more than its left-overs
                    logger.warning(
                        "The staged files of %s could not be removed (%s).", name, type(error).__name__
                    )
        if self._systems:
            self._systems.stop()


def _parameter_names(loader: Any) -> list[str]:
    """Top-level parameters that the configuration files declare, without those that came with the run."""
    files = OmegaConfigLoader(
        conf_source=loader.conf_source,
        env=loader.env,
        base_env=loader.base_env,
        default_run_env=loader.default_run_env,
        config_patterns=loader.config_patterns,
    )
    return list(files["parameters"])
