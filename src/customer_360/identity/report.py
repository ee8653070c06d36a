"""What a resolution cost and estimated, as tables."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360.identity.full import Resolution
from customer_360.identity.score import TrainedModel, TrainedModelError
from customer_360.schemas import IDENTITY_MODEL, IDENTITY_REPORT


def model_row(models: DataFrame, resolution: Resolution, *, run_id: str, run_time: datetime) -> DataFrame:
    """The model that scored a run, as one row (:data:`customer_360.schemas.IDENTITY_MODEL`; the model as JSON).

    A run that finds the very model of ``models`` again keeps the run and time that found it first.
    """
    model = resolution.trained.model_dump_json()
    former = models.where(F.col("model") == model).select("run_id", "run_time").limit(1).collect()
    found = (former[0]["run_id"], former[0]["run_time"]) if former else (run_id, run_time)
    row = (*found, resolution.records, float(resolution.matches), model)
    return models.sparkSession.createDataFrame([row], IDENTITY_MODEL.ddl)


def latest_model(models: DataFrame) -> TrainedModel | None:
    """The model of the last run, or None while there is none.

    Raises:
        TrainedModelError: another version of this program left it, with other shares.
    """
    rows = models.orderBy(F.col("run_time").desc()).select("model").limit(1).collect()
    try:
        return TrainedModel.model_validate_json(rows[0]["model"]) if rows else None
    except ValidationError as error:
        raise TrainedModelError(
            "The last row of gold/identity_model was written by another version of this program. "
            "Train again: identity.training.reuse=false."
        ) from error


def resolution_report(spark: SparkSession, resolution: Resolution) -> DataFrame:
    """What each blocking rule costs and skips, how widely identifiers are shared, what each level weighs.

    Returns:
        ``kind`` (``blocking``, ``shared_value``, ``match_weight``, ``estimate``), ``name``, ``detail``, ``measure``,
        ``value``. A few hundred rows, whatever the size of the data; no values of records.
    """
    rows: list[tuple[str, str, str | None, str, float]] = []
    for rule in resolution.rules:
        for measure in ("pairs", "skipped_blocks", "skipped_records"):
            rows.append(("blocking", rule.rule, rule.key, measure, float(getattr(rule, measure))))
    for name, frequency in resolution.frequencies.items():
        rows.append(("shared_value", name, None, "most_records_with_one_value", float(frequency.shared)))
        if frequency.too_common.values:
            for measure in ("values", "records"):
                number = float(getattr(frequency.too_common, measure))
                rows.append(("shared_value", name, "too many share it: it weighs nothing", measure, number))
    rows += [("match_weight", *weight) for weight in resolution.weights]
    rows.append(("estimate", "pairs_of_one_person", None, "pairs", float(resolution.matches)))
    rows.append(("estimate", "records", None, "records", float(resolution.records)))
    return spark.createDataFrame(rows, IDENTITY_REPORT.ddl)
