"""Whether there is no table: what an engine says is not what counts, but what is in the folder."""

from __future__ import annotations

from kedro.io.core import DatasetError

from customer_360.lakehouse import DamagedTableError, TableFolder


def is_absent(table_path: str, error: Exception, *, has_leftovers: bool) -> bool:
    """Whether an engine failed because nothing was ever committed in a folder.

    Args:
        table_path: the folder.
        error: of the engine.
        has_leftovers: take data files without a log for what a killed run left before its first commit.

    Raises:
        DatasetError: there was a table, and it is damaged or lost.
    """
    folder = TableFolder.look(table_path)
    if folder.found == "nothing" or (folder.found == "files" and has_leftovers):
        return True
    try:
        folder.check_files(folder.files())
    except DamagedTableError as damage:
        raise DatasetError(f"{damage}. Restore it from a backup; nothing was written to it.") from error
    if folder.found == "log":
        return False
    raise DatasetError(
        f"The table at {table_path} is damaged: there are data files, but no Delta log. Restore its folder _delta_log "
        "from a backup, or delete the table's folder to begin it again."
    ) from error
