"""The project's command line: Kedro's own commands, with a ``run`` that people can read."""

from __future__ import annotations

import copy
import logging
import shutil
import sys
from contextlib import suppress
from typing import Any

import click
from kedro.framework.cli.project import package as kedro_package
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.project import LOGGING, settings
from kedro.framework.startup import ProjectMetadata

from customer_360.cli.absent import add_absent_commands
from customer_360.cli.customer import customer
from customer_360.cli.explain_link import explain_link
from customer_360.cli.given import split_params_verbatim
from customer_360.cli.identity_diff import identity_diff
from customer_360.cli.maintain import maintain_command
from customer_360.cli.notebooks import ipython, jupyter
from customer_360.cli.packaging import write_configuration
from customer_360.cli.resolve import resolve_file
from customer_360.cli.sql import sql
from customer_360.console import ConsoleHooks
from customer_360.engine import engine_of_its_own
from customer_360.expected_errors import expected_message, told_in_a_sentence
from customer_360.foundation import ending_at_once, protect_console, remove_temporary_folders, say
from customer_360.hooks import LeaseHooks
from customer_360.maintenance import release_maintenance_lease
from customer_360.preflight import refuse_unknown_names, refuse_what_cannot_work


@click.group(name="customer_360")
def cli() -> None:
    """Commands of customer_360."""


_INTERRUPTED = (
    "Interrupted: the run has ended. Nothing is half written; the next run continues where this one stopped."
)


def _give_up() -> None:
    """What a run that is ended from outside leaves in order: the terminal, staged files, the engine, the lease."""
    for hook in sorted(settings.HOOKS, key=lambda hook: not isinstance(hook, ConsoleHooks)):
        if hasattr(hook, "on_interrupt"):
            with suppress(Exception):
                hook.on_interrupt()
    remove_temporary_folders()


def _give_up_maintenance() -> None:
    """The same of maintenance: first its engine, so that nothing is written without the lease."""
    _give_up()
    release_maintenance_lease(interrupted=True)


def _lease() -> LeaseHooks:
    return next(hook for hook in settings.HOOKS if isinstance(hook, LeaseHooks))


def _console() -> ConsoleHooks:
    return next(hook for hook in settings.HOOKS if isinstance(hook, ConsoleHooks))


def _run(verbose: bool, **kwargs: Any) -> Any:
    protect_console()
    _console().verbose = verbose
    if verbose:
        LOGGING.set_project_logging("customer_360")
        for name in ("kedro", "kedro.pipeline.node", "kedro.runner", "customer_360", "py.warnings"):
            logging.getLogger(name).setLevel(logging.INFO)
    assert kedro_run.callback is not None
    try:
        with ending_at_once(_give_up, _INTERRUPTED) as end, engine_of_its_own():
            refuse_what_cannot_work(kwargs)
            refuse_unknown_names(kwargs)
            _lease().end_run = lambda message: end(f"The run stopped: {message}", 1)
            return kedro_run.callback(**kwargs)
    except Exception as error:
        message = expected_message(error)
        if verbose or message is None:
            raise
        say(f"\nThe run stopped: {message}", colour="red", error=True)
        say("(--verbose shows Kedro's log and the traceback.)", error=True)
        sys.exit(1)


def _with_verbatim_params(option: click.Parameter) -> click.Parameter:
    if option.name == "params":
        option = copy.copy(option)
        option.callback = split_params_verbatim
    return option


run = copy.copy(kedro_run)
run.callback = _run
run.params = [
    *map(_with_verbatim_params, kedro_run.params),
    click.Option(["--verbose"], is_flag=True, help="Show Kedro's log, all tables and full tracebacks."),
]
cli.add_command(run, name="run")
cli.add_command(explain_link)
cli.add_command(ipython)
cli.add_command(jupyter)


for command in (explain_link, customer, identity_diff, maintain_command, resolve_file, sql):
    assert command.callback is not None
    command.callback = told_in_a_sentence(command.callback)
    command.params.append(click.Option(["--verbose"], is_flag=True, help="Show full tracebacks."))
for command in (customer, identity_diff, resolve_file, sql):
    assert command.callback is not None
    command.callback = engine_of_its_own()(command.callback)
    command.callback = ending_at_once(_give_up, "Interrupted: nothing was written.")(command.callback)
    cli.add_command(command)
assert maintain_command.callback is not None
maintain_command.callback = engine_of_its_own()(maintain_command.callback)
maintain_command.callback = ending_at_once(
    _give_up_maintenance, "Interrupted: what was finished stays; kedro maintain does the rest."
)(maintain_command.callback)
cli.add_command(maintain_command)


@click.pass_obj
def _package(metadata: ProjectMetadata) -> None:
    shutil.rmtree(metadata.project_path / "build", ignore_errors=True)  # or modules that are gone would ship
    assert kedro_package.callback is not None
    kedro_package.callback()
    # Kedro's own archive would take along any file but conf/local/*.yml: also credentials.
    archive = metadata.project_path / "dist" / f"conf-{metadata.package_name}.tar.gz"
    write_configuration(metadata.project_path / "conf", archive)


package = copy.copy(kedro_package)
package.callback = _package
cli.add_command(package, name="package")
add_absent_commands(cli)
