from __future__ import annotations

import io

from rich.console import Console

from customer_360.console.hints import print_next
from customer_360.console.next_steps import Given
from customer_360.datasets.delta import DeltaTableDataset
from customer_360.parameters.run import RunSettings


def test_what_to_try_next_is_about_the_lakehouse_of_this_run() -> None:
    out = io.StringIO()
    table = DeltaTableDataset(filepath="/data/My Lake [1]/Tables/gold/x")
    console = Console(file=out, width=120, highlight=False, soft_wrap=True)
    settings = RunSettings(sources="sample")
    lakehouse = "data/My Lake [1]"
    given = Given(settings=settings, typed={"lakehouse": lakehouse}, lakehouse=lakehouse)
    print_next(console, {"gold_x": table}, given=given)
    said = out.getvalue()
    assert "Tables are in /data/My Lake [1]/Tables." in said
    assert "kedro viz run --params 'lakehouse=data/My Lake [1]'" in said
    assert "kedro run --params 'engine=spark,lakehouse=data/My Lake [1]'" in said
    assert "kedro run --params 'sample_customers=5000,lakehouse=data/My Lake [1]-5000-360'" in said
