"""What the loopback API can be told to do wrong, and how often it can be asked."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RateLimit:
    """So many requests in so many seconds, as a fixed window that begins with its first request."""

    requests: int = 100
    seconds: float = 10.0


@dataclass(kw_only=True)
class Faults:
    """One way to answer wrongly, for some requests or for all; the fields combine.

    Attributes:
        status: answer with this status and a JSON message instead of data.
        retry_after: with ``status``: seconds for the header Retry-After; none without.
        retry_after_as_date: write Retry-After as an HTTP date (whole seconds, rounded up) instead of seconds.
        delay: seconds to wait before the answer, so that a client runs into its time-out.
        cut_body: announce the whole body, send half of it and close the connection.
        not_json: an HTML page with status 200.
        total_off_by: add this to ``total``.
        repeat_page: serve the first page whatever page is asked for.
        short_page: leave out so many records at the end of each page, but go on counting them.
        hide: number (from 0) of a record in whose place the first one is shown again; the total stays right.
        lose: number (from 0) of a record that is as if it were not there, in the total either.
        records_key: put the records under this key instead of the resource's name.
        resource: strike only requests for this resource.
        after: leave so many of the requests it could strike unharmed first.
        times: strike so many requests, then none; None is always.
    """

    status: int | None = None
    retry_after: int | None = None
    retry_after_as_date: bool = False
    delay: float = 0.0
    cut_body: bool = False
    not_json: bool = False
    total_off_by: int = 0
    repeat_page: bool = False
    short_page: int = 0
    hide: int | None = None
    lose: int | None = None
    records_key: str | None = None
    resource: str | None = None
    after: int = 0
    times: int | None = None
    _seen: int = field(default=0, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    def strike(self, resource: str) -> bool:
        """Whether this request, for ``resource``, is struck; counts it."""
        if self.resource not in (None, resource):
            return False
        with self._lock:
            self._seen += 1
            place = self._seen - self.after
        return place > 0 and (self.times is None or place <= self.times)


class RateLimiter:
    """Counts requests against a :class:`RateLimit`."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._window_end = 0.0
        self._count = 0

    def headers(self) -> tuple[bool, dict[str, str]]:
        """Count one request: whether it may pass, and the headers that tell the client where it stands."""
        with self._lock:
            now = time.monotonic()
            if now >= self._window_end:
                self._window_end, self._count = now + self._limit.seconds, 0
            self._count += 1
            wait = max(1, math.ceil(self._window_end - now))
            remaining = max(0, self._limit.requests - self._count)
            passes = self._count <= self._limit.requests
        headers = {"X-RateLimit-Limit": str(self._limit.requests), "X-RateLimit-Remaining": str(remaining)}
        return passes, headers if passes else headers | {"Retry-After": str(wait)}
