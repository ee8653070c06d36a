"""A small paged API on loopback that can be told to misbehave."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest


@dataclass
class Reply:
    """One HTTP answer. ``missing`` bytes are announced but not sent."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    delay: float = 0.0

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Asked:
    """One request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Api:
    """Serves ``users`` in five styles: /users, /page/users, /cursor/users, /link/users, /array/users."""

    def __init__(self, count: int = 25) -> None:
        self.users: list[Any] = [
            {"id": n, "name": f"user {n}", "password": f"secret-{n}"} for n in range(count)
        ]
        self.cap = 1_000  # records in a page at most, whatever is asked
        self._script: deque[dict[str, Any]] = deque()
        self._always: dict[str, Any] = {}
        self.asked: list[Asked] = []
        self._stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def then(self, times: int = 1, **changes: Any) -> None:
        """Change the next answers: fields of Reply, or ``edit``, a function of (request, body)."""
        self._script.extend([changes] * times)

    def always(self, **changes: Any) -> None:
        """Change every answer after those of :meth:`then`; no changes: behave again."""
        self._always = changes

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        changes = dict(self._script.popleft() if self._script else self._always)
        edit: Callable[[Asked, Any], Any] | None = changes.pop("edit", None)
        reply = self._page(asked)
        if edit:
            reply.body = edit(asked, reply.body)
        return replace(reply, **changes)

    def _page(self, asked: Asked) -> Reply:
        style, query = asked.path.strip("/").split("/")[0], asked.query
        size = min(int(query.get("limit") or query.get("per_page") or 30), self.cap)
        if style in ("page", "link", "array"):
            start = (int(query.get("page", 1)) - 1) * size
        else:
            start = int(query.get("skip") or query.get("cursor") or 0)
        users = self.users[start : start + size]
        end = start + len(users)
        more = end < len(self.users)
        body: dict[str, Any] = {"users": users, "total": len(self.users), "skip": start}
        if style == "cursor":
            body = {"users": users, "meta": {"next": str(end) if more else None}}
        headers = {}
        if style in ("link", "array") and more:
            page = int(query.get("page", 1)) + 1
            headers["Link"] = f'<{asked.path}?page={page}&per_page={size}>; rel="next"'
        return Reply(users if style == "array" else body, headers=headers)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # header and body leave together

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                reply = api.reply(Asked(parts.path, query, dict(self.headers)))
                api._stop.wait(reply.delay)
                content = reply.content()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content) + reply.missing))
                self.end_headers()
                self.wfile.write(content)
                self.close_connection = bool(reply.missing)

            def log_message(self, *_: Any) -> None: ...

        return Handler


@pytest.fixture
def api() -> Iterator[Api]:
    api = Api()
    yield api
    api.stop()


@pytest.fixture
def other_api() -> Iterator[Api]:
    api = Api()
    yield api
    api.stop()
