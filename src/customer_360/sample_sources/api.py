"""A loopback HTTP server that answers as DummyJSON does, and fails when told to."""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from customer_360.sample_sources.faults import Faults, RateLimit, RateLimiter
from customer_360.sample_sources.record_file import RecordFile
from customer_360.sample_sources.routes import RequestError, Response, message, resource_of, respond

_HOST = "127.0.0.1"


class LoopbackApi:
    """Serves record files as REST resources on 127.0.0.1, also as a context manager.

    The routes, all GET:

    - ``/<resource>?limit=&skip=&select=a,b`` and ``/<resource>/<id>``: exactly as dummyjson.com;
    - ``/page/<resource>?page=&per_page=``: numbered pages;
    - ``/cursor/<resource>?cursor=&limit=``: ``next_cursor`` in the body, null on the last page;
    - ``/link/<resource>?page=&per_page=``: the next page in the header ``Link``.

    All but the one for a single record take ``updated_since=2026-11-27T22:00:00Z``: records whose field ``updatedAt``
    is not before that time. (dummyjson.com has no such thing.)

    Args:
        resources: file (``.jsonl`` or ``.json``) by resource name.
        rate_limit: how often it may be asked; None is without limit.
        faults: what it does wrong; can be set while it runs.
        token: when given, requests without ``Authorization: Bearer <token>`` get 401.
        port: 0 takes a free one.

    Attributes:
        url: base URL without the resource, known before the start.
        faults: the present faults, or None.
    """

    def __init__(
        self,
        resources: Mapping[str, Path],
        *,
        rate_limit: RateLimit | None = RateLimit(),  # noqa: B008 - frozen
        faults: Faults | None = None,
        token: str | None = None,
        port: int = 0,
    ) -> None:
        self.faults = faults
        self._resources: dict[str, RecordFile] = {}
        self.serve(resources)
        self._limiter = RateLimiter(rate_limit) if rate_limit else None
        self._token = token
        self._counts: Counter[int] = Counter()
        self._count_lock = threading.Lock()
        self._stopping = threading.Event()
        self._server = _Server((_HOST, port), _Handler)
        self._server.api = self
        self._thread: threading.Thread | None = None
        self.url = f"http://{_HOST}:{self._server.server_address[1]}"

    @property
    def requests_seen(self) -> int:
        """Number of requests answered or struck so far."""
        with self._count_lock:
            return self._counts.total()

    @property
    def statuses(self) -> dict[int, int]:
        """Number of answers by status."""
        with self._count_lock:
            return dict(self._counts)

    def serve(self, resources: Mapping[str, Path]) -> None:
        """Serve these files from now on, in place of those before.

        Raises:
            FileNotFoundError: a file is not there.
            ValueError: a file is neither ``.jsonl`` nor ``.json``.
        """
        self._resources = {name: RecordFile(path) for name, path in resources.items()}

    def start(self) -> LoopbackApi:
        """Answer from now on, in a thread of its own.

        Raises:
            RuntimeError: it was started before.
        """
        if self._thread is not None or self._stopping.is_set():
            raise RuntimeError("LoopbackApi: start() works once; make a new one.")
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.02},
            name="loopback-api",
            daemon=True,
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and every connection; does nothing when it is stopped already."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server.close_connections()

    def __enter__(self) -> LoopbackApi:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def respond(self, target: str, authorization: str | None) -> tuple[Response, Faults | None]:
        """The answer to a GET and the fault that strikes it, if any; counts the request."""
        resource = resource_of(target, self._resources)
        faults = self.faults
        fault = faults if faults is not None and faults.strike(resource) else None
        if fault and fault.delay:
            self._stopping.wait(fault.delay)
        result = self._answer(target, authorization, fault)
        with self._count_lock:
            self._counts[result.status] += 1
        return result, fault

    def _answer(self, target: str, authorization: str | None, fault: Faults | None) -> Response:
        if fault and fault.status is not None:
            return _failure(fault, fault.status)
        if self._token is not None and authorization != f"Bearer {self._token}":
            return message(401, "Access Token is required", **{"WWW-Authenticate": "Bearer"})
        headers: dict[str, str] = {}
        if self._limiter:
            passes, headers = self._limiter.headers()
            if not passes:
                return message(429, "request limit exceeded, please wait a few seconds", **headers)
        if fault and fault.not_json:
            return Response(
                b"<html><body>Please come back later.</body></html>", 200, {"Content-Type": "text/html"}
            )
        try:
            result = respond(target, self._resources, base_url=self.url, fault=fault)
        except RequestError as error:
            result = message(error.status, error.message)
        result.headers.update(headers)
        return result


def _failure(fault: Faults, status: int) -> Response:
    headers = {}
    if fault.retry_after is not None:
        # one second more than asked for: an HTTP date has no fractions, and must not lie in the past
        date = formatdate(time.time() + fault.retry_after + 1, usegmt=True)
        headers["Retry-After"] = date if fault.retry_after_as_date else str(fault.retry_after)
    return message(status, f"made-up failure with status {status}", **headers)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    api: LoopbackApi

    def __init__(self, *args: Any) -> None:
        self._connections: set[socket.socket] = set()
        super().__init__(*args)

    def server_bind(self) -> None:
        # HTTPServer looks up the host's name here, which can take seconds without a name server
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was faster

    def handle_error(self, request: Any, client_address: Any) -> None:
        # a client that hangs up, after a time-out say, is no error of ours
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"  # keep-alive
    disable_nagle_algorithm = True  # or a small answer waits 40 ms for the client's acknowledgement
    wbufsize = -1  # headers and body leave together

    def do_GET(self) -> None:
        result, fault = self.server.api.respond(self.path, self.headers.get("Authorization"))
        self.send_response(result.status)
        self.send_header(
            "Content-Type", result.headers.pop("Content-Type", "application/json; charset=utf-8")
        )
        self.send_header("Content-Length", str(len(result.body)))
        for name, value in result.headers.items():
            self.send_header(name, value)
        cut = fault is not None and fault.cut_body
        self.close_connection = self.close_connection or cut
        self.end_headers()
        self.wfile.write(result.body[: len(result.body) // 2] if cut else result.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: queries can hold personal data."""
