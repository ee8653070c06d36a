"""The packaged project inside a Fabric notebook: one call runs it on the notebook's own Spark session.

Kedro is imported by :func:`run` only, after its logging is configured: its default handler hides errors there.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customer_360.fabric.summary import Summary
from customer_360.onelake import LakehouseAddress, OneLakeError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from customer_360.console import ConsoleHooks

PACKAGE = "customer_360"
CONF_ARCHIVE = f"Files/{PACKAGE}/conf-{PACKAGE}.tar.gz"

_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"simple": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "notebook": {"class": "logging.StreamHandler", "formatter": "simple", "stream": "ext://sys.stdout"}
    },
    "loggers": {"kedro": {"level": "WARNING"}, PACKAGE: {"level": "INFO"}},
    "root": {"level": "WARNING", "handlers": ["notebook"]},
}


class RunFailedError(RuntimeError):
    """The run stopped; the message says why and what to do."""


def run(
    spark: SparkSession,
    *,
    pipelines: str | list[str] = "",
    environment: str = "onelake",
    parameters: str | Mapping[str, Any] = "",
    workspace: str = "",
    lakehouse: str = "",
    conf_source: str = "",
) -> Summary:
    """Run the project on the notebook's session.

    Args:
        spark: the session that the notebook has.
        pipelines: names separated by commas; blank: the whole flow.
        environment: of the configuration.
        parameters: run settings as ``kedro run --params`` takes them, as a mapping or as JSON text.
        workspace, lakehouse: where to write, two names or two GUIDs; blank: the notebook's default lakehouse.
            A ``lakehouse`` among the parameters (any path or URL) goes before them.
        conf_source: configuration folder or archive, a local path or ``abfss://``; blank: the archive that
            ``make deploy`` puts into the lakehouse (:data:`CONF_ARCHIVE`).

    Raises:
        RunFailedError: a mistake that can be mended: settings, sources, access. Anything else as it comes.
    """
    with prepared(parameters, workspace, lakehouse, conf_source) as (settings, configuration):
        return _run(spark, _names(pipelines), environment, settings, configuration)


@contextmanager
def prepared(
    parameters: str | Mapping[str, Any], workspace: str, lakehouse: str, conf_source: str
) -> Iterator[tuple[dict[str, Any], str]]:
    """Settings and configuration, as :func:`run` takes what they come from.

    Raises:
        RunFailedError: what can be mended, here and within the block.
    """
    os.environ["DO_NOT_TRACK"] = "1"
    settings = _parameters(parameters)
    try:
        root = str(settings.get("lakehouse") or _address(workspace, lakehouse).root)
        settings |= {"lakehouse": root, "engine": settings.get("engine", "active")}
        with _local_configuration(conf_source or f"{root}/{CONF_ARCHIVE}") as configuration:
            yield settings, configuration
    except Exception as error:
        if message := _explain(error):
            raise RunFailedError(message) from None
        raise


def _run(
    spark: SparkSession, pipelines: list[str], environment: str, settings: dict[str, Any], configuration: str
) -> Summary:
    console = prepare_kedro()
    from kedro.framework.session import KedroSession

    from customer_360.engine import use_session

    use_session(spark)
    session: Any
    with KedroSession.create(env=environment, conf_source=configuration, runtime_params=settings) as session:
        try:
            session.run(pipeline_names=pipelines or None)
        finally:
            _give_up_lease()  # Kedro tells no hook that a cell was cancelled
    outcome = console.outcome
    assert outcome is not None
    return Summary(
        lakehouse=settings["lakehouse"],
        pipelines=tuple(pipelines),
        seconds=round(outcome.seconds, 1),
        rows={name.replace("_", "/", 1): rows for name, rows in outcome.rows.items()},
        report=tuple(outcome.report),
        versions={name.replace("_", "/", 1): version for name, version in outcome.versions.items()},
    )


def _give_up_lease() -> None:
    from kedro.framework.project import settings

    from customer_360.hooks import LeaseHooks

    for hook in settings.HOOKS:
        if isinstance(hook, LeaseHooks):
            hook.release()


def prepare_kedro() -> ConsoleHooks:
    """Import and configure Kedro so that a notebook shows what happens; gives the hooks that print it."""
    with tempfile.NamedTemporaryFile("w", suffix=".yml", delete=False) as file:
        json.dump(_LOGGING, file)  # JSON is YAML
    os.environ["KEDRO_LOGGING_CONFIG"] = file.name
    from kedro.framework.project import LOGGING, configure_project
    from kedro.framework.project import settings as project_settings
    from rich.console import Console

    LOGGING.configure(_LOGGING)  # where the notebook had imported Kedro before
    Path(file.name).unlink()
    os.environ.pop("KEDRO_LOGGING_CONFIG")
    configure_project(PACKAGE)
    from customer_360.console import ConsoleHooks

    hooks: ConsoleHooks = next(one for one in project_settings.HOOKS if isinstance(one, ConsoleHooks))
    # ipykernel says that it is a terminal, and Rich would draw on it
    console = Console(
        file=sys.stdout, force_jupyter=False, force_terminal=False, width=120, highlight=False, soft_wrap=True
    )
    hooks.print_to(console)
    return hooks


def _explain(error: Exception) -> str | None:
    """One message for what can be mended; None for bugs, whose traceback matters."""
    if isinstance(error, RunFailedError | OneLakeError):
        return str(error)
    from customer_360.expected_errors import expected_message

    message = expected_message(error)
    if message:
        logging.getLogger(__name__).debug("The run stopped.", exc_info=error)
    return message


def _names(pipelines: str | list[str]) -> list[str]:
    given = pipelines.split(",") if isinstance(pipelines, str) else pipelines
    return [name.strip() for name in given if name.strip()]


def _parameters(given: str | Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a pipeline arrive as text; numbers in it are checked by the run settings themselves."""
    if not isinstance(given, str):
        return dict(given)
    if not given.strip():
        return {}
    try:
        parsed = json.loads(given)
    except ValueError as error:
        raise RunFailedError(
            f"The notebook's parameters are not valid JSON: {error}. Write {{}} for none."
        ) from None
    if not isinstance(parsed, dict):
        raise RunFailedError('The notebook\'s parameters must be a JSON object such as {"sources": "live"}.')
    return parsed


def _address(workspace: str, lakehouse: str) -> LakehouseAddress:
    if not workspace.strip() and not lakehouse.strip():
        import notebookutils

        context = notebookutils.runtime.context
        lakehouse = str(context.get("defaultLakehouseId") or "")
        workspace = str(context.get("defaultLakehouseWorkspaceId") or context.get("currentWorkspaceId") or "")
        if not lakehouse:
            raise RunFailedError(
                "The notebook has no default lakehouse. Attach one (Lakehouses, Add), or set the parameters "
                "workspace and lakehouse to two names or two GUIDs."
            )
    return LakehouseAddress.of(workspace, lakehouse, where="as parameters of the notebook")


@contextmanager
def _local_configuration(source: str) -> Iterator[str]:
    """A configuration folder or archive that Kedro can read: a copy on this disk where it is in OneLake."""
    if not source.startswith("abfss://"):
        if not Path(source).exists():
            raise RunFailedError(f"There is no configuration at {source}. {_HOW_TO_BRING_IT}")
        yield source
        return
    from customer_360.onelake import OneLakeFileSystem

    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder) / source.rpartition("/")[2]
        try:
            local.write_bytes(OneLakeFileSystem().cat_file(source))
        except FileNotFoundError:
            raise RunFailedError(f"There is no configuration at {source}. {_HOW_TO_BRING_IT}") from None
        yield str(local)


_HOW_TO_BRING_IT = (
    f"make deploy puts it there; by hand: upload dist/conf-{PACKAGE}.tar.gz to Files/{PACKAGE}."
)
