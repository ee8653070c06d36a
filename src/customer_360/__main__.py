"""The packaged project's entry point: ``python -m customer_360`` or ``customer_360``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from kedro.framework.project import configure_project


def main(*args: Any, **kwargs: Any) -> Any:
    """Run the project's ``run`` command with the given arguments."""
    configure_project(Path(__file__).parent.name)
    from customer_360.cli import run

    kwargs["standalone_mode"] = not hasattr(sys, "ps1")
    return run(*args, **kwargs)


if __name__ == "__main__":
    main()
