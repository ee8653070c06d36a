"""Options of ``kedro run`` that cannot work here: refused in a sentence before anything is started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from kedro.framework.project import pipelines
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline

from customer_360.parameters.run import RunSettingsError

# Those of Kedro that share one process, and with it the one engine of a run.
RUNNERS = ("SequentialRunner", "ThreadRunner")
_OF_THREADS = "max_workers"
_FILTERS = ("tags", "from_nodes", "to_nodes", "node_names", "from_inputs", "to_outputs")


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
    filters = {name: _texts(options[name]) for name in _FILTERS if options.get(name)}
    if not named and not filters:
        return
    known = dict(pipelines)
    if unknown := sorted(set(named) - set(known)):
        raise RunSettingsError(f"There is no pipeline {', '.join(unknown)}. There are: {', '.join(_flow())}.")
    whole = reduce(Pipeline.__add__, (known[name] for name in named or ["__default__"]))
    try:
        whole.filter(**filters)
    except ValueError as error:
        raise RunSettingsError(
            f"{error} The steps and their tags: kedro registry describe {named[0] if named else '__default__'}."
        ) from None


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
            f"This part of the flow needs {', '.join(lacking)}, which stay in memory and end with their run. Nothing "
            f"was written. Begin with the steps that make them: --from-nodes {','.join(makers)}."
        )


def _is_empty_memory(dataset: object) -> bool:
    return isinstance(dataset, MemoryDataset) and not dataset.exists()


def _texts(given: str | Iterable[str] | None) -> list[str]:
    return [given] if isinstance(given, str) and given else [str(one) for one in given or ()]


def _flow() -> list[str]:
    return sorted(name for name in pipelines if name != "__default__")
