"""``kedro resolve``: who is who in any file of persons."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kedro.config import OmegaConfigLoader
from kedro.framework.project import settings

from customer_360.engine import EngineError, start_engine
from customer_360.parameters.identity import IdentityModel
from customer_360.scratch import Scratch
from customer_360.terminal import protect_console, say

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from customer_360.identity.resolve import Resolution

_REQUIRED = ("source", "key")
_FORMATS = (".parquet", ".csv")


@click.command(name="resolve")
@click.argument("records", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Parquet or CSV file.")
@click.option("--engine", default="sail", show_default=True, help="sail or spark.")
@click.option("--env", "-e", help="Kedro environment whose parameters_identity.yml to use.")
def resolve_file(records: Path, output: Path, engine: str, env: str | None) -> None:
    """Find out which RECORDS (Parquet or CSV) are of one person.

    Columns of the input: source, key, and any of the model's attributes (given_name, middle_name, family_name,
    full_name, birth_date, sex, email, phone, street, house_number, unit, city, postal_code, region, country,
    national_id). Columns of the output: source, key, cluster_id, confidence.
    """
    protect_console()
    begin = time.monotonic()
    try:
        _check_names(records, output)
        configuration = _configuration(env)
        model = IdentityModel.model_validate(configuration["parameters"]["identity"])
        spark = start_engine(engine, dict(configuration["spark"].get(engine) or {}))
        folder = Path(tempfile.mkdtemp(prefix="customer_360-resolve-"))
        try:
            _resolve(spark, records, output, model, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except (EngineError, click.ClickException) as error:
        message = error.format_message() if isinstance(error, click.ClickException) else str(error)
        say(message, colour="red", error=True)
        sys.exit(1)
    say(f"{output} written after {time.monotonic() - begin:.1f} s.")


def _resolve(spark: SparkSession, records: Path, output: Path, model: IdentityModel, folder: Path) -> None:
    from customer_360.identity.resolve import resolve

    frame = _read(spark, records)
    known = [name for name in model.attributes if name in frame.columns]
    others = [name for name in frame.columns if name not in (*known, *_REQUIRED)]
    missing = [name for name in _REQUIRED if name not in frame.columns]
    if missing or not known:
        raise click.ClickException(
            f"{records}: it must have the columns source and key, and at least one of "
            f"{', '.join(model.attributes)}. It has: {', '.join(frame.columns)}."
        )
    say(f"{records}: comparing {', '.join(known)}" + (f"; ignoring {', '.join(others)}" if others else ""))
    scratch = Scratch(str(folder / "scratch"))
    source = frame.select(*[frame[name].cast("string").alias(name) for name in (*_REQUIRED, *known)])
    _check_keys(source, records)
    resolution = resolve(source, model, scratch)
    clusters = scratch.keep(resolution.clusters, "result")
    _report(clusters, resolution)
    result = clusters.select("source", "key", "cluster_id", "confidence")
    result.write.mode("overwrite").parquet(str(folder / "result"))
    _write_file(folder / "result", output)


def _check_names(records: Path, output: Path) -> None:
    for path in (records, output):
        if path.suffix.lower() not in _FORMATS:
            raise click.ClickException(f"{path}: the name must end in {' or '.join(_FORMATS)}.")


def _configuration(env: str | None) -> OmegaConfigLoader:
    arguments: dict[str, Any] = dict(settings.CONFIG_LOADER_ARGS)
    return OmegaConfigLoader(conf_source=str(Path.cwd() / "conf"), env=env, **arguments)


def _read(spark: SparkSession, records: Path) -> DataFrame:
    path = str(records.resolve())
    csv = records.suffix.lower() == ".csv"
    read = spark.read.option("header", "true").csv(path) if csv else spark.read.parquet(path)
    # a file of one row group is read, and all that is made of it computed, by one core alone
    return read.repartition(os.cpu_count() or 1)


def _check_keys(source: DataFrame, records: Path) -> None:
    from pyspark.sql import functions as F

    counted = source.groupBy("source", "key").agg(F.count("*").alias("n"))
    blank = F.col("source").isNull() | F.col("key").isNull()
    row = counted.agg(
        F.sum(F.when(F.col("n") > 1, 1).otherwise(0)).alias("repeated"),
        F.sum(F.when(blank, 1).otherwise(0)).alias("blank"),
    ).collect()[0]
    if row["repeated"] or row["blank"]:
        raise click.ClickException(
            f"{records}: source and key must name each record once; {row['repeated'] or 0} keys are there more than "
            f"once, and {row['blank'] or 0} are blank."
        )


def _report(clusters: DataFrame, resolution: Resolution) -> None:
    from pyspark.sql import functions as F

    sizes = clusters.groupBy("cluster_id").agg(F.count("*").alias("n"))
    row = sizes.agg(
        F.count("*").alias("persons"),
        F.max("n").alias("largest"),
        F.sum(F.when(F.col("n") > 1, 1).otherwise(0)).alias("several"),
    ).collect()[0]
    say(
        f"{resolution.records:,} records are {row['persons']:,} persons; {row['several'] or 0:,} of them have "
        f"several records, at most {row['largest'] or 0:,}."
    )
    say(f"Estimated: {resolution.matches:,.0f} pairs of records of one person.")
    skipped = [rule for rule in resolution.rules if rule.skipped_records]
    for rule in sorted(skipped, key=lambda rule: -rule.skipped_records)[:5]:
        say(
            f"  blocking rule '{rule.rule}': {rule.skipped_blocks:,} blocks of {rule.skipped_records:,} records are "
            "too large and were not compared"
        )
    for rule in resolution.rules:
        if rule.key is None:
            say(f"  blocking rule '{rule.rule}' was left out: it would cost too many pairs")


def _write_file(folder: Path, output: Path) -> None:
    """One file out of the engine's many, batch by batch."""
    import pyarrow as pa
    import pyarrow.dataset as ds
    from pyarrow import csv, parquet

    schema = pa.schema(
        [
            ("source", pa.string()),
            ("key", pa.string()),
            ("cluster_id", pa.string()),
            ("confidence", pa.float64()),
        ]
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = output.with_name(f".{output.name}.partial")
    writer = csv.CSVWriter if output.suffix.lower() == ".csv" else parquet.ParquetWriter
    with writer(str(partial), schema) as file:
        for path in sorted(folder.glob("*.parquet")):
            for batch in ds.dataset(str(path)).to_batches():
                file.write_table(pa.Table.from_batches([batch]).cast(schema))
    partial.replace(output)
