"""A server in the place of Azure's storage, and of its sign-in, that answers everything with one status."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CUT = 0  # the connection is closed without an answer


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StorageAnswers

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = self.server.status
        if self.server.empty and self.command != "PUT":
            self._as_empty()
            return
        if status == CUT:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        code = self.server.code
        body = f'<?xml version="1.0"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'.encode()
        self.send_response(status)
        self.send_header("x-ms-error-code", code)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _as_empty(self) -> None:
        listing = b"<EnumerationResults><Blobs></Blobs><NextMarker/></EnumerationResults>"
        is_listing = self.command == "GET" and "comp=list" in self.path
        self.send_response(200 if is_listing else 404)
        self.send_header("Content-Length", str(len(listing) if is_listing else 0))
        self.end_headers()
        if is_listing:
            self.wfile.write(listing)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = _answer

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class StorageAnswers(ThreadingHTTPServer):
    """A storage in which nothing works.

    Attributes:
        status: of every answer, or :data:`CUT`.
        code: Azure's word for it, which nobody should need.
        empty: reading works, and there is nothing; only writing does not.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status, self.code, self.empty = 500, "SomethingHappened", False

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def storage(self) -> dict[str, str]:
        """Environment variables that make it Azure's storage, signed in to."""
        return {"AZURE_STORAGE_USE_EMULATOR": "true", "AZURITE_BLOB_STORAGE_URL": self.url}

    @property
    def sign_in(self) -> dict[str, str]:
        """Environment variables that make it Microsoft's sign-in."""
        return {
            "AZURE_CLIENT_ID": "somebody", "AZURE_CLIENT_SECRET": "expired", "AZURE_TENANT_ID": "tenant",
            "AZURE_AUTHORITY_HOST": self.url, "AZURE_ALLOW_HTTP": "true",
        }  # fmt: skip


@contextmanager
def answering() -> Iterator[StorageAnswers]:
    """The server, for as long as this lasts."""
    with StorageAnswers() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def nobody() -> str:
    """The address of a server that has gone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"
