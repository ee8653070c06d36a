"""Which Spark runs the nodes: embedded Sail, a local JVM Spark with Delta, or the session that is there.

One process holds one engine, because PySpark decides once per process between Spark Connect and the JVM.
An engine that cannot start raises :class:`EngineError` with what to do about it; there is no fallback.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from customer_360.engine.jvm_output import without_start_noise
from customer_360.foundation import interrupt_handler_kept, process_state

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EngineName = Literal["sail", "spark", "active"]
ENGINES: tuple[str, ...] = get_args(EngineName)

_CONNECT_VARIABLES = ("SPARK_REMOTE", "SPARK_LOCAL_REMOTE", "SPARK_CONNECT_MODE_ENABLED", "SPARK_API_MODE")

_running = process_state("running engine")
_given = process_state("given session")  # that a notebook handed over


class EngineError(RuntimeError):
    """The chosen engine cannot start; the message says why and what to do."""


def start_engine(name: str, options: Mapping[str, Any] | None = None) -> SparkSession:
    """Start the engine ``name``, or return its session when this process runs it already.

    Args:
        name: ``sail``, ``spark`` or ``active``.
        options: Spark configuration of that engine (``conf/<env>/spark.yml``); values become strings.

    Raises:
        EngineError: unknown name, another engine already runs in this process, or it cannot start.
    """
    if name not in ENGINES:
        raise EngineError(f"Unknown engine '{name}'. Allowed: {', '.join(ENGINES)}.")
    if _running and _running["name"] != name:
        raise EngineError(
            f"This process already runs the engine '{_running['name']}' and cannot change to '{name}'. "
            "Start a new process for the other engine."
        )
    if not _running:
        configuration = {key: _as_spark_value(value) for key, value in (options or {}).items()}
        session, server = _STARTERS[name](configuration)
        _running.update(name=name, session=session, server=server)
    running: SparkSession = _running["session"]
    return running


def use_session(session: SparkSession) -> None:
    """Make the engine ``active`` use this session, also where Spark does not know it as the active one."""
    if _running and _running["name"] != "active":
        raise EngineError(
            f"This process already runs the engine '{_running['name']}' and cannot use a given session as well."
        )
    _given["session"] = session
    _running.clear()


def stop_engine() -> None:
    """Stop what :func:`start_engine` started. A session that was there before (``active``) is left alone."""
    if not _running:
        return
    name, session, server = _running["name"], _running["session"], _running["server"]
    _running.clear()
    if name != "active":
        session.stop()
    if server is not None:
        server.stop()  # only after its client: a server with an open session waits for it
        os.environ.pop("SPARK_REMOTE", None)


@contextmanager
def engine_of_its_own() -> Iterator[None]:
    """Stop an engine that was started within this, before the interpreter goes down.

    Its client's threads and connections cannot be closed then any more: on Python 3.12 the process would wait for
    them for ever.
    """
    before = running_engine()
    try:
        yield
    finally:
        if before is None:
            stop_engine()


def abandon_engine() -> None:
    """The process is being ended: end the JVM with it, so that nothing is written after the lease is given up.

    The embedded engine lives and ends in this process.
    """
    if _running.get("name") != "spark":
        return
    gateway = _running["session"].sparkContext._gateway
    jvm = getattr(gateway, "proc", None)
    if jvm is not None:
        jvm.kill()
        jvm.wait(timeout=1)


def running_engine() -> str | None:
    """Name of the engine that this process runs, if any."""
    return _running.get("name")


def _as_spark_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _start_sail(options: Mapping[str, str]) -> tuple[SparkSession, Any]:
    os.environ.setdefault("RUST_LOG", "off")  # Sail reports its own shutdown as an error otherwise
    # Python functions run in Sail's own process pool: they must find this interpreter and this package.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        from pysail.spark import SparkConnectServer
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError(
            f"The engine 'sail' needs packages that are not installed ({error.name}). "
            "Install them with: pip install 'customer_360[local]' (in the project: make install)."
        ) from error
    try:
        server = SparkConnectServer("127.0.0.1", 0)
        server.start(background=True)
        _, port = server.listening_address
        remote = f"sc://127.0.0.1:{port}"
        session = SparkSession.builder.remote(remote).getOrCreate()
        for key, value in options.items():
            session.conf.set(key, value)
    except Exception as error:
        raise EngineError(
            f"The embedded engine 'sail' did not start: {error}. Check that this process may listen on "
            "127.0.0.1, or choose another engine with --params engine=spark."
        ) from error
    os.environ["SPARK_REMOTE"] = remote  # where kedro-datasets looks for the session
    return session, server


def _start_spark(options: Mapping[str, str]) -> tuple[SparkSession, None]:
    _require_jvm_spark()
    _require_java()
    for name in _CONNECT_VARIABLES:
        os.environ.pop(name, None)  # left by a Sail session of the calling process, they forbid a JVM session
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from delta import configure_spark_with_delta_pip
    from pyspark.sql import SparkSession

    builder = (
        SparkSession.builder.appName("customer_360")
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
    )
    packages = [name for name in options.get("spark.jars.packages", "").split(",") if name]
    for key, value in options.items():
        builder = builder.config(key, value)
    try:
        with without_start_noise(), interrupt_handler_kept():
            session = configure_spark_with_delta_pip(builder, extra_packages=packages).getOrCreate()
    except Exception as error:
        raise EngineError(
            f"JVM Spark did not start: {error}. It needs Java 17 or 21 and, the first time, Maven Central "
            "for the Delta jars. The embedded engine needs neither: --params engine=sail."
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    return session, None


def _require_jvm_spark() -> None:
    """Its client, ``pyspark-client``, is the same package without ``pyspark.core``."""
    missing = [name for name in ("pyspark", "delta") if find_spec(name) is None]
    if not missing and find_spec("pyspark.core") is None:
        missing = ["pyspark.core"]
    if missing:
        raise EngineError(
            f"The engine 'spark' needs JVM Spark, which is not installed ({missing[0]}), and Java 17 or 21. "
            "Install it with: make spark (outside the project: pip uninstall pyspark-client, then "
            "pip install 'customer_360[spark]'). The embedded engine needs neither: --params engine=sail."
        )


def _require_java() -> None:
    java_home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(java_home) / "bin")) if java_home else shutil.which("java")
    if java is None:
        where = f"JAVA_HOME ({java_home})" if java_home else "the PATH"
        raise EngineError(
            f"The engine 'spark' needs Java 17 or 21, and there is none in {where}. Install one "
            "(Debian: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@21) or use the "
            "embedded engine, which needs no Java: --params engine=sail."
        )


def _use_active(options: Mapping[str, str]) -> tuple[SparkSession, None]:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError(
            "The engine 'active' uses the session of a Spark notebook; there is no pyspark here."
        ) from error
    from customer_360.engine.portable import has_try_cast

    session = _given.get("session") or SparkSession.getActiveSession()
    if session is None:
        raise EngineError(
            "The engine 'active' uses the Spark session of the notebook or job that this runs in, and there "
            "is none. Outside Fabric use --params engine=sail (or engine=spark)."
        )
    for key, value in options.items():
        session.conf.set(key, value)
    if not has_try_cast():
        session.conf.set("spark.sql.ansi.enabled", "false")
    return session, None


_STARTERS = {"sail": _start_sail, "spark": _start_spark, "active": _use_active}

# A process that has the engine from a dataset (a notebook, a script) ends it here. When atexit's own turn comes, on
# Python 3.12 the client's threads cannot be closed any more; concurrent.futures ends its threads in this way, too.
getattr(threading, "_register_atexit", atexit.register)(stop_engine)
