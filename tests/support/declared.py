"""The project as tests run it: with the sources that they declare, whatever sources it has been given besides.

Tests make records of four sources, and say what becomes of them; further sources are not theirs to know.
:func:`tested_project` is a copy of the project with the configuration of the declared sources only, and importing this
module chooses their code (:func:`customer_360.sources.base.chosen`) for this process and its children.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    "crm": "crm_users",
    "erp": "erp_customers",
    "marketing": "marketing_posts",
    "support": "support_tickets",
}
_FOLDER = "CUSTOMER_360_TESTED_PROJECT"  # a process that a test starts takes that of the test
_COPIED = ("src", "conf")
_NOT_THERE = ("data", "dist", "build", "spark-warehouse")

os.environ["CUSTOMER_360_ONLY_SOURCES"] = ",".join(SOURCES)


@cache
def tested_project() -> Path:
    """A project folder with `src` as it is, `conf` for the declared sources, and links to everything else."""
    if _FOLDER in os.environ:
        return Path(os.environ[_FOLDER])
    folder = Path(tempfile.mkdtemp(prefix="customer_360-tested-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_tested_project(ROOT, folder)
    os.environ[_FOLDER] = str(folder)
    return folder


def make_tested_project(root: Path, folder: Path) -> None:
    """Fill the empty `folder` from the project at `root`."""
    for path in root.iterdir():
        if path.name in _COPIED:
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "*credentials*")
            shutil.copytree(path, folder / path.name, ignore=ignored)
        elif path.name not in _NOT_THERE and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    shutil.copy(root / ".telemetry", folder)
    (folder / "data").mkdir()
    for path in (folder / "conf").glob("*/sources/*.yml"):
        if path.stem not in SOURCES:
            path.unlink()
    for path in (folder / "conf").glob("*/parameters*.yml"):
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        if written != (kept := declared(written)):
            path.write_text(yaml.safe_dump(kept, sort_keys=False, allow_unicode=True), encoding="utf-8")


def declared(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters without what belongs to other sources than those that tests declare."""
    kept = dict(parameters or {})
    if "sources" in kept.get("ingestion", {}):
        kept["ingestion"] = _only(kept["ingestion"], SOURCES.values(), "sources")
    if "cleaning" in kept:
        kept["cleaning"] = _only(kept["cleaning"], SOURCES, "sources")
    if "linking" in kept:
        kept["linking"] = _only(kept["linking"], SOURCES, "persons", "unlinked")
        if "rules" in kept["linking"]:
            rules = kept["linking"]["rules"]
            kept["linking"]["rules"] = [r for r in rules if {r["source"], r["target"]} <= SOURCES.keys()]
    if "profile" in kept:
        kept["profile"] = _profile(kept["profile"])
    return kept


def _only(section: dict[str, Any], names: Iterable[str], *keys: str) -> dict[str, Any]:
    names = set(names)
    return section | {
        key: {name: value for name, value in section[key].items() if name in names}
        for key in keys
        if key in section
    }


def _profile(profile: dict[str, Any]) -> dict[str, Any]:
    attributes = {name: _of(sources) for name, sources in profile.get("attributes", {}).items()}
    groups = {
        name: group | {"sources": _of(group["sources"])} for name, group in profile.get("groups", {}).items()
    }
    return (
        profile
        | {
            "attributes": {name: sources for name, sources in attributes.items() if sources},
            "groups": {name: group for name, group in groups.items() if group["sources"]},
        }
        | ({"keys": _of(profile["keys"])} if "keys" in profile else {})
    )


def _of(sources: list[Any]) -> list[Any]:
    """Sources, as names or with conditions, that are declared."""
    return [one for one in sources if (one["source"] if isinstance(one, dict) else one) in SOURCES]
