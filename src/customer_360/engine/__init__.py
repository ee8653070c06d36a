"""Which Spark runs the nodes, what differs between them, and where intermediate results are written."""

from .configured import configure_engine, spark_session
from .derived import PROGRAM, DerivedTables, Plan, TableUpdate, digest_of
from .differences import differing_rows
from .frames import union
from .portable import null_if, schema_of, try_cast, with_columns
from .pull import Pull
from .scratch import KeptTables, RunState, Scratch
from .session import (
    EngineError,
    EngineName,
    abandon_engine,
    engine_of_its_own,
    running_engine,
    start_engine,
    use_session,
)

__all__ = [
    "PROGRAM",
    "DerivedTables",
    "EngineError",
    "EngineName",
    "KeptTables",
    "Plan",
    "Pull",
    "RunState",
    "Scratch",
    "TableUpdate",
    "abandon_engine",
    "configure_engine",
    "differing_rows",
    "digest_of",
    "engine_of_its_own",
    "null_if",
    "running_engine",
    "schema_of",
    "spark_session",
    "start_engine",
    "try_cast",
    "union",
    "use_session",
    "with_columns",
]
