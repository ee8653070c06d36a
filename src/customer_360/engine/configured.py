"""The engine that the configuration names: started when somebody needs it, not before, and no other one.

Datasets load in many places: in a run, which has started the engine; in IPython, notebooks and scripts, which have
not. There Spark's own ``getOrCreate()``, which kedro-datasets calls, would start a JVM.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from customer_360.engine.session import EngineError, running_engine, start_engine
from customer_360.foundation import process_state

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_CONNECT_ONLY = "SPARK_CONNECT_MODE_ENABLED"
_configured = process_state("configured engine")


def configure_engine(name: str, options: Mapping[str, Any]) -> None:
    """Say which engine :func:`spark_session` starts. Nothing is started yet.

    With ``sail``, Spark itself cannot start a JVM in this process from now on: it says that it was given no address.
    """
    _configured.update(name=name, options=dict(options))
    if name == "sail":
        _configured["guarded"] = os.environ.setdefault(_CONNECT_ONLY, "1")
    elif _configured.pop("guarded", None) and running_engine() is None:
        os.environ.pop(_CONNECT_ONLY, None)


def spark_session() -> SparkSession:
    """The session of the configured engine, which is started if it does not run yet.

    Raises:
        EngineError: it cannot start, this process runs another engine, or none is configured or running.
    """
    running = running_engine()
    if not _configured and running is None:
        raise EngineError(
            "No engine is configured here. Load the project first "
            "(KedroSession.create(project_path=...).load_context(), in a notebook %load_ext kedro.ipython), or "
            "start one: customer_360.engine.start_engine('sail')."
        )
    name = _configured.get("name", running)
    return start_engine(str(name), _configured.get("options"))
