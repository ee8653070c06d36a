"""Options of ``kedro run`` that cannot work here: refused in a sentence before anything is started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from kedro.framework.project import pipelines
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline

from customer_360.datasets import RestSourceDataset
from customer_360.foundation import did_you_mean
from customer_360.parameters import RunSettingsError

# Those of Kedro that share one process, and with it the one engine of a run.
RUNNERS = ("SequentialRunner", "ThreadRunner")
_OF_THREADS = "max_workers"
# Steps that had other names once.
_FORMER_STEPS = {
    "check_conservation": "reconcile_silver",
    "compare_customers": "find_former_customers",
    "place_customers": "assign_ids",
}
_KINDS = {
    "tags": "tag",
    "from_nodes": "step",
    "to_nodes": "step",
    "node_names": "step",
    "from_inputs": "table",
    "to_outputs": "table",
}


def refuse_what_cannot_work(options: Mapping[str, Any]) -> None:
    """Check the options of ``kedro run``.

    Args:
        options: by Kedro's own names; what is absent or blank is not given.

    Raises:
        RunSettingsError: naming the option, the reason and what to use instead.
    """
    runner = str(options.get("runner") or RUNNERS[0]).removeprefix("kedro.runner.")
    if runner not in RUNNERS:
        raise RunSettingsError(
            f"--runner {runner} cannot be used: all steps share one engine, which lives in one process. Leave "
            f"--runner out, or use {RUNNERS[1]}."
        )
    allowed = {"is_async"} | ({_OF_THREADS} if runner == "ThreadRunner" else set())
    if unknown := sorted(set(options.get("runner_params") or {}) - allowed):
        raise RunSettingsError(
            f"--runner-params {', '.join(unknown)}: {runner} knows only {', '.join(sorted(allowed))}."
        )
    if options.get("load_versions"):
        raise RunSettingsError(
            "--load-versions cannot be used: the tables are Delta tables, which keep their own versions, and a run "
            "works on the last one. To read an older version: SELECT ... VERSION AS OF."
        )
    if options.get("only_missing_outputs"):
        raise RunSettingsError(
            "--only-missing-outputs cannot be used: after the first run every table is there, and nothing new would "
            "ever be read. Leave it out: a run works on what has changed only."
        )
    if namespaces := options.get("namespaces"):
        raise RunSettingsError(
            f"--namespaces {','.join(_texts(namespaces))} cannot be used: the steps have none. "
            f"Use --pipelines ({', '.join(_flow())}), --tags or --nodes."
        )


def refuse_unknown_names(options: Mapping[str, Any]) -> None:
    """Check that the named pipelines, steps, tags and datasets are there.

    Raises:
        RunSettingsError: naming what is not.
    """
    named = _texts(options.get("pipelines")) + _texts(options.get("pipeline"))
    filters = {name: _texts(options[name]) for name in _KINDS if options.get(name)}
    if not named and not filters:
        return
    known = dict(pipelines)
    if unknown := sorted(set(named) - set(known)):
        raise RunSettingsError(
            f"There is no pipeline {', '.join(unknown)}.{did_you_mean(unknown[0], _flow())} There are: "
            f"{', '.join(_flow())}."
        )
    whole = reduce(Pipeline.__add__, (known[name] for name in named or ["__default__"]))
    steps = f"The steps and their tags: kedro registry describe {named[0] if named else '__default__'}."
    there = {
        "tag": sorted({tag for node in whole.nodes for tag in node.tags}),
        "step": sorted(node.name for node in whole.nodes),
        "table": sorted(name for name in whole.datasets() if not name.startswith("param")),
    }
    for option, names in filters.items():
        kind = _KINDS[option]
        if unknown := sorted(set(names) - set(there[kind])):
            where = f" in {', '.join(named)}" if named else ""
            now = _FORMER_STEPS.get(unknown[0]) if kind == "step" else None
            meant = f" It is called {now} now." if now else did_you_mean(unknown[0], there[kind])
            raise RunSettingsError(
                f"--{option.replace('_', '-').replace('node-names', 'nodes')}: there is no {kind} "
                f"{', '.join(unknown)}{where}.{meant} {steps}"
            )
    try:
        whole.filter(**filters)
    except ValueError:
        asked = "; ".join(f"{_KINDS[option]} {', '.join(names)}" for option, names in filters.items())
        raise RunSettingsError(f"No step matches all of this: {asked}. {steps}") from None


def refuse_unknown_environment(env: str | None, configuration: Path) -> None:
    """Check that there is a folder of this name in the configuration.

    Args:
        env: as it was given; None: the usual one.
        configuration: the folder ``conf``; nothing is checked where it is no folder (an archive).

    Raises:
        RunSettingsError: naming those that are there.
    """
    if env is None or not configuration.is_dir() or (env and (configuration / env).is_dir()):
        return
    known = sorted(path.name for path in configuration.iterdir() if path.is_dir() and path.name != "base")
    raise RunSettingsError(
        f"There is no environment '{env}': {configuration} has no such folder.{did_you_mean(env, known)} There are: "
        f"{', '.join(known)}."
    )


def refuse_what_was_in_memory(pipeline: Pipeline, catalog: DataCatalog) -> None:
    """Check that a part of the flow does not need what only an earlier part of the same run has.

    Raises:
        RunSettingsError: naming the datasets and the steps to begin with.
    """
    given = (name for name in pipeline.inputs() if not name.startswith(("params:", "parameters")))
    lacking = [name for name in sorted(given) if _is_empty_memory(catalog.get(name))]
    if lacking:
        makers = sorted(
            {node.name for node in pipelines["__default__"].nodes if set(lacking) & set(node.outputs)}
        )
        raise RunSettingsError(
            f"This part of the flow needs {', '.join(lacking)}, which are kept in memory and end with their run. "
            f"Nothing was written. Begin with the steps that make them: --from-nodes {','.join(makers)}."
        )


def refuse_sources_without_address(pipeline: Pipeline, catalog: DataCatalog) -> None:
    """Check that every API that is to be read is somewhere.

    Raises:
        RunSettingsError: naming the settings that must say where.
    """
    sources = [catalog.get(name) for name in sorted(pipeline.inputs()) if name.startswith("source_")]
    asked = dict.fromkeys(
        one.not_given for one in sources if isinstance(one, RestSourceDataset) and one.not_given
    )
    if asked:
        example = ",".join(f"{name}=https://..." for name in asked)
        raise RunSettingsError(
            f"sources=live reads systems whose address is not given: {' and '.join(asked)}. Nothing was read. Say "
            f"where they are: --params sources=live,{example} (the base URL, without the resource). sources=sample "
            "reads made-up systems."
        )


def _is_empty_memory(dataset: object) -> bool:
    return isinstance(dataset, MemoryDataset) and not dataset.exists()


def _texts(given: str | Iterable[str] | None) -> list[str]:
    return [given] if isinstance(given, str) and given else [str(one) for one in given or ()]


def _flow() -> list[str]:
    return sorted(name for name in pipelines if name != "__default__")
