"""Why a dataset of Kedro cannot be made or read, in words that show no value."""

from __future__ import annotations

from importlib import import_module


def lacking_package(kind: str) -> str | None:
    """What to install, where a dataset of kedro-datasets is there and something that it stands on is not."""
    package, _, name = kind.removeprefix("kedro_datasets.").rpartition(".")
    try:
        getattr(import_module(f"kedro_datasets.{package}"), name, None)
    except ModuleNotFoundError as error:
        if error.name and not error.name.startswith("kedro_datasets"):
            lacking = f"the Python package {error.name}, which is not installed"
            return f"{kind} needs {lacking}. Install it: pip install {error.name}."
    except ImportError:
        pass
    return None


def reason_of(error: BaseException) -> str:
    """What went wrong, without texts that may hold values."""
    cause = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    said = str(cause).splitlines()
    tells = isinstance(cause, OSError | ImportError)
    return f"{type(cause).__name__}: {said[0]}" if tells and said else type(cause).__name__
