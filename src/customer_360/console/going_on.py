"""From which steps a run that failed can go on: Kedro's own answer, as a command."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.runner.runner import _find_nodes_to_resume_from

from .next_steps import Given


def command_to_go_on(
    pipeline: Pipeline,
    catalog: DataCatalog,
    done: Collection[str],
    *,
    given: Given,
    run_params: dict[str, Any],
) -> str | None:
    """``kedro run --from-nodes ...`` with the options of the run that failed; None if nothing of it is done.

    Args:
        pipeline: what was to be run.
        catalog: of the run.
        done: names of the steps that ended well.
        given: what the run was told.
        run_params: as Kedro gives them to hooks.
    """
    open_nodes = {node for node in pipeline.nodes if node.name not in done}
    if not done or not open_nodes:
        return None
    steps = _find_nodes_to_resume_from(pipeline=pipeline, unfinished_nodes=open_nodes, catalog=catalog)
    first = [node.name for node in pipeline.nodes if node.name in steps]  # in the order of the run
    if not set(done) - {node.name for node in pipeline.from_nodes(*first).nodes}:
        return None
    named = run_params.get("pipeline_names") or []
    options = f" --pipelines {','.join(named)}" if named else ""
    return given.command(f"kedro run{options} --from-nodes {','.join(first)}", **dict(_flat(given.typed)))


def _flat(params: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """``identity.training.reuse`` as it was typed, in place of mappings in mappings."""
    for name, value in params.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", str(value).lower() if isinstance(value, bool) else value
