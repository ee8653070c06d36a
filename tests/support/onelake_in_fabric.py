"""OneLake as a Fabric notebook reaches it, over a folder and the fake `notebookutils`."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.runs import PROJECT

from customer_360.onelake import filesystem
from customer_360.onelake.address import LakehouseAddress

ADDRESS = LakehouseAddress(workspace="ws", lakehouse="lake")


@contextmanager
def in_fabric_over(folder: Path) -> Iterator[Path]:
    """This process is in Fabric for as long as this lasts; gives the folder of the lakehouse ``ADDRESS``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_ONELAKE", str(folder))
        path = PROJECT / "tests" / "fabric" / "fake" / "notebookutils.py"
        specification = importlib.util.spec_from_file_location("notebookutils", path)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        patch.setitem(sys.modules, "notebookutils", module)
        specification.loader.exec_module(module)
        filesystem.register_onelake()
        lakehouse = folder / "ws" / "lake.Lakehouse"
        (lakehouse / "Files").mkdir(parents=True)
        yield lakehouse
