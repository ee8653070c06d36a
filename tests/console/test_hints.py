from __future__ import annotations

import io

from rich.console import Console

from customer_360.console.hints import print_next
from customer_360.datasets.delta import DeltaTableDataset


def test_what_to_try_next_is_about_the_lakehouse_of_this_run() -> None:
    out = io.StringIO()
    table = DeltaTableDataset(filepath="/data/My Lake [1]/Tables/gold/x")
    console = Console(file=out, width=120, highlight=False, soft_wrap=True)
    print_next(console, {"gold_x": table}, lakehouse="data/My Lake [1]")
    said = out.getvalue()
    assert "Tables are in /data/My Lake [1]/Tables." in said
    assert "kedro viz run --params 'lakehouse=data/My Lake [1]'" in said
    assert "kedro run --params 'engine=spark,lakehouse=data/My Lake [1]'" in said
