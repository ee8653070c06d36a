"""The command line: Kedro's own commands and the project's, one module per command."""

from .project import cli, run

__all__ = [
    "cli",
    "run",
]
