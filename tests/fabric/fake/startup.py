"""What a Fabric notebook has before its first cell: `spark`, `display` and `notebookutils`.

`abfss://` URLs of the one lakehouse lead to a local folder (Hadoop's view file system), so that Spark and the
project see the paths that they would see in Fabric.
"""

import json
import os
import traceback
from pathlib import Path

import notebookutils  # noqa: F401
from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession

_authority = f"{os.environ['FAKE_WORKSPACE']}@onelake.dfs.fabric.microsoft.com"
_item = os.environ["FAKE_LAKEHOUSE"]
_folder = f"{os.environ['FAKE_ONELAKE']}/{os.environ['FAKE_WORKSPACE']}/{_item}"
_options = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "2",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.hadoop.fs.abfss.impl": "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme",
    f"spark.hadoop.fs.viewfs.mounttable.{_authority}.link./{_item}": f"file://{_folder}",
    # as Runtime 2.0 would have it, so that the project has to say otherwise
    "spark.databricks.delta.properties.defaults.enableDeletionVectors": "true",
}
_builder = SparkSession.builder.appName("notebook")
for _key, _value in _options.items():
    _builder = _builder.config(_key, _value)
try:
    spark = configure_spark_with_delta_pip(_builder).getOrCreate()
except BaseException:  # an interrupt, too
    Path("startup-error.txt").write_text(traceback.format_exc())  # a kernel goes on without a word
    raise
spark.sparkContext.setLogLevel("OFF")


def display(frame) -> None:  # type: ignore[no-untyped-def]
    """Fabric shows a table; here its columns and number of rows, for the test to read."""
    print("DISPLAYED " + json.dumps({"columns": frame.columns, "rows": frame.count()}))
