"""Lakehouses on this disk and in an emulated OneLake, with the files of a sample in them."""

from __future__ import annotations

import csv
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.azurite import Azurite
from support.runs import PROJECT

from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.files import SampleFiles

KEDRO = str(Path(sys.executable).with_name("kedro"))


@dataclass
class Place:
    """One lakehouse.

    Attributes:
        root: path or URL.
        put: writes a file below it.
        environment: of the processes that use it.
        options: of `kedro run`.
    """

    root: str
    put: Callable[[str, bytes], None]
    environment: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()

    def give(self, sample: SampleFiles) -> None:
        """Bring the two files of a sample."""
        for path in (sample.erp_customers, sample.support_tickets):
            self.put(f"Files/landing/{path.name}", path.read_bytes())

    def start(self, api: LoopbackApi, **settings: object) -> subprocess.Popen[str]:
        """`kedro run`."""
        given = {"sources": "live", "crm_url": api.url, "marketing_url": api.url, "lakehouse": self.root}
        parameters = ",".join(f"{name}={value}" for name, value in {**given, **settings}.items())
        return subprocess.Popen(
            [KEDRO, "run", *self.options, "--params", parameters],
            cwd=PROJECT,
            env={**os.environ, "DO_NOT_TRACK": "1", "COLUMNS": "160", "PYTHONUNBUFFERED": "1",
                 **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip

    def look(self) -> dict[str, Any]:
        """What is in it: see :mod:`support.left_behind`."""
        shown = subprocess.run(
            [sys.executable, "-m", "support.left_behind", self.root],
            cwd=PROJECT / "tests",
            env={**os.environ, **self.environment, "PYTHONPATH": str(PROJECT / "tests")},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert shown.returncode == 0, shown.stderr
        found: dict[str, Any] = json.loads(shown.stdout)
        return found


class Places:
    """New lakehouses, one after another."""

    def __init__(self, folder: Path, onelake: Azurite | None = None) -> None:
        self._folder, self._onelake = folder, onelake
        self._numbers = itertools.count()

    def new(self) -> Place:
        name = f"lake{next(self._numbers)}"
        if self._onelake is None:
            root = self._folder / name

            def put(path: str, content: bytes) -> None:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(content)

            return Place(str(root), put)
        onelake, item = self._onelake, f"{name}.Lakehouse"
        root_url = f"abfss://{onelake.workspace}@onelake.dfs.fabric.microsoft.com/{item}"
        return Place(
            root_url,
            lambda path, content: onelake.upload(f"{item}/{path}", content),
            {**onelake.environment, "ONELAKE_WORKSPACE": onelake.workspace, "ONELAKE_LAKEHOUSE": name},
            ("--env", "onelake"),
        )


def changed(sample: SampleFiles, folder: Path) -> SampleFiles:
    """The same sources a day later: some records changed, some gone, some new, in every source."""
    other = SampleFiles.within(folder)
    folder.mkdir()
    users = [json.loads(line) for line in sample.crm_users.read_text().splitlines()]
    for user in users[:4]:
        user["phone"] = f"+1 212-555-0{user['id'] % 900 + 100}"
    other.crm_users.write_text("".join(json.dumps(user) + "\n" for user in users[:-2]))
    posts = sample.marketing_posts.read_text().splitlines(keepends=True)
    other.marketing_posts.write_text("".join(posts[1:]))
    tickets = json.loads(sample.support_tickets.read_text())
    new = [{**ticket, "ticket_id": 900_000 + number} for number, ticket in enumerate(tickets[:5])]
    other.support_tickets.write_text(json.dumps(tickets[3:] + new))
    with sample.erp_customers.open(newline="") as source, other.erp_customers.open("w", newline="") as target:
        rows = list(csv.DictReader(source))
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows([{**row, "street": "1 New Street"} for row in rows[:5]] + rows[5:-1])
    return other
