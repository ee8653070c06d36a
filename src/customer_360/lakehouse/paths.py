"""Local paths as people have them, in the form that each engine reads right.

The engines take a path for a URL or for a pattern: Sail percent-encodes what is not a plain letter, some of it twice
(``My Lake`` becomes a folder ``My%20Lake``), and Hadoop expands brackets and stars. No way of quoting suits both, for
tables, MERGE and files alike. So an engine never sees such a path: it gets a link with a plain name to the folder.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

_FILE = "file://"
_PLAIN = re.compile(r"[A-Za-z0-9_./-]*")
_OTHER_PLACES = ("/tmp", "/var/tmp")  # for links, where the temporary folder has an odd name itself  # noqa: S108
# What a part of the flow cannot carry: Kedro fills in {names} and ${names}, fsspec chains at ::, delta-rs decodes
# %xx and takes a backslash for a slash.
_REFUSED = {
    "{": "{", "}": "}", "${": "${", "::": "::", "\\": "a backslash",
}  # fmt: skip
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")

_PREFIX, _LOCK = "customer_360-links-", "in-use"

_making = threading.Lock()
_links: dict[str, str] = {}
_folder: list[Path] = []


class PathError(ValueError):
    """A path that cannot be used; the message says why and what to do."""


def is_url(path: str) -> bool:
    """Whether this is the address of another store (``abfss://...``): not a path, nor a ``file://`` URL."""
    return "://" in path and not path.startswith(_FILE)


def current_lakehouse(loader: Any) -> str:
    """The lakehouse of a Kedro session, as far as hooks have completed it by now.

    Args:
        loader: of the session's configuration.
    """
    return str((loader.runtime_params or {}).get("lakehouse") or loader["globals"]["lakehouse"])


def local_path(path: str) -> str:
    """A path or ``file://`` URL as the absolute local path that Python opens; ``~`` is the home, links stay links."""
    if path.startswith(_FILE):
        path = unquote(path.removeprefix(_FILE))
    path = os.path.expanduser(path)
    return re.sub("^/+", "/", os.path.abspath(path))


def check_local_path(path: str, what: str) -> None:
    """Refuse an absolute local path that some part of the flow would take for another one.

    Raises:
        PathError: naming ``what``, the path and the characters.
    """
    shown = path.encode("utf-8", "backslashreplace").decode()
    found = [
        name for text, name in _REFUSED.items() if text in path and not (text == "\\" and os.name == "nt")
    ]
    found += sorted(set(_ENCODED.findall(path)))
    if any(
        (not character.isprintable() and not character.isspace()) or character in "\n\r\t\v\f"
        for character in path
    ):
        shown, found = ascii(path)[1:-1], [*found, "a control character"]
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        found.append("bytes that are not UTF-8 text (or a locale, such as C, that cannot name them)")
    if found:
        raise PathError(
            f"{what} {shown} holds {', '.join(found)}: its tables could not be read back by all tools. "
            "Nothing was written. Choose another folder (spaces, accents and other scripts are fine)."
        )


def check_project_path(project: Path) -> None:
    """Refuse a project folder in which Kedro finds no configuration, since it takes the path for a pattern.

    Raises:
        PathError: naming the folder and the characters.
    """
    if found := sorted(set(str(project)) & set("*?[]")):
        raise PathError(
            f"The project's folder {project} holds {' '.join(found)}, which Kedro reads as a pattern, and so finds no "
            "configuration. Rename the folder (spaces and accents are fine). Nothing was written."
        )


def check_writable(folder: str, what: str) -> None:
    """Make a folder, if it is not there, and see that a file can be written into it.

    Raises:
        PathError: it cannot; naming ``what``, the folder and the reason.
    """
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise PathError(
            f"{what} {folder} cannot be written: {error.strerror or type(error).__name__}. Choose another folder."
        ) from None


def engine_path(path: str) -> str:
    """The path in the form that Sail and JVM Spark read right: itself, or through a link with a plain name.

    Args:
        path: a path, a ``file://`` URL with the path as it is (not encoded: Kedro's datasets write so), or another
            URL, which comes back as it is.

    Raises:
        PathError: no link can be made.
    """
    if is_url(path):
        return path
    prefix = _FILE if path.startswith(_FILE) else ""
    local = os.path.abspath(path.removeprefix(_FILE))
    if _is_plain(local):
        return prefix + local.replace(os.sep, "/")
    parts = Path(local).parts
    odd = max(number for number, part in enumerate(parts) if not _is_plain(part))
    target = str(Path(*parts[: odd + 1]))
    return prefix + "/".join([_link(target), *parts[odd + 1 :]])


def _is_plain(path: str) -> bool:
    return _PLAIN.fullmatch(os.path.splitdrive(path)[1].replace(os.sep, "/")) is not None


def _link(target: str) -> str:
    """A link to this folder, which is made: an engine cannot make it through a link that leads nowhere."""
    with _making:
        if target not in _links or not os.path.lexists(_links[target]):
            try:
                os.makedirs(target, exist_ok=True)
                link = str(_links_folder() / f"folder-{len(_links):03d}")
                _make_link(target, link)
            except OSError as error:
                raise PathError(
                    f"{target} has a name that the engines misread, and no link to it can be made "
                    f"({error.strerror or type(error).__name__}). Choose a folder without spaces, accents and symbols."
                ) from error
            _links[target] = link
        return _links[target]


def _make_link(target: str, link: str) -> None:
    if os.name == "nt":  # a junction needs no privilege, a symbolic link does
        import _winapi

        _winapi.CreateJunction(target, link)  # type: ignore[attr-defined]
    else:
        os.symlink(target, link, target_is_directory=True)


def _links_folder() -> Path:
    """A folder of this process alone, which is removed at its end."""
    if not _folder:
        places = [place for place in (tempfile.gettempdir(), *_OTHER_PLACES) if _is_plain(place)]
        place = Path(places[0] if places else tempfile.gettempdir())
        _remove_abandoned(place)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        _lock(folder)
        _folder.append(folder)
        atexit.register(_remove_links, os.getpid())
    return _folder[0]


def _lock(folder: Path) -> None:
    """Show that the folder is in use, until this process ends, in whatever way."""
    with suppress(ImportError, OSError):
        import fcntl

        number = os.open(folder / "new", os.O_CREAT | os.O_RDWR)  # stays open
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(folder / "new", folder / _LOCK)  # locked before others can see it


def _remove_abandoned(place: Path) -> None:
    """Remove the links of processes that were killed: nobody holds their lock any more."""
    with suppress(ImportError):
        import fcntl

        for folder in place.glob(f"{_PREFIX}*"):
            with suppress(OSError), open(folder / _LOCK, "rb+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)  # removes links, and does not follow them


def remove_links() -> None:
    """Remove this process's links, where it ends without the interpreter's own way to do so."""
    _remove_links(os.getpid())


def _remove_links(process: int) -> None:
    if os.getpid() == process and _folder:
        for link in _links.values():  # the links, never what they lead to
            with suppress(OSError):
                os.rmdir(link) if os.name == "nt" else os.unlink(link)
        shutil.rmtree(_folder[0], ignore_errors=True)
