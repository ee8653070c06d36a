"""Checkpoints of Delta logs: with them a table is opened by its last commits, not by all there ever were."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec

from customer_360.lakehouse.delta_log import TableFolder

logger = logging.getLogger(__name__)

EVERY = 20  # commits
_SECONDS = 300


def add_checkpoints(tables: Iterable[TableFolder]) -> None:
    """Write a checkpoint for each table that has had :data:`EVERY` commits since its last one.

    Sail writes none (JVM Spark does by itself). Nothing depends on one: where the package ``deltalake`` is not
    installed, or writing fails, logs stay as they are.
    """
    due = [
        table.url.removeprefix("file://")
        for table in tables
        if (table.last_version or 0) - max(table.checkpoints, default=0) >= EVERY
    ]
    if not due or find_spec("deltalake") is None:
        return
    if any("://" in url for url in due):
        # deltalake may abort at the end of a process that used it on Azure: not in the process of a run
        command = [sys.executable, "-m", __name__, *due]
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            logger.debug("No checkpoints (%s).", type(error).__name__)
    else:
        write_checkpoints(due)


def write_checkpoints(urls: Sequence[str]) -> None:
    """Write a checkpoint of the last version of each table."""
    from deltalake import DeltaTable

    for url in urls:
        try:
            DeltaTable(url).create_checkpoint()
        except Exception as error:
            logger.debug("No checkpoint for %s (%s).", url, type(error).__name__)


if __name__ == "__main__":
    write_checkpoints(sys.argv[1:])
    os._exit(0)
