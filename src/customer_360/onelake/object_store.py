"""OneLake from outside Fabric, through obstore (the storage layer that Sail and deltalake have, too)."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

from customer_360.onelake.address import OneLakeError
from customer_360.onelake.object_store_text import failure_said
from customer_360.onelake.status import Failure
from customer_360.onelake.storage_errors import storage_error

_RETRIES: Any = {
    "max_retries": 6,
    "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=5), "base": 2},
    "retry_timeout": timedelta(seconds=45),
}


class ObjectStore:
    """Implements :class:`~customer_360.onelake.filesystem.FileStore` with the credentials of the environment."""

    def read(self, url: str) -> bytes:
        """Content of a file."""
        store, path = _open(url)
        with _Translated(url):
            return bytes(store.get(path).bytes())

    def write(self, url: str, content: bytes) -> None:
        """Write a file in one step."""
        store, path = _open(url)
        with _Translated(url):
            store.put(path, content)

    def create(self, url: str, content: bytes) -> bool:
        """Write a file if there is none of this name (``If-None-Match: *``)."""
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        store, path = _open(url)
        with _Translated(url):
            try:
                store.put(path, content, mode="create", use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                return False
        return True

    def list(self, url: str) -> list[dict[str, Any]]:
        """What is directly in a folder."""
        store, path = _open(url)
        root = url.removesuffix(path).rstrip("/")
        with _Translated(url):
            found = store.list_with_delimiter(path)
        folders = [
            {"name": f"{root}/{name}", "size": 0, "type": "directory"} for name in found["common_prefixes"]
        ]
        files = [
            {
                "name": f"{root}/{file['path']}",
                "size": file["size"],
                "type": "file",
                "etag": file["e_tag"],
                "last_modified": file["last_modified"],
            }
            for file in found["objects"]
            if file["path"].rstrip("/") != path
        ]
        return folders + files

    def remove(self, url: str) -> None:
        """Remove a file or folder."""
        store, path = _open(url)
        with _Translated(url):
            paths = [file["path"] for chunk in store.list(path) for file in chunk]
            # OneLake lists folders as files of no length: what lies deeper goes first
            paths = sorted(paths, key=len, reverse=True)
            if paths:
                store.delete(paths)
            else:
                store.delete(path)


class _Translated:
    """Turns obstore's errors into Python's, without its debug text."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        if not isinstance(error, BaseError):
            return
        text = str(error).split("Debug source:")[0]
        refused = isinstance(error, PermissionDeniedError | UnauthenticatedError)
        raise storage_error(self._url, Failure.REFUSED if refused else failure_said(text), text) from None


def _open(url: str) -> tuple[Any, str]:
    rest = url.partition("://")[2]
    bucket, _, path = rest.partition("/")
    return _store(f"abfss://{bucket}"), path.rstrip("/")


@lru_cache(maxsize=4)
def _store(url: str) -> Any:
    try:
        from obstore.store import from_url
    except ImportError as error:
        raise OneLakeError(
            f"OneLake from outside Fabric needs a package that is not installed ({error.name}). "
            "Install it with: pip install 'customer_360[onelake]' (in the project: make onelake)."
        ) from error
    return from_url(url, retry_config=_RETRIES)
