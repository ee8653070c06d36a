"""Charts: each hangs on its tables, and no run draws one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from kedro.config import OmegaConfigLoader

from customer_360.viz.charts import CHARTS, create_pipeline, draw_chart


def test_a_run_imports_nothing_that_draws(project: Path) -> None:
    code = (
        "import sys\n"
        "from kedro.framework.project import pipelines\n"
        "from kedro.framework.session import KedroSession\n"
        "from kedro.framework.startup import bootstrap_project\n"
        f"bootstrap_project({str(project)!r})\n"
        f"with KedroSession.create(project_path={str(project)!r}) as session:\n"
        "    catalog = session.load_context().catalog\n"
        "    for name in pipelines['__default__'].datasets():\n"
        "        catalog.get(name)\n"
        "drawing = ('plotly', 'deltalake', 'customer_360.datasets.chart', 'kedro_viz.server', 'fastapi')\n"
        "loaded = [name for name in drawing if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, timeout=280, check=False
    )
    assert result.returncode == 0, result.stderr


def test_each_chart_hangs_on_the_tables_of_its_catalog_entry(project: Path) -> None:
    loader = OmegaConfigLoader(conf_source=str(project / "conf"), base_env="base", default_run_env="local")
    entries = {name: entry for name, entry in loader["catalog"].items() if name.startswith("chart_")}
    assert set(entries) == {f"chart_{name}" for name in CHARTS}
    for name, datasets in CHARTS.items():
        tables = entries[f"chart_{name}"]["tables"]
        assert ["_".join(PurePosixPath(table).parts) for table in tables] == datasets
        assert entries[f"chart_{name}"]["metadata"]["kedro-viz"]["layer"] == "charts"


def test_nodes_are_named_and_tagged_and_say_that_they_do_not_run() -> None:
    nodes = create_pipeline().nodes
    assert {node.name for node in nodes} == {f"draw_{name}" for name in CHARTS}
    assert all("charts" in node.tags for node in nodes)
    with pytest.raises(NotImplementedError, match="kedro viz run"):
        draw_chart()
