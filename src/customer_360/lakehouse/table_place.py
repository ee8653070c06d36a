"""Where a table of a lakehouse is, and which one is in a folder.

People's tables are in ``Tables/<layer>/<table>``. The few that only the program reads, such as
``Files/state/known_keys/<table>``, go by that path as their name.
"""

from __future__ import annotations

STATE_TABLES = "Files/state/"
_TABLES = "Tables/"


def table_folder(root: str, name: str) -> str:
    """Folder of the table ``<layer>/<table>`` or ``Files/state/<kind>/<table>`` in the lakehouse at this root."""
    return f"{root}/{name}" if name.startswith(STATE_TABLES) else f"{root}/{_TABLES}{name}"


def split_table_folder(folder: str) -> tuple[str, str] | None:
    """Root and name of which :func:`table_folder` makes this folder; None for a folder of another kind."""
    for place, prefix in ((_TABLES, ""), (STATE_TABLES, STATE_TABLES)):
        root, found, name = folder.rstrip("/").rpartition(f"/{place}")
        if found and name.count("/") == 1:
            return root, f"{prefix}{name}"
    return None


def split_table_path(folder: str) -> tuple[str, str] | None:
    """Root of the lakehouse and ``<layer>/<table>`` of the folder of a table for people; None for any other."""
    place = split_table_folder(folder)
    return None if place is None or place[1].startswith(STATE_TABLES) else place
