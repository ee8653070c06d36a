"""Runs a notebook as Fabric does: parameters after their cell, `exit` as its end, errors as its failure."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

_ENDED = "NotebookExit"


@dataclass
class Result:
    """How a notebook ended."""

    text: str = ""
    exit_value: str | None = None
    error: str | None = None
    displayed: list[dict[str, Any]] = field(default_factory=list)


def run_notebook(
    path: Path,
    *,
    python: Path,
    startup: Path,
    home: Path,
    parameters: dict[str, Any],
    environment: dict[str, str],
) -> Result:
    """Execute a notebook in a kernel of another environment.

    Args:
        path: of the `.ipynb`.
        python: interpreter of the kernel.
        startup: script that the kernel runs before the first cell.
        home: empty folder for the kernel's own files, and its working directory.
        parameters: values that a pipeline sets.
        environment: variables of the kernel.
    """
    notebook = nbformat.read(path, as_version=4)
    place = next(i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    injected = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(injected))
    _install_kernel(python, startup, home, environment)
    manager = AsyncKernelManager(
        kernel_name="fabric", kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(home / "kernels")])
    )
    client = NotebookClient(
        notebook,
        timeout=1800,
        startup_timeout=300,  # its Spark starts before it answers
        km=manager,
        resources={"metadata": {"path": str(home)}},
    )
    result = Result()
    # a Spark Connect session in this process leaves variables that would turn the kernel's JVM session into one
    inherited = {name: value for name, value in os.environ.items() if "SPARK" not in name}
    try:
        client.execute(env=inherited)
    except CellExecutionError as error:
        if error.ename == _ENDED:
            result.exit_value = error.evalue
        else:
            result.error = f"{error.ename}: {error.evalue}"
    finally:
        run_sync(manager.shutdown_kernel)(now=True)  # nbclient leaves a manager that it was given alone
    if (home / "startup-error.txt").exists():
        result.error = (home / "startup-error.txt").read_text()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                result.text += output.text
    lines = [line for line in result.text.splitlines() if line.startswith("DISPLAYED ")]
    result.displayed = [json.loads(line.removeprefix("DISPLAYED ")) for line in lines]
    return result


def _install_kernel(python: Path, startup: Path, home: Path, environment: dict[str, str]) -> None:
    profile = home / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "00-fabric.py").write_text(startup.read_text())
    kernel = home / "kernels" / "fabric"
    kernel.mkdir(parents=True, exist_ok=True)
    specification = {
        "argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "fabric",
        "language": "python",
        "env": {
            "IPYTHONDIR": str(home / "ipython"),
            "PYTHONPATH": str(startup.parent),
            "PYSPARK_PYTHON": str(python),
            "PYSPARK_DRIVER_PYTHON": str(python),
            "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
            **environment,
        },
    }
    (kernel / "kernel.json").write_text(json.dumps(specification))
