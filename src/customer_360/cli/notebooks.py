"""``kedro ipython`` and ``kedro jupyter``: Kedro's own, which say what to install where it is not there."""

from __future__ import annotations

import copy
import functools
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import click
from kedro.framework.cli.jupyter import jupyter as kedro_jupyter
from kedro.framework.cli.project import ipython as kedro_ipython

from customer_360.foundation import protect_console, say

# Command -> the module that it needs, and the package that brings it.
_NEEDS = {
    "ipython": ("IPython", "ipython"),
    "jupyter lab": ("jupyterlab", "jupyterlab"),
    "jupyter notebook": ("notebook", "notebook"),
    "jupyter setup": ("ipykernel", "ipykernel"),
}


def _needing(command: click.Command, name: str) -> click.Command:
    """The command, which looks first whether it can run; programs that it starts are this environment's."""
    module, package = _NEEDS[name]
    checked, callback = copy.copy(command), command.callback
    assert callback is not None

    @functools.wraps(callback)
    def run(*args: Any, **kwargs: Any) -> Any:
        protect_console()
        if importlib.util.find_spec(module) is None:
            say(
                f"kedro {name} needs {package}, which is not installed here: python -m pip install {package} "
                f"(with uv: uv pip install {package}).",
                colour="red",
                error=True,
            )
            sys.exit(1)
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        return callback(*args, **kwargs)

    checked.callback = run
    return checked


ipython = _needing(kedro_ipython, "ipython")
jupyter: click.Group = copy.copy(kedro_jupyter)
jupyter.commands = {
    name: _needing(command, f"jupyter {name}") if f"jupyter {name}" in _NEEDS else command
    for name, command in kedro_jupyter.commands.items()
}
