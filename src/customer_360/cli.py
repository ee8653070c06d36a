"""The project's command line: Kedro's own commands, with a ``run`` that people can read."""

from __future__ import annotations

import copy
import logging
import sys
from typing import Any

import click
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.project import LOGGING
from kedro.io.core import DatasetError
from kedro.validation import ParameterValidationError

from customer_360.change_log import RepeatedKeyError, SourceShrankError
from customer_360.cli_diff import identity_diff
from customer_360.cli_identity import explain_link
from customer_360.cli_resolve import resolve_file
from customer_360.engine import EngineError
from customer_360.parameters.run import RunSettingsError
from customer_360.quality.rules import RuleError

# What a user can mend: shown as one message. Everything else is a bug and shows its traceback.
EXPECTED_ERRORS = (
    DatasetError,
    EngineError,
    ParameterValidationError,
    RepeatedKeyError,
    RuleError,
    RunSettingsError,
    SourceShrankError,
)


@click.group(name="customer_360")
def cli() -> None:
    """Commands of customer_360."""


def _run(verbose: bool, **kwargs: Any) -> Any:
    if verbose:
        LOGGING.set_project_logging("customer_360")
        for name in ("kedro", "kedro.pipeline.node", "kedro.runner", "customer_360", "py.warnings"):
            logging.getLogger(name).setLevel(logging.INFO)
    assert kedro_run.callback is not None
    try:
        return kedro_run.callback(**kwargs)
    except EXPECTED_ERRORS as error:
        if verbose:
            raise
        click.secho(f"\nThe run stopped: {error}", fg="red", err=True)
        click.echo("(--verbose shows Kedro's log and the traceback.)", err=True)
        sys.exit(1)


run = copy.copy(kedro_run)
run.callback = _run
run.params = [
    *kedro_run.params,
    click.Option(["--verbose"], is_flag=True, help="Show Kedro's log and full tracebacks."),
]
cli.add_command(run, name="run")
cli.add_command(explain_link)
cli.add_command(identity_diff)
cli.add_command(resolve_file)
