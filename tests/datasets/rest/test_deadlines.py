"""Servers that drip, hang or never end."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from customer_360.datasets.errors import SourceError
from customer_360.datasets.rest.client import RestClient, RestResource
from customer_360.datasets.rest.transport import Deadline

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Drip:
    """Sends ``start`` at once and then ``piece`` for ever, every few milliseconds."""

    def __init__(self, start: bytes, piece: bytes) -> None:
        self._start, self._piece = start, piece
        self._stop = threading.Event()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def stop(self) -> None:
        self._stop.set()
        self._server.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self.connections += 1
                threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.sendall(self._start)
            while not self._stop.wait(0.005):
                connection.sendall(self._piece)


DRIPS = {
    "body of a known length": (HEAD + b"Content-Length: 1000000\r\n\r\n", b" "),
    "body without length": (HEAD + b"\r\n", b" "),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "headers": (HEAD, b"X"),
    "status line": (b"HTTP", b"/"),
    "many headers": (HEAD, b"X: y\r\n"),
}


@pytest.fixture
def drip(request: pytest.FixtureRequest) -> Iterator[Drip]:
    server = Drip(*request.param)
    yield server
    server.stop()


def pull(url: str, **config: Any) -> list[Any]:
    resource = {
        "base_url": url,
        "resource": "users",
        "pagination": {"style": "offset", "page_size": 10},
        **config,
    }
    return list(RestClient(RestResource.model_validate(resource), sleep=lambda _: None).records())


@pytest.mark.timeout(30)
@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS, indirect=True)
def test_a_server_that_drips_is_left_at_the_deadline(drip: Drip) -> None:
    """No single wait is long: a time-out for reads alone would never come."""
    began = time.monotonic()
    with pytest.raises(SourceError) as caught:
        pull(drip.url, timeouts={"read": 20, "total": 0.3}, retries={"max_attempts": 1})
    assert time.monotonic() - began < 15
    text = str(caught.value)
    # a hundred headers, or a line without end, are too many for Python before the time is over
    assert "no complete answer within 0.3 s (timeouts.total)" in text or "the connection failed" in text
    assert drip.connections == 1


@pytest.mark.timeout(30)
@pytest.mark.parametrize("drip", [DRIPS["chunks"]], indirect=True)
def test_the_whole_pull_has_a_deadline_of_its_own(drip: Drip) -> None:
    with pytest.raises(SourceError, match=r"not complete within 0 s \(timeouts.pull\)"):
        pull(drip.url, timeouts={"pull": 0.3})


@pytest.mark.timeout(30)
@pytest.mark.parametrize("drip", [(HEAD + b"\r\n", b" " * 100_000)], indirect=True)
def test_a_body_without_end_is_left_at_the_limit(drip: Drip) -> None:
    with pytest.raises(SourceError, match="max_response_bytes"):
        pull(drip.url, max_response_bytes=500_000)


def test_pages_without_end_are_left_at_the_deadline_of_the_pull(api: Any) -> None:
    clock = [0.0]
    numbers = iter(range(10**9))

    def endless(_: Any, body: Any) -> Any:
        clock[0] += 10
        return {**body, "users": [{"id": next(numbers)} for _ in range(10)]}

    api.always(edit=endless)
    resource = RestResource.model_validate(
        {
            "base_url": api.url,
            "resource": "users",
            "pagination": {"style": "offset", "page_size": 10},
            "total_key": None,
            "timeouts": {"pull": 100},
        }
    )
    with pytest.raises(SourceError, match=r"\(timeouts\.pull\)"):
        list(RestClient(resource, clock=lambda: clock[0]).records())
    assert len(api.asked) == 10


def test_a_wait_that_the_pull_has_no_time_for_is_not_begun(api: Any) -> None:
    api.always(status=429, headers={"Retry-After": "60"})
    waits: list[float] = []
    resource = RestResource.model_validate(
        {"base_url": api.url, "resource": "users", "timeouts": {"pull": 30}}
        | {"pagination": {"style": "offset"}}
    )
    with pytest.raises(SourceError, match=r"\(timeouts\.pull\)"):
        list(RestClient(resource, sleep=waits.append).records())
    assert waits == []


def test_a_deadline() -> None:
    clock = [100.0]
    deadline = Deadline(lambda: clock[0])
    assert not deadline.passed
    deadline.start(total=10, read=3)
    assert deadline.next_wait() == 3
    clock[0] = 108
    assert deadline.next_wait() == 2
    assert not deadline.passed
    clock[0] = 110
    assert deadline.passed
    with pytest.raises(TimeoutError):
        deadline.next_wait()
