"""``kedro resolve``: who is who in any file of persons."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from kedro.config import OmegaConfigLoader
from kedro.framework.project import settings
from kedro.utils import find_kedro_project

from customer_360.datasets import EncodingError, SourceError
from customer_360.engine import Scratch, start_engine
from customer_360.foundation import counted, protect_console, say, temporary_folder, write_files
from customer_360.lakehouse import check_project_path
from customer_360.parameters import IdentityModel
from customer_360.person_file import (
    IGNORE,
    REQUIRED_COLUMNS,
    ColumnsError,
    Made,
    PersonFileError,
    Said,
    StagedPersons,
    Wanted,
    about_file,
    about_result,
    check_input,
    make_results,
    stage_persons,
)
from customer_360.preflight import refuse_unknown_environment

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@click.command(name="resolve")
@click.argument("records", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Who each record is: CSV, Parquet or JSON.",
)
@click.option(
    "--golden", type=click.Path(path_type=Path), help="Also one record per person: CSV, Parquet or JSON."
)
@click.option(
    "--pairs", type=click.Path(path_type=Path), help="Also scored pairs and why: CSV, Parquet or JSON."
)
@click.option("--report", type=click.Path(path_type=Path), help="Also a page to read: HTML.")
@click.option("--show-values", is_flag=True, help="Do not mask names, addresses and the like in the report.")
@click.option(
    "--map", "mapped", multiple=True, metavar="ATTRIBUTE=COLUMN",
    help="Say what a column holds where its name does not: --map email=Contact. Repeatable.",
)  # fmt: skip
@click.option(
    "--ignore", "ignored", multiple=True, metavar="COLUMN", help="Leave out this column. Repeatable."
)
@click.option("--source", metavar="NAME", help="One source for all records, where no column names it.")
@click.option(
    "--encoding", help="Of a CSV file, such as windows-1252. [default: what its first bytes show, or UTF-8]"
)
@click.option("--sheet", help="Of an Excel file. [default: the first one]")
@click.option("--delimiter", help="Of a CSV file, one character. [default: what its header shows]")
@click.option("--engine", default="sail", show_default=True, help="sail or spark.")
@click.option("--env", "-e", help="Kedro environment whose parameters_identity.yml to use.")
def resolve_file(
    *,
    records: Path,
    output: Path,
    golden: Path | None,
    pairs: Path | None,
    report: Path | None,
    show_values: bool,
    mapped: Sequence[str],
    ignored: Sequence[str],
    source: str | None,
    encoding: str | None,
    sheet: str | None,
    delimiter: str | None,
    engine: str,
    env: str | None,
) -> None:
    """Find out which RECORDS belong to one person: a CSV, Excel or Parquet file, or a folder of Parquet parts.

    Columns of the input: source, key, and any of the model's attributes (given_name, middle_name, family_name,
    full_name, birth_date, sex, email, phone, street, house_number, unit, city, postal_code, region, country,
    national_id), also under common names such as First Name, DOB or Zip. Columns of the output: source, key,
    cluster_id, confidence.
    """
    protect_console()
    begin = time.monotonic()
    said = replace(_said(mapped, ignored, source), encoding=encoding, delimiter=delimiter, sheet=sheet)
    wanted = Wanted(clusters=output, golden=golden, pairs=pairs, report=report, show_values=show_values)
    check_input(records, said)
    wanted.check(records)
    configuration = _configuration(env)
    model = IdentityModel.model_validate(configuration["parameters"]["identity"])
    with temporary_folder("customer_360-resolve-") as folder:
        (folder / "records").mkdir()
        staged = _stage(records, folder / "records", model, said)
        spark = start_engine(engine, dict(configuration["spark"].get(engine) or {}))
        write_files(_resolve(spark, records, staged, model, folder=folder, wanted=wanted).writings())
    say(f"{wanted.in_words()} written after {time.monotonic() - begin:.1f} s.")


def _said(mapped: Sequence[str], ignored: Sequence[str], source: str | None) -> Said:
    columns: dict[str, str] = {}
    left_out = list(ignored)
    for text in mapped:
        target, equals, column = (part.strip() for part in text.partition("="))
        if not equals or not target or not column:
            raise click.ClickException(
                f"--map '{text}': write ATTRIBUTE=COLUMN, such as --map email=Contact."
            )
        if target == IGNORE:
            left_out.append(column)
        elif target in columns:
            raise click.ClickException(
                f"--map {target}=...: given twice, for '{columns[target]}' and for '{column}'."
            )
        else:
            columns[target] = column
    if source is not None and not source.strip():
        raise click.ClickException("--source is blank: give a name, such as --source shop.")
    return Said(columns=columns, ignored=left_out, source=source)


def _stage(records: Path, folder: Path, model: IdentityModel, said: Said) -> StagedPersons:
    """The records as the engine is to read them; what was made of the file is said."""
    try:
        staged = stage_persons(records, folder, list(model.attributes), said)
    except ColumnsError as error:
        raise PersonFileError(f"{records}: {error}\nNothing was written.") from None
    except SourceError as error:
        hint = " For kedro resolve the setting is --encoding." if isinstance(error, EncodingError) else ""
        raise PersonFileError(f"{error}{hint}") from None
    for line in about_file(records, staged):
        say(line)
    if not staged.records:
        raise PersonFileError(f"{records} has no records: there is nothing below its header.")
    blank = [
        f"{counted(count, 'record has', 'records have')} no {name}"
        for name, count in staged.blank.items()
        if count
    ]
    if blank:
        raise PersonFileError(f"{records}: source and key must identify each record; {' and '.join(blank)}.")
    return staged


def _configuration(env: str | None) -> OmegaConfigLoader:
    arguments: dict[str, Any] = dict(settings.CONFIG_LOADER_ARGS)
    project = find_kedro_project(Path.cwd()) or Path.cwd()
    check_project_path(project)
    refuse_unknown_environment(env, project / "conf")
    return OmegaConfigLoader(conf_source=str(project / "conf"), env=env, **arguments)


def _resolve(
    spark: SparkSession,
    records: Path,
    staged: StagedPersons,
    model: IdentityModel,
    *,
    folder: Path,
    wanted: Wanted,
) -> Made:
    from customer_360.identity import resolve

    source = _read(spark, Scratch(str(folder / "records")), staged)
    _check_keys(source, records)
    resolution = resolve(source, model, Scratch(str(folder / "scratch")))
    made = make_results(
        wanted, folder, name=records.name, staged=staged, source=source, resolution=resolution, model=model
    )
    for line in about_result(made.findings, staged):
        say(line)
    return made


def _read(spark: SparkSession, records: Scratch, staged: StagedPersons) -> DataFrame:
    names = dict.fromkeys([*REQUIRED_COLUMNS, *staged.matched.positions])
    schema = ", ".join(f"`{name}` STRING" for name in names)
    # a file of one part is read, and all that is made of it computed, by one core alone
    return spark.read.schema(schema).parquet(records.place).repartition(os.cpu_count() or 1)


def _check_keys(source: DataFrame, records: Path) -> None:
    from pyspark.sql import functions as F

    repeated = source.groupBy("source", "key").agg(F.count("*").alias("n")).where("n > 1")
    row = repeated.agg(F.count("*").alias("keys"), F.sum("n").alias("records")).collect()[0]
    if row["keys"]:
        raise click.ClickException(
            f"{records}: source and key must identify each record; "
            f"{counted(row['keys'], 'key occurs', 'keys occur')} more than once, in {row['records']:,} records. "
            "Number the records, or name another column with --map key=COLUMN."
        )
