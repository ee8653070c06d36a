"""``kedro maintain``: fewer and sorted files, none that nobody reads any more, short logs. Rows stay as they are."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from customer_360.cli.given import split_params_verbatim
from customer_360.foundation import print_result, protect_console, say
from customer_360.maintenance import MaintenanceJob, maintain_lakehouse
from customer_360.parameters import only_reading


@click.command(name="maintain")
@click.option(
    "--params", type=click.UNPROCESSED, default="", callback=split_params_verbatim,
    help="Settings, as for kedro run: lakehouse=/tmp/lakehouse,maintenance.retention_hours=336",
)  # fmt: skip
@click.option("--env", "-e", help="Kedro environment.")
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what would be done first.")
def maintain_command(*, params: dict[str, Any], env: str | None, dry_run: bool) -> None:
    """Keep the lakehouse fast and small: join small files, remove old ones, shorten logs.

    Rows stay as they are, and so do the versions that people read. A table is left alone where there is nothing to
    gain. No run can write meanwhile.
    """
    protect_console()
    begin = time.monotonic()
    bootstrap_project(Path.cwd())
    given = {**only_reading(params.get("lakehouse")), **params}
    with KedroSession.create(project_path=Path.cwd(), env=env, runtime_params=given) as session:
        job = MaintenanceJob.of(session)
    report = maintain_lakehouse(job, dry_run=dry_run, say=lambda text: say(text, error=True))
    if not report.tables:
        raise click.ClickException(f"There are no tables in {job.root} yet: kedro run writes them.")
    every_table = bool(click.get_current_context().params.get("verbose"))
    print_result(report.lines(every_table=every_table))
    if not dry_run:
        say(f"{job.root} maintained after {time.monotonic() - begin:.1f} s.")
