"""Sources that are asked only for what has changed: whether this project can, and how it is told to.

The project's own configuration asks for everything, as the real APIs know nothing else. The made-up ones do: every
record has ``updatedAt``, and ``updated_since`` gives those that changed (``systems.py`` sees to the times).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from benchmarks.growth.changes import CHANGED_AT
from benchmarks.growth.systems import PROJECT

UPDATED_SINCE = "updated_since"
_SETTING = "full_pull"  # a run in which such sources are asked for everything
_ASKED_SOURCES = ("crm", "marketing")


def can_ask_for_changes() -> bool:
    """Whether the project has the setting that belongs to it."""
    settings = yaml.safe_load((PROJECT / "conf/base/parameters_run.yml").read_text(encoding="utf-8"))
    return _SETTING in settings


def configuration(folder: Path) -> Path:
    """A copy of the project's configuration in which the two APIs are asked for changes only.

    Args:
        folder: where it is made.
    """
    copy = folder / "conf"
    if not copy.is_dir():
        shutil.copytree(PROJECT / "conf", copy, ignore=shutil.ignore_patterns("*credentials*"))
        sources = copy / "local" / "sources"
        sources.mkdir(exist_ok=True)
        for name in _ASKED_SOURCES:
            said = {name: {"incremental": {"parameter": UPDATED_SINCE, "field": CHANGED_AT}}}
            (sources / f"{name}.yml").write_text(yaml.safe_dump(said), encoding="utf-8")
    return copy


def options_of_a_run(scenario: str, folder: Path) -> tuple[list[str], Mapping[str, str]]:
    """How a run is started: options of the command, and settings besides those of all runs.

    All scenarios have one configuration, so that ``asked`` can go on from those before it; they ask for everything.
    """
    if not can_ask_for_changes():
        return [], {}
    everything = "false" if scenario == "asked" else "true"
    return ["--conf-source", str(configuration(folder))], {_SETTING: everything}
