"""What Kedro and pydantic say of a parameter that cannot be used, as sentences for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from customer_360.foundation import did_you_mean
from customer_360.parameters.cleaning import CleaningParameters
from customer_360.parameters.enrichment import (
    LinkingParameters,
    MetricsParameters,
    ProfileParameters,
    ReviewParameters,
)
from customer_360.parameters.identity import IdentityModel
from customer_360.parameters.ingestion import IngestionParameters
from customer_360.parameters.maintenance import MaintenanceParameters
from customer_360.parameters.run import RunSettingsError

# The model of each group of parameters.
MODELS: dict[str, type[BaseModel]] = {
    "cleaning": CleaningParameters,
    "identity": IdentityModel,
    "ingestion": IngestionParameters,
    "linking": LinkingParameters,
    "maintenance": MaintenanceParameters,
    "metrics": MetricsParameters,
    "profile": ProfileParameters,
    "review": ReviewParameters,
}
_GROUP = re.compile(r"^- Parameter '([^']+)': ")
_PROBLEM = re.compile(r"^  (.*?) \[type=(\w+), input_value=(.*), input_type=\w+\]$")


def explain_parameters(said: str) -> str:
    """Kedro's report of parameters as one sentence for each; as it came where it has another form.

    ``identity.thresholds.link: input should be less than 1 (given: 2).``
    """
    sentences = list(_sentences(said))
    return "\n".join(sentences) if sentences else said


def read_group(group: str, parameters: Mapping[str, Any]) -> BaseModel:
    """A group of parameters as its model, for what is no step of a run: Kedro reads those of steps.

    Args:
        group: a name in :data:`MODELS`.
        parameters: all of them.

    Raises:
        RunSettingsError: one cannot be used.
    """
    try:
        return MODELS[group].model_validate(parameters.get(group) or {})
    except ValidationError as error:
        _, _, problems = str(error).partition("\n")
        raise RunSettingsError(explain_parameters(f"- Parameter '{group}': \n{problems}")) from None


def _sentences(said: str) -> Iterator[str]:
    group, place = "", ""
    for line in said.splitlines():
        if begins := _GROUP.match(line):
            group, place = begins[1], ""
        elif problem := _PROBLEM.match(line):
            yield _sentence(f"{group}.{place}" if place else group, *problem.groups())
        elif line and not line.startswith(" "):
            place = line.strip()


def _sentence(where: str, message: str, kind: str, given: str) -> str:
    if kind == "extra_forbidden":
        name = where.rpartition(".")[2]
        return f"{where}: there is no such setting.{did_you_mean(name, _settings(where.partition('.')[0]))}"
    if kind == "missing":
        return f"{where}: the setting is missing."
    if kind == "value_error":
        return f"{where}: {message.removeprefix('Value error, ')}."
    return f"{where}: {message[0].lower()}{message[1:]} (given: {given})."


def _settings(group: str) -> set[str]:
    """Names of all settings in a group, at any depth."""
    if group not in MODELS:
        return set()
    schema = MODELS[group].model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}
