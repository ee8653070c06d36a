"""Any paged REST API of JSON records as a Kedro dataset, by configuration alone."""

from .dataset import RestSourceDataset

__all__ = [
    "RestSourceDataset",
]
