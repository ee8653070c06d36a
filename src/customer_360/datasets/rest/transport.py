"""What requests is made to do otherwise: keep a deadline, set the headers that are given, leave redirects to us.

A deadline: each wait for bytes is cut to what is left of it.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool

# An alarm clock may ring a little early.
_TOLERANCE = 0.005


class Deadline:
    """When the exchange at hand must be over. A time-out for single reads does not end a server that drips."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = float("inf")
        self._read = 0.0

    def start(self, *, total: float, read: float) -> None:
        """Begin an exchange that may take ``total`` seconds, and ``read`` between two pieces of its answer."""
        self._at, self._read = self._clock() + total, read

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return self._clock() >= self._at - _TOLERANCE

    def next_wait(self) -> float:
        """Seconds that the next read may take.

        Raises:
            TimeoutError: none are left.
        """
        left = self._at - self._clock()
        if left <= 0:
            raise TimeoutError("timed out")
        return min(self._read, left) if self._read else left


class DeadlineAdapter(HTTPAdapter):
    """An adapter of ``requests`` whose answers, headers and body, arrive before the deadline or not at all."""

    def __init__(self, deadline: Deadline) -> None:
        self._pools = _pool_classes(deadline)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools; called by ``requests``."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Make the pools of a proxy; called by ``requests``."""
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = self._pools
        return manager


class _DeadlineReader(io.RawIOBase):
    """A connection's bytes, none of them after the deadline."""

    def __init__(self, connection: socket.socket, raw: io.RawIOBase, deadline: Deadline) -> None:
        self._connection, self._raw, self._deadline = connection, raw, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._connection.settimeout(self._deadline.next_wait())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _pool_classes(deadline: Deadline) -> dict[str, Any]:
    """urllib3's pools by scheme, of connections that keep ``deadline``."""

    def response(sock: socket.socket, *args: Any, **options: Any) -> http.client.HTTPResponse:
        made = http.client.HTTPResponse(sock, *args, **options)
        made.fp = io.BufferedReader(_DeadlineReader(sock, made.fp.detach(), deadline))
        return made

    pools: dict[str, Any] = {"http": HTTPConnectionPool, "https": HTTPSConnectionPool}
    kept: dict[str, Any] = {}
    for scheme, pool in pools.items():
        connection = type(
            "DeadlineConnection", (pool.ConnectionCls,), {"response_class": staticmethod(response)}
        )
        kept[scheme] = type("DeadlinePool", (pool,), {"ConnectionCls": connection})
    return kept


class HeaderAuth(AuthBase):
    """Sets the given headers. Always used, also without any: requests would look into ~/.netrc otherwise."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


class OwnRedirects(requests.Session):
    """Leaves redirects to us: requests would read their bodies, however long, to prepare following them."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None
