"""`kedro ipython` and `kedro jupyter` where something that they need is not installed."""

from __future__ import annotations

import importlib.util

import pytest
from click.testing import CliRunner

from customer_360.cli.project import cli


@pytest.mark.parametrize(
    ("command", "module", "package"),
    [
        (["ipython"], "IPython", "ipython"),
        (["jupyter", "lab"], "jupyterlab", "jupyterlab"),
        (["jupyter", "notebook"], "notebook", "notebook"),
        (["jupyter", "setup"], "ipykernel", "ipykernel"),
    ],
)
def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, command: list[str], module: str, package: str
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == module else find(name, *more)
    )
    result = CliRunner().invoke(cli, command)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"kedro {' '.join(command)} needs {package}, which is not installed here: python -m pip install {package} "
        f"(with uv: uv pip install {package})."
    ]
