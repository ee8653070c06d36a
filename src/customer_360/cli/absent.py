"""Commands of Kedro plugins that a run does not need: where one is not installed, it says how to get it."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import click

from customer_360.foundation import say

# Command: its package, what it is, and the extra (and make target) that brings it.
_PLUGINS = {"viz": ("kedro_viz", "Kedro-Viz", "viz")}


def add_absent_commands(cli: click.Group) -> None:
    """Add each command whose plugin is missing; where all are installed, nothing is added."""
    for command, (package, name, extra) in _PLUGINS.items():
        if find_spec(package) is None:
            cli.add_command(_absent(command, name, extra))


def _absent(command: str, name: str, extra: str) -> click.Command:
    @click.command(
        command,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
        help=f"{name}, which is not installed (make {extra} brings it).",
    )
    def tell() -> None:
        say(
            f"{name} is not installed. Install it with: make {extra} (without make: python -m pip install "
            f'-c constraints.lock -e ".[{extra}]").',
            colour="red",
            error=True,
        )
        sys.exit(1)

    return tell
