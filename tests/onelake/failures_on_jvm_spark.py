"""How JVM Spark's storage driver fails, and what is told of it. A program: a process holds one engine.

Prints JSON: for each way to fail, what is told of it and the types of Python that our own file access raises.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import yaml
from support.runs import PROJECT
from support.storage_answers import CUT, StorageAnswers, answering

from customer_360.engine.session import start_engine
from customer_360.onelake.failures import explain_failure

ACCOUNT = "devstoreaccount1.dfs.core.windows.net"  # hadoop-azure sends what is for it to an emulator
SIGNED_IN = "signed-in.dfs.core.windows.net"
PLACE = f"abfs://ws-500-timeout@{ACCOUNT}/doesnt-exist.Lakehouse"
STATUSES = (401, 403, 404, 409, 429, 500, 503, CUT)


def options(server: StorageAnswers) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in ("conf/base/spark.yml", "conf/onelake/spark.yml"):
        found |= yaml.safe_load((PROJECT / path).read_text())["spark"]
    azure = {
        "abfs.endpoint": server.url.removeprefix("http://"),
        "always.use.https": "false",
        f"account.key.{ACCOUNT}": base64.b64encode(b"0" * 32).decode(),
        "account.hns.enabled": "true",
        "io.retry.max.retries": "1",
        "io.retry.min.backoff.interval": "1",
        "io.retry.max.backoff.interval": "2",
        "io.retry.backoff.interval": "1",
        f"account.auth.type.{SIGNED_IN}": "OAuth",
        f"account.oauth.provider.type.{SIGNED_IN}": "org.apache.hadoop.fs.azurebfs.oauth2.ClientCredsTokenProvider",
        f"account.oauth2.client.id.{SIGNED_IN}": "somebody",
        f"account.oauth2.client.secret.{SIGNED_IN}": "expired",
        f"account.oauth2.client.endpoint.{SIGNED_IN}": f"{server.url}/tenant/oauth2/v2.0/token",
        "oauth.token.fetch.retry.max.retries": "0",
    }
    return found | {"spark.driver.memory": "1g"} | {f"spark.hadoop.fs.azure.{k}": v for k, v in azure.items()}


def raised(action: Callable[[], Any]) -> Exception | None:
    try:
        action()
    except Exception as error:
        return error
    return None


def told(action: Callable[[], Any]) -> Any:
    error = raised(action)
    return None if error is None else explain_failure(error)


def as_notebookutils(spark: Any) -> ModuleType:
    """Fabric's file access: Hadoop's, by py4j."""
    jvm = spark.sparkContext._jvm
    configuration = spark.sparkContext._jsc.hadoopConfiguration()

    def at(url: str) -> tuple[Any, Any]:
        path = jvm.org.apache.hadoop.fs.Path(url)
        return path.getFileSystem(configuration), path

    def exists(url: str) -> bool:
        system, path = at(url)
        return bool(system.exists(path))

    def remove(url: str, recurse: bool) -> bool:
        system, path = at(url)
        return bool(system.delete(path, recurse))

    def listed(url: str) -> list[Any]:
        system, path = at(url)
        return list(system.listStatus(path))

    module = ModuleType("notebookutils")
    module.fs = SimpleNamespace(exists=exists, rm=remove, ls=listed)  # type: ignore[attr-defined]
    return module


def main() -> None:
    found: dict[str, Any] = {}
    with answering() as server:
        spark = start_engine("spark", options(server))
        sys.modules["notebookutils"] = as_notebookutils(spark)
        from customer_360.onelake.notebook_store import NotebookStore

        files = NotebookStore()
        for status in STATUSES:
            server.status = status
            found[str(status)] = {
                "read": told(lambda: spark.read.format("delta").load(f"{PLACE}/Tables/gold/t").schema),
                "write": told(lambda: spark.range(1).write.format("delta").save(f"{PLACE}/Tables/gold/t")),
                "files": type(raised(lambda: files.list(f"{PLACE}/Files"))).__name__,
            }
        for status in (400, 401):
            server.status = status
            place = f"abfs://ws@{SIGNED_IN}/lake.Lakehouse/Tables/gold/t"
            found[f"sign-in {status}"] = told(lambda p=place: spark.read.format("delta").load(p).schema)
        odd = "/nowhere/500 timeout 403 onelake.dfs azurebfs doesn't exist"
        found["local"] = [
            told(lambda: spark.read.format("delta").load(odd).schema),
            told(lambda: spark.read.parquet(odd).schema),
            told(lambda: spark.sql(f'SELECT raise_error("AbfsRestOperationException 403 {odd}")').collect()),
            told(lambda: spark.sql("SELECT CAST('azurebfs timeout 500' AS INT)").collect()),
        ]
        spark.stop()
    print("\n" + json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
