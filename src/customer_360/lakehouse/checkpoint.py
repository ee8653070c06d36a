"""Checkpoints of Delta logs: with them a table is opened by its last commits, not by all there ever were."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from customer_360.lakehouse.delta_log import TableFolder

logger = logging.getLogger(__name__)

EVERY = 20  # commits


def add_checkpoints(tables: Iterable[TableFolder]) -> None:
    """Write a checkpoint for each table that has had :data:`EVERY` commits since its last one.

    Sail writes none (JVM Spark does by itself). Nothing depends on one: where the package ``deltalake`` is not
    installed, or writing fails, logs stay as they are.
    """
    due = [
        table for table in tables if (table.last_version or 0) - max(table.checkpoints, default=0) >= EVERY
    ]
    if not due:
        return
    try:
        from deltalake import DeltaTable
    except ImportError:
        return
    for table in due:
        try:
            DeltaTable(table.url.removeprefix("file://")).create_checkpoint()
        except Exception as error:
            logger.debug("No checkpoint for %s (%s).", table.url, type(error).__name__)
