"""A chart over Delta tables, bars or lines, drawn when somebody looks at it in Kedro-Viz."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any, NoReturn

from kedro.io.core import AbstractDataset, DatasetError
from kedro_datasets._typing import PlotlyPreview

from customer_360.datasets import delta_reader
from customer_360.privacy import is_personal, masked, shows_personal_values

# Okabe and Ito's palette: colour-blind safe, and clear on Kedro-Viz's dark and light themes.
MANY = 25  # categories, from which on their names must be small to be shown at all
PALETTE = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#0072B2", "#F0E442", "#999999")


class ChartDataset(AbstractDataset[None, NoReturn]):
    """A query over Delta tables and how to draw its rows. Nothing is stored, so a chart is never out of date.

    Example (``catalog.yml``)::

        chart_tickets_by_category_and_status:
          type: customer_360.datasets.chart.ChartDataset
          filepath: data/lakehouse/Tables
          tables: [silver/support_tickets]
          title: Tickets by category and status
          query: SELECT category, status, count(*) AS tickets FROM support_tickets GROUP BY category, status
          x: category
          y: tickets
          colour: status

    Args:
        filepath: folder of the lakehouse's tables, local or ``abfss://``.
        tables: tables below ``filepath``, for example ``gold/customer_360``; the last part is the table's
            name in the query.
        query: one SELECT that gives the bars or points, in the order in which they are drawn.
        title: title of the chart.
        x: column of the categories.
        y: column of the lengths of the bars, or of the heights of the points.
        colour: column that splits each bar into stacked parts, or gives a line each.
        kind: ``bar`` or ``line``.
        horizontal: lay the bars down; better for long category names.
        labels: axis and legend titles, by column; the column's name otherwise.
        metadata: for kedro-viz (layer) and other plugins.

    Raises:
        DatasetError: no table, two tables of the same name, or another kind of chart.
    """

    def __init__(
        self,
        *,
        filepath: str,
        tables: list[str],
        query: str,
        title: str,
        x: str,
        y: str,
        colour: str | None = None,
        kind: str = "bar",
        horizontal: bool = False,
        labels: dict[str, str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        names = [PurePosixPath(table).name for table in tables]
        if not names or len(set(names)) < len(names):
            raise DatasetError(
                f"{title}: 'tables' must name at least one table and none twice, not {tables}."
            )
        if kind not in ("bar", "line") or (kind == "line" and horizontal):
            raise DatasetError(f"{title}: 'kind' must be 'bar' or 'line', and lines cannot be horizontal.")
        self.metadata = metadata
        self._kind = kind
        self._folder = str(filepath).rstrip("/")
        self._tables = {
            name: f"{self._folder}/{table.strip('/')}" for name, table in zip(names, tables, strict=True)
        }
        self._names = {name: table.strip("/") for name, table in zip(names, tables, strict=True)}
        self._query, self._title = query, title
        self._x, self._y, self._colour, self._horizontal = x, y, colour, horizontal
        self._labels = dict(labels or {})

    def preview(self) -> PlotlyPreview:
        """Draw the chart.

        Returns:
            A Plotly figure (``data`` and ``layout``), or None when a table is absent or has no row.

        Raises:
            DatasetError: the query fails, or its result lacks a column that the chart names.
        """
        rows = delta_reader.query(self._tables, self._query)
        if not rows:
            return None  # the annotation stays as it is: Kedro-Viz takes the kind of preview from it
        missing = [column for column in (self._x, self._y, self._colour) if column and column not in rows[0]]
        if missing:
            raise DatasetError(f"{self._title}: the query gives {list(rows[0])}, but not {missing}.")
        rows = self._readable(rows)
        return PlotlyPreview({"data": self._bars(rows), "layout": self._layout(rows)})

    def _readable(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows whose labels may be shown: values of persons are masked and numbered, unless they are to be shown.

        A label may be one if the query reads a column of such values and does not name the label after another one.
        """
        if shows_personal_values() or not self._reads_personal_columns():
            return rows
        for label in filter(None, {self._x, self._colour}):
            if any(is_personal(table, label) for table in self._names.values()):
                found = list(dict.fromkeys(row[label] for row in rows if row.get(label) is not None))
                shown = {value: f"{masked(value)} ({number})" for number, value in enumerate(found, start=1)}
                rows = [row | {label: shown.get(row.get(label))} for row in rows]
        return rows

    def _reads_personal_columns(self) -> bool:
        words = set(re.findall(r"\w+", self._query.lower()))
        return any(
            column.lower() in words and is_personal(self._names[name], column)
            for name, folder in self._tables.items()
            for column in delta_reader.column_names(folder)
        )

    def _bars(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        series: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            series.setdefault(_words(row[self._colour]) if self._colour else "", []).append(row)
        return [
            self._bar(name, members, PALETTE[number % len(PALETTE)])
            for number, (name, members) in enumerate(series.items())
        ]

    def _bar(self, name: str, rows: list[dict[str, Any]], colour: str) -> dict[str, Any]:
        categories, lengths = [_words(row[self._x]) for row in rows], [row[self._y] for row in rows]
        x, y = (lengths, categories) if self._horizontal else (categories, lengths)
        if self._kind == "line":
            looks = {"line": {"color": colour}, "marker": {"color": colour}}
            return {"type": "scatter", "mode": "lines+markers", "name": name, "x": x, "y": y, **looks}
        return {
            "type": "bar",
            "name": name,
            "x": x,
            "y": y,
            "orientation": "h" if self._horizontal else "v",
            "marker": {"color": colour},
        }

    def _layout(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        names = list(dict.fromkeys(_words(row[self._x]) for row in rows))
        categories: dict[str, Any] = {
            # Lying bars: the axis title would stand in the way of long names, and the chart's title says it.
            "title": {"text": "" if self._horizontal else self._label(self._x)},
            "type": "category",
            "categoryorder": "array",
            "categoryarray": names,
            "automargin": True,
        }
        lengths = {"title": {"text": self._label(self._y)}, "automargin": True}
        if self._horizontal and len(names) > MANY:
            categories |= {"dtick": 1, "tickfont": {"size": 9}}
        if self._horizontal:
            categories["autorange"] = "reversed"  # the first row of the query on top
        return {
            "title": {"text": self._title},
            "barmode": "stack",
            "showlegend": self._colour is not None,
            "legend": {"title": {"text": self._label(self._colour)}} if self._colour else {},
            "xaxis": lengths if self._horizontal else categories,
            "yaxis": categories if self._horizontal else lengths,
        }

    def _label(self, column: str) -> str:
        return self._labels.get(column, column.replace("_", " ").capitalize())

    def _load(self) -> None:
        raise DatasetError(
            f"'{self._title}' is drawn when you look at it (kedro viz run); there is nothing to load."
        )

    def _save(self, data: NoReturn) -> None:
        raise DatasetError(
            f"'{self._title}' is drawn when you look at it (kedro viz run); there is nothing to save."
        )

    def _exists(self) -> bool:
        return False

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self._folder, "tables": list(self._tables), "title": self._title}


def _words(value: Any) -> str:
    return "unknown" if value is None else str(value)
