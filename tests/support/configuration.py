"""The configuration of the project as tests run it: its files, and what the sources' files declare."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.declared import tested_project

from customer_360.source_files import SourceFilesLoader


def loader_of(project: Path, env: str = "base", **runtime: Any) -> SourceFilesLoader:
    """The configuration of a project, of `base` alone unless an environment is named."""
    return SourceFilesLoader(
        str(project / "conf"),
        env,
        runtime,
        base_env="base",
        default_run_env="base",
        merge_strategy={"parameters": "soft"},
    )


PARAMETERS: dict[str, Any] = loader_of(tested_project())["parameters"]
