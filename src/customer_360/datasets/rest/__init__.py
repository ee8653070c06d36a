"""Any paged REST API of JSON records as a Kedro dataset, by configuration alone."""

from __future__ import annotations

from customer_360.datasets.rest.dataset import RestSourceDataset

__all__ = ["RestSourceDataset"]
