"""Every command of the README's table "Use it", and every hint of a run, one after another in one clone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.generator import generate
from tools.run_documents import Command, copy_of_the_project, run

README = Path(__file__).resolve().parents[2] / "README.md"
# What another test runs, since it needs more than this machine alone.
ELSEWHERE = {
    "engine=spark": "tests/end_to_end/test_engines.py",
    "kedro viz": "tests/viz/test_browser.py",
    "--env onelake": "tests/onelake",
    "jupyter": "a server",
}
_COMMAND = re.compile(r"`(kedro [^`]+)`")


def commands(text: str) -> list[str]:
    """The commands in the table under "Use it"."""
    section = text.partition("\n## Use it\n")[2].partition("\n## ")[0]
    return [
        found for line in section.splitlines() if line.startswith("|") for found in _COMMAND.findall(line)
    ]


def is_elsewhere(command: str) -> bool:
    return any(part in command for part in ELSEWHERE)


@pytest.fixture
def clone() -> Iterator[Path]:
    with copy_of_the_project() as project:
        yield project


class Shell:
    """Commands as a reader types them, with fewer customers, in a clone."""

    def __init__(self, clone: Path, api: LoopbackApi, elsewhere: Path) -> None:
        self.clone, self._api, self._elsewhere = clone, api, elsewhere

    def run(self, command: str) -> str:
        for pattern, text in (
            (r"https://\w+\.example\.org", self._api.url),
            (r"/tmp/", f"{self._elsewhere}/"),
            (r"sample_customers=\d+", "sample_customers=50"),
        ):
            command = re.sub(pattern, text, command)
        return "\n".join(run(Command(command), self.clone))


def hints(printed: str) -> list[str]:
    """The commands under "Try next" at the end of a run."""
    lines = printed.partition("Try next:\n")[2].splitlines()
    return [re.split(r" {2,}", line.strip())[0] for line in lines if line.startswith("  kedro ")]


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_command_and_every_hint_works_in_one_clone(clone: Path, tmp_path: Path) -> None:
    files = generate(tmp_path / "systems", customers=50, seed=3)
    (clone / "people.csv").write_text(
        "source,key,given_name,email\na,1,Ann,a@example.org\na,2,Ann,a@example.org\n", encoding="utf-8"
    )
    landing = clone / "data" / "live" / "Files" / "landing"
    landing.mkdir(parents=True)
    for path in (files.erp_customers, files.support_tickets):
        shutil.copy(path, landing)
    with LoopbackApi({"users": files.crm_users, "posts": files.marketing_posts}) as api:
        shell = Shell(clone, api, tmp_path)
        printed = [shell.run("kedro run")]
        printed += [
            shell.run(command) for command in commands(README.read_text()) if not is_elsewhere(command)
        ]
        found = dict.fromkeys(hint for text in printed for hint in hints(text))
        assert len(found) > 3
        for hint in found:
            if not is_elsewhere(hint):
                shell.run(hint)
        shell.run("kedro run")


def test_the_commands_are_found() -> None:
    found = commands(README.read_text())
    assert len([command for command in found if not is_elsewhere(command)]) >= 8
    assert any("kedro explain-link" in command for command in found)
    assert hints("x\nTry next:\n  kedro viz run  a picture\n  kedro run --params a=1    more\n") == [
        "kedro viz run",
        "kedro run --params a=1",
    ]
