from __future__ import annotations

import sys

import click
import pytest
from click.testing import CliRunner

from customer_360.cli.absent import add_absent_commands


@pytest.mark.parametrize(
    "typed", [["viz", "run"], ["viz"], ["viz", "--help"], ["viz", "run", "--port", "4142"]]
)
def test_a_command_whose_plugin_is_missing_says_how_to_get_it(
    typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "kedro_viz", None)  # as Python marks a package that cannot be imported
    cli = click.Group("customer_360")
    add_absent_commands(cli)
    shown = CliRunner().invoke(cli, typed)
    assert shown.exit_code == 1
    assert "Kedro-Viz is not installed. Install it with: make viz" in shown.output


def test_a_command_whose_plugin_is_there_is_left_to_it() -> None:
    cli = click.Group("customer_360")
    add_absent_commands(cli)
    assert cli.commands == {}
