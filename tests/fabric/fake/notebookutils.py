"""A stand-in for Fabric's `notebookutils` as far as the project uses it, over a folder in OneLake's place.

Like the real one: `exit` ends the notebook by an exception, `fs` takes `abfss://` URLs and `file:/` paths, copies
into folders that are there, lists names with their kind, and raises Java's errors (as text) for what is absent.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

_ROOT = Path(os.environ["FAKE_ONELAKE"])
_HOST = "@onelake.dfs.fabric.microsoft.com/"


class NotebookExit(Exception):
    """How the real `exit` ends the notebook; its text is the exit value."""


@dataclass
class FileInfo:
    name: str
    path: str
    size: int
    isDir: bool
    isFile: bool
    modifyTime: int


def _local(path: str) -> Path:
    if path.startswith("abfss://"):
        workspace, _, rest = path.removeprefix("abfss://").partition(_HOST)
        if not rest:
            raise ValueError(f"not an OneLake URL: {path}")
        return _ROOT / workspace / rest
    if path.startswith("file:"):
        return Path("/" + path.removeprefix("file:").lstrip("/"))
    raise ValueError(f"java.io.IOException: No FileSystem for {path}")


def _present(path: str) -> Path:
    local = _local(path)
    if not local.exists():
        raise RuntimeError(f"java.io.FileNotFoundException: {path}")
    return local


def _exists(path: str) -> bool:
    return _local(path).exists()


def _ls(path: str) -> list[FileInfo]:
    found = []
    for one in sorted(_present(path).iterdir()):
        with suppress(FileNotFoundError):  # removed meanwhile: the real listing is of one moment
            seen, is_folder = one.stat(), one.is_dir()
            place, changed = f"{path.rstrip('/')}/{one.name}", int(seen.st_mtime * 1000)
            found.append(FileInfo(one.name, place, seen.st_size, is_folder, not is_folder, changed))
    return found


def _mkdirs(path: str) -> bool:
    _local(path).mkdir(parents=True, exist_ok=True)
    return True


def _cp(source: str, target: str, recurse: bool = False) -> bool:
    origin, local = _present(source), _local(target)
    if origin.is_dir() and not recurse:
        raise RuntimeError(f"java.io.IOException: {source} is a folder, and recurse is false")
    if local.exists() and local.is_file():
        raise RuntimeError(f"org.apache.hadoop.fs.PathExistsException: {target}")
    if not local.parent.is_dir():
        raise RuntimeError(f"java.io.FileNotFoundException: {target}")
    shutil.copy(origin, local) if origin.is_file() else shutil.copytree(origin, local)
    return True


def _rm(path: str, recurse: bool = False) -> bool:
    local = _present(path)
    if local.is_dir() and not recurse:
        raise RuntimeError(f"java.io.IOException: {path} is a folder, and recurse is false")
    shutil.rmtree(local) if local.is_dir() else local.unlink()
    return True


def _mv(source: str, target: str, create_path: bool = False, overwrite: bool = False) -> bool:
    """Hadoop's rename: never over what is there, unless that is asked for."""
    origin, local = _present(source), _local(target)
    if create_path:
        local.parent.mkdir(parents=True, exist_ok=True)
    if overwrite:
        os.replace(origin, local)
        return True
    try:
        os.link(origin, local)
    except FileExistsError:
        raise RuntimeError(f"org.apache.hadoop.fs.FileAlreadyExistsException: {target}") from None
    origin.unlink()
    return True


def _exit(value: str) -> None:
    if not isinstance(value, str):
        raise TypeError("the exit value must be a string")
    raise NotebookExit(value)


fs = SimpleNamespace(exists=_exists, ls=_ls, mkdirs=_mkdirs, cp=_cp, rm=_rm, mv=_mv)
notebook = SimpleNamespace(exit=_exit)
credentials = SimpleNamespace(getToken=lambda audience: f"token for {audience}")
runtime = SimpleNamespace(
    context={
        "currentNotebookName": os.environ.get("FAKE_NOTEBOOK", ""),
        "activityId": os.environ.get("FAKE_ACTIVITY", ""),
        "currentWorkspaceName": os.environ.get("FAKE_WORKSPACE", ""),
        "currentWorkspaceId": os.environ.get("FAKE_WORKSPACE", ""),
        "defaultLakehouseName": os.environ.get("FAKE_LAKEHOUSE", ""),
        "defaultLakehouseId": os.environ.get("FAKE_LAKEHOUSE", ""),
        "defaultLakehouseWorkspaceId": os.environ.get("FAKE_WORKSPACE", ""),
    }
)
