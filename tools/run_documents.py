"""Runs the commands in the documents, and compares or rewrites what they print.

    python tools/run_documents.py README.md docs/identity-over-time.md            # says what is printed otherwise today
    python tools/run_documents.py --rewrite README.md                             # writes it into the page

In a page, a fenced block ``sh`` holds commands that must succeed; a block ``console`` holds commands after ``$`` (their
further lines after ``>``), each followed by what it prints. Blocks of any other kind are text. The blocks of a page run
one after another in a copy of the project, as a reader would run them in a fresh clone.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
COLUMNS = 120
_BLOCK = re.compile(r"^```(sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from run to run, and from machine to machine.
_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?"), "<time>"),
    (re.compile(r"\b\d+(\.\d+)? s\b"), "<seconds>"),
)


class DocumentError(Exception):
    """A command of a document failed."""


@dataclass
class Command:
    """One command and what it prints."""

    text: str
    prints: list[str] = field(default_factory=list)

    def as_written(self) -> str:
        """As it stands in a block ``console``."""
        first, *rest = self.text.split("\n")
        return "\n".join([f"$ {first}", *(f"> {line}".rstrip() for line in rest), *self.prints])


def commands_of(kind: str, block: str) -> list[Command]:
    """The commands of one block; those of ``sh`` are one, as they may be pasted whole."""
    if kind == "sh":
        return [Command(block.rstrip("\n"))]
    found: list[Command] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:]))
        elif not found:
            raise DocumentError(
                f"A console block begins with '{line}'; it must begin with '$ ' and a command."
            )
        elif line.startswith(">") and not found[-1].prints:
            found[-1].text += "\n" + line[2:]
        else:
            found[-1].prints.append(line)
    return found


def comparable(lines: list[str]) -> list[str]:
    """Printed lines without what differs from run to run, and without blanks at their ends."""
    found = []
    for line in lines:
        fixed = line
        for pattern, name in _VARYING:
            fixed = pattern.sub(name, fixed)
        found.append(re.sub(r" {2,}", "  ", fixed).rstrip())
    return found


@contextmanager
def copy_of_the_project() -> Iterator[Path]:
    """A folder with the project's files as git knows them, and its environment."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="customer_360-documents-") as folder:
        copy = Path(folder) / "customer_360"
        for name in filter(None, listed.split("\0")):
            if (PROJECT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(PROJECT / name, copy / name)
        (copy / ".venv").symlink_to(Path(sys.prefix))
        yield copy


def run(command: Command, project: Path) -> list[str]:
    """What the command prints, in this project.

    Raises:
        DocumentError: it fails.
    """
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command.text],
        cwd=project, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(project / "src"),
            "COLUMNS": str(COLUMNS),
            "NO_COLOR": "1",
            "DO_NOT_TRACK": "1",
        },
    )  # fmt: skip
    printed = done.stdout.replace(str(project), "/path/to/customer_360").replace(
        project.as_uri(), "file:///path/to/customer_360"
    )
    if done.returncode:
        raise DocumentError(f"'{command.text}' ended with {done.returncode} and printed:\n{printed}")
    return [line.rstrip() for line in printed.rstrip().splitlines()]


def run_page(text: str) -> tuple[str, list[str]]:
    """Run the blocks of a page.

    Returns:
        the page with what its commands print today where that differs, and a sentence for each difference.
    """
    differences: list[str] = []
    with copy_of_the_project() as project:

        def of_today(block: re.Match[str]) -> str:
            kind, body = block.groups()
            written = []
            for command in commands_of(kind, body):
                printed = run(command, project)
                if kind == "console" and comparable(printed) != comparable(command.prints):
                    differences.append(
                        "\n".join(
                            [f"'{command.text}' prints", *printed, "and the page says", *command.prints]
                        )
                    )
                    command.prints = printed
                written.append(command.as_written() if kind == "console" else command.text)
            return "\n".join([f"```{kind}", *written, "```"])

        return _BLOCK.sub(of_today, text), differences


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rewrite", action="store_true", help="write what is printed today into the pages")
    parser.add_argument("pages", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    found = False
    for page in options.pages:
        text, differences = run_page(page.read_text(encoding="utf-8"))
        for difference in differences:
            print(f"{page}: {difference}\n")
        found = found or bool(differences)
        if options.rewrite and differences:
            page.write_text(text, encoding="utf-8")
    return 0 if options.rewrite or not found else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
