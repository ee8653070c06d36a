"""How long a preview takes in Kedro-Viz: each table and chart of a lakehouse, without an engine.

python benchmarks/previews.py                     # the lakehouse of `make run`
python benchmarks/previews.py /tmp/lakehouse --repeat 5
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from kedro.config import OmegaConfigLoader
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog

PROJECT = Path(__file__).resolve().parents[1]
LAYERS = ("bronze_", "silver_", "gold_")


def main() -> None:
    """Measure and print, the slowest first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lakehouse", nargs="?", default=str(PROJECT / "data" / "lakehouse"))
    parser.add_argument(
        "--repeat", type=int, default=3, help="previews of each dataset; the median is printed"
    )
    options = parser.parse_args()
    catalog = catalog_of(str(Path(options.lakehouse).resolve()))
    times = {name: previewed(catalog, name, options.repeat) for name in shown_names(catalog)}
    print(f"{'preview':<44}  {'ms':>6}  shows")
    for name, (seconds, shows) in sorted(times.items(), key=lambda item: -item[1][0]):
        print(f"{name:<44}  {1000 * seconds:>6.0f}  {shows}")
    print(f"{'all':<44}  {1000 * sum(seconds for seconds, _ in times.values()):>6.0f}")


def catalog_of(lakehouse: str) -> DataCatalog:
    """The project's catalog over a lakehouse."""
    loader = OmegaConfigLoader(
        conf_source=str(PROJECT / "conf"),
        base_env="base",
        default_run_env="local",
        runtime_params={"lakehouse": lakehouse},
    )
    return DataCatalog.from_config(loader["catalog"])


def shown_names(catalog: DataCatalog) -> list[str]:
    """Tables that the flow writes, and charts."""
    bootstrap_project(PROJECT)
    from customer_360.pipeline_registry import whole_flow
    from customer_360.viz.charts import CHARTS

    tables = [name for name in whole_flow().all_outputs() if name.startswith(LAYERS)]
    return [*tables, *(f"chart_{name}" for name in CHARTS)]


def previewed(catalog: DataCatalog, name: str, repeat: int) -> tuple[float, str]:
    """Median seconds of a preview, and what it shows."""
    dataset = catalog.get(name)
    assert dataset is not None and hasattr(dataset, "preview"), name
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        preview = dataset.preview()
        seconds.append(time.perf_counter() - start)
    if preview is None:
        return statistics.median(seconds), "nothing"
    rows = preview.get("data", [])
    return statistics.median(seconds), f"{len(rows)} {'series' if name.startswith('chart_') else 'rows'}"


if __name__ == "__main__":
    main()
