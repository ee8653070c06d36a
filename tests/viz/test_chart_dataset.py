"""Charts: the query's rows, drawn in the query's order."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DataCatalog
from kedro.io.core import DatasetError

from customer_360.datasets.chart import ChartDataset
from customer_360.datasets.delta import DeltaTableDataset

ChartOf = Callable[[str], Any]


@pytest.fixture(scope="module")
def chart(project: Path, small_lakehouse: Path) -> ChartOf:
    """Draws a chart of the real catalog over the small lakehouse."""
    loader = OmegaConfigLoader(
        conf_source=str(project / "conf"),
        base_env="base",
        default_run_env="local",
        runtime_params={"lakehouse": str(small_lakehouse)},
    )
    entries = {name: entry for name, entry in loader["catalog"].items() if name.startswith("chart_")}
    catalog = DataCatalog.from_config(entries)
    return lambda name: catalog.get(name).preview()  # type: ignore[union-attr]


def bars(figure: dict[str, Any]) -> dict[str, dict[Any, Any]]:
    """Series -> category -> length or height, whichever way the bars lie."""
    flat = {
        bar["name"]: (bar["y"], bar["x"]) if bar.get("orientation") == "h" else (bar["x"], bar["y"])
        for bar in figure["data"]
    }
    return {name: dict(zip(categories, lengths, strict=True)) for name, (categories, lengths) in flat.items()}


@pytest.mark.parametrize(
    ("name", "title", "expected"),
    [
        ("customers_by_linked_systems", "Customers by number of linked systems", {"": {"1": 2, "4": 1}}),
        (
            "tickets_by_category_and_status",
            "Tickets by category and status",
            {"closed": {"billing": 1}, "open": {"billing": 2, "technical": 1}},
        ),
        # love: (10 + 6) / (100 + 50); posts without views or tags have no rate
        ("engagement_by_tag", "Engagement by tag (the 15 most viewed)", {"": {"love": 10.67, "crime": 10.0}}),
        (
            "data_quality_by_rule",
            "Data quality: records by broken rule",
            {
                "quarantined": {"crm · malformed": 1},
                "kept with a warning": {"support · unknown_status": 5, "erp · missing_customer_number": 2},
            },
        ),
        (
            "runs_linked",
            "Over runs: share of clean records that are linked to a customer",
            {"crm": {"2026-03-01 04:00:00": 75.0, "2026-03-02 04:00:00": 0.0}},
        ),
        (
            "runs_quarantined",
            "Over runs: share of records in quarantine",
            {"crm": {"2026-03-01 04:00:00": 20.0, "2026-03-02 04:00:00": 0.0}},
        ),
        # a run in which nothing changed is there, too
        (
            "runs_changed",
            "Over runs: records that were new, changed or deleted",
            {
                "new": {"2026-03-01 04:00:00": 11, "2026-03-02 04:00:00": 0},
                "deleted": {"2026-03-01 04:00:00": 1},
            },
        ),
        (
            "match_weight_model",
            "Match weights: what each answer of a comparison says, in bits",
            {
                "one person": {"birth date · equal": 9.0, "email · equal": 11.4},
                "two persons": {"email · different": -2.7},
            },
        ),
        # bins without a pair are there, too
        (
            "match_weight_distribution",
            "Pairs of records by match weight",
            {
                "together, by this pair": {"-4": 0, "-3": 0, "-2": 0, "-1": 0, "0": 2},
                "together, by what the whole customer says": {"-4": 0, "-3": 0, "-2": 1, "-1": 0, "0": 0},
                "apart, to be reviewed": {"-4": 1, "-3": 0, "-2": 0, "-1": 0, "0": 1},
            },
        ),
    ],
)
def test_the_charts_of_the_catalog(chart: ChartOf, name: str, title: str, expected: dict[str, Any]) -> None:
    figure = chart(f"chart_{name}")
    assert figure["layout"]["title"]["text"] == title
    assert bars(figure) == expected
    assert figure["layout"]["showlegend"] == (set(expected) != {""})
    json.dumps(figure, allow_nan=False)


def test_categories_keep_the_order_of_the_query(chart: ChartOf) -> None:
    layout = chart("chart_engagement_by_tag")["layout"]
    assert layout["yaxis"]["categoryarray"] == ["love", "crime"]
    assert layout["yaxis"]["autorange"] == "reversed"  # the first on top
    assert layout["xaxis"]["title"]["text"] == "Likes and dislikes per 100 views"


def test_the_names_of_many_categories_are_small_and_none_is_left_out(small_lakehouse: Path) -> None:
    for number, expected in ((25, None), (26, {"size": 9})):
        query = f"SELECT unnest(generate_series(1, {number})) AS given_name, 1 AS customers"
        figure: dict[str, Any] = a_chart(small_lakehouse, query=query, horizontal=True).preview()  # type: ignore[assignment]
        axis = figure["layout"]["yaxis"]
        assert (axis.get("tickfont"), axis.get("dtick")) == (expected, expected and 1)


def a_chart(folder: Path, **changes: Any) -> ChartDataset:
    settings: dict[str, Any] = {
        "filepath": str(folder / "Tables"),
        "tables": ["gold/customer_360"],
        "title": "Customers",
        "query": "SELECT given_name, count(*) AS customers FROM customer_360 GROUP BY given_name ORDER BY 1",
        "x": "given_name",
        "y": "customers",
    }
    return ChartDataset(**(settings | changes))


@pytest.mark.parametrize(
    ("dataset", "kind"), [(ChartDataset, "PlotlyPreview"), (DeltaTableDataset, "TablePreview")]
)
def test_kedro_viz_knows_the_kind_of_preview(dataset: type, kind: str) -> None:
    """It takes the kind from the annotation's name and nothing else: `X | None` would show nothing."""
    annotation = inspect.signature(dataset.preview).return_annotation  # type: ignore[attr-defined]
    assert getattr(annotation, "__name__", str(annotation)) == kind


def test_null_is_drawn_as_unknown(small_lakehouse: Path, values_shown: None) -> None:
    assert bars(a_chart(small_lakehouse).preview()) == {"": {"Ann": 1, "Cy": 1, "unknown": 1}}


@pytest.mark.parametrize(
    ("x", "query", "labels"),
    [
        ("given_name", "SELECT given_name, count(*) AS customers FROM customer_360 GROUP BY given_name ORDER BY 1",
         ["A•• (1)", "C• (2)", "unknown"]),
        ("who", "SELECT upper(given_name) AS who, 1 AS customers FROM customer_360 WHERE given_name > 'B'", ["C• (1)"]),
        ("systems", "SELECT source_count AS systems, count(*) AS customers FROM customer_360 GROUP BY 1 ORDER BY 1",
         ["1", "4"]),
    ],
)  # fmt: skip
def test_names_are_masked_unless_the_setting_shows_them(
    small_lakehouse: Path, x: str, query: str, labels: list[str]
) -> None:
    shown: dict[str, Any] = a_chart(small_lakehouse, query=query, x=x).preview()  # type: ignore[assignment]
    assert shown["data"][0]["x"] == labels


@pytest.mark.parametrize(
    "changes",
    [{"tables": ["gold/not_written_yet"]}, {"query": "SELECT * FROM customer_360 WHERE 1 = 0"}],
    ids=["absent", "empty"],
)
def test_nothing_is_drawn_without_rows(small_lakehouse: Path, changes: dict[str, Any]) -> None:
    assert a_chart(small_lakehouse, **changes).preview() is None


def test_a_column_that_the_query_lacks_is_named(small_lakehouse: Path) -> None:
    with pytest.raises(
        DatasetError, match=r"Customers: the query gives \['given_name', 'customers'\].*\['status'\]"
    ):
        a_chart(small_lakehouse, colour="status").preview()


def test_lines_join_points(chart: ChartOf, small_lakehouse: Path) -> None:
    [line] = chart("chart_runs_linked")["data"]
    assert (line["type"], line["mode"]) == ("scatter", "lines+markers")
    for wrong in ({"kind": "pie"}, {"kind": "line", "horizontal": True}):
        with pytest.raises(DatasetError, match="'kind' must be 'bar' or 'line'"):
            a_chart(small_lakehouse, **wrong)


@pytest.mark.parametrize("tables", [[], ["gold/customer_360", "silver/customer_360"]])
def test_tables_must_have_names_of_their_own(small_lakehouse: Path, tables: list[str]) -> None:
    with pytest.raises(DatasetError, match="'tables' must name at least one table and none twice"):
        a_chart(small_lakehouse, tables=tables)


def test_there_is_nothing_to_load_or_save(small_lakehouse: Path) -> None:
    dataset = a_chart(small_lakehouse)
    assert not dataset.exists()
    with pytest.raises(DatasetError, match="kedro viz run"):
        dataset.load()
    with pytest.raises(DatasetError, match="kedro viz run"):
        dataset.save("anything")  # type: ignore[arg-type]
