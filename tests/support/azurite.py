"""Azurite, Microsoft's storage emulator, as a stand-in for OneLake: the engines keep the production URL."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
ACCOUNT = "onelake"
# The emulators' published key; it opens nothing else.
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_VERSION = "2021-12-02"


def program() -> str:
    """Path of `azurite-blob`: installed by `make azurite`, or on the PATH."""
    local = PROJECT / ".venv" / "azurite" / "node_modules" / ".bin" / "azurite-blob"
    found = str(local) if local.exists() else shutil.which("azurite-blob")
    if found and shutil.which("node"):
        return found
    message = "there is no Azurite (make azurite installs it; it needs Node.js)"
    if os.environ.get("CUSTOMER_360_NO_SKIP"):
        pytest.fail(f"{message}, and this run must not skip")
    pytest.skip(message)


class Azurite:
    """One emulator with its data in a folder; it can be killed and started again on the same port."""

    def __init__(self, folder: Path, workspace: str) -> None:
        self.folder, self.workspace = folder, workspace
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._program = program()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to take this emulator for OneLake."""
        return {
            "AZURE_STORAGE_USE_EMULATOR": "true",
            "AZURITE_BLOB_STORAGE_URL": f"http://127.0.0.1:{self.port}",
        }

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                self._program, "--blobHost", "127.0.0.1", "--blobPort", str(self.port),
                "--location", str(self.folder), "--skipApiVersionCheck", "--disableTelemetry", "--silent",
            ],
            env={**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError("Azurite did not start")

    def kill(self) -> None:
        """End it while it serves. SIGTERM: on SIGKILL it forgets what OneLake would have kept."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)
            self._process = None

    def make_workspace(self) -> None:
        self._put(f"/{self.workspace}?restype=container", b"", {})

    def upload(self, path: str, content: bytes) -> None:
        self._put(f"/{self.workspace}/{path}", content, {"x-ms-blob-type": "BlockBlob"})

    def _put(self, path: str, content: bytes, headers: dict[str, str]) -> None:
        date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        headers = {**headers, "x-ms-date": date, "x-ms-version": _VERSION}
        resource, _, query = path.partition("?")
        canonical = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical += f"/{ACCOUNT}/{ACCOUNT}{resource}"
        canonical += "".join(f"\n{item.replace('=', ':')}" for item in query.split("&") if item)
        length = str(len(content)) if content else ""
        text = f"PUT\n\n\n{length}\n\napplication/octet-stream\n\n\n\n\n\n\n{canonical}"
        signature = base64.b64encode(
            hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()
        ).decode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{ACCOUNT}{path}",
            data=content,
            method="PUT",
            headers={
                **headers,
                "Content-Type": "application/octet-stream",
                "Authorization": f"SharedKey {ACCOUNT}:{signature}",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            assert response.status in (200, 201)
