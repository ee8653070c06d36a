"""What runs write beside the tables: work tables, staged records, files that are being written.

Every run has a folder of its own name in ``Files/work``. Only the holder of the lease calls these functions, and
it is the only writer: what is not its own was left by a run that was killed, on whatever machine, and goes at once.
Only where somebody may be at work without the lease (one who waits for it, in Fabric) it takes an age, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import fsspec
from fsspec.implementations.local import LocalFileSystem

from customer_360.lakehouse.ages import age_of
from customer_360.lakehouse.store import TEMPORARY, Store

WORK = "Files/work"
STAGING = "Files/staging"
STATE = "Files/state"
LANDING = "Files/landing"
_UNFINISHED_ORIGIN = re.compile(r"origin\.json\.[0-9]+\.partial")
_BEING_WRITTEN_SECONDS = 3_600.0  # nobody takes that long for a small file
_POINTER_DEPTH = 3  # Files/state/<name>/current/<file>
# What the sample systems write aside there; nobody else's files have such names.
_UNFINISHED = re.compile(
    r"\.(?:erp_customers\.csv|support_tickets\.json|sample_sources\.json)\.[0-9]+\.partial"
)


def take_over(store: Store, run_folder: str, tables: Iterable[str]) -> set[str]:
    """Bring work tables that a former run left into the folder of this one, which goes on from there.

    Args:
        store: files of the lakehouse.
        run_folder: name of this run's folder.
        tables: names of the tables.

    Returns:
        The names of those that no run has left.
    """
    missing = set()
    folders = [name for name in reversed(store.list(WORK)) if name != run_folder]  # the newest first
    for table in tables:
        found = next((name for name in folders if table in store.list(f"{WORK}/{name}")), None)
        if found is None:
            missing.add(table)
        else:
            _move(store.root, f"{WORK}/{found}/{table}", f"{WORK}/{run_folder}/{table}")
    return missing


def remove_all_but(store: Store, run_folder: str) -> None:
    """Remove what killed runs left, on whatever machine they ran; nothing of this run."""
    for name in store.list(WORK):
        if name != run_folder:
            store.remove(f"{WORK}/{name}")
    store.remove(STAGING)
    for folder, unfinished in ((LANDING, _UNFINISHED), ("Files", _UNFINISHED_ORIGIN)):
        for name in store.list(folder):
            if unfinished.fullmatch(name):
                store.remove(f"{folder}/{name}")
    _remove_unfinished(store.root)


def remove_work(store: Store) -> None:
    """Remove what this run, which is done, made on the way."""
    store.remove(WORK)
    store.remove(STAGING)


def _remove_unfinished(root: str) -> None:
    """Small files whose writer was killed in the middle.

    A writer on a disk makes another one where its file is gone. In OneLake only Fabric's sessions write aside (an
    object store takes files whole), and such a file may be that of a run that waits.
    """
    system, path = fsspec.core.url_to_fs(root)
    if isinstance(system, LocalFileSystem):
        found = dict.fromkeys(system.find(f"{path}/{STATE}"), True)
    else:
        entries = system.find(f"{root}/{STATE}", maxdepth=_POINTER_DEPTH, detail=True)
        found = {name: (age_of(entry) or 0.0) > _BEING_WRITTEN_SECONDS for name, entry in entries.items()}
    for name, is_left in found.items():
        if is_left and name.rpartition("/")[2].startswith(TEMPORARY):
            system.rm(name)


def _move(root: str, source: str, target: str) -> None:
    system, path = fsspec.core.url_to_fs(root)
    if isinstance(system, LocalFileSystem):
        system.makedirs(f"{path}/{target}".rpartition("/")[0], exist_ok=True)
        system.mv(f"{path}/{source}", f"{path}/{target}", recursive=True)
        return
    for found in system.find(f"{root}/{source}"):
        system.pipe_file(found.replace(source, target, 1), system.cat_file(found))
