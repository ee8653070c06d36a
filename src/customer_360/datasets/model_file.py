"""A pydantic model as a JSON file: small values that steps of a run hand to each other."""

from __future__ import annotations

from typing import Any

import fsspec
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from kedro.utils import load_obj
from pydantic import BaseModel, ValidationError


class ModelFileDataset(AbstractDataset[BaseModel, BaseModel]):
    """Loads and saves a pydantic model.

    Example (``catalog.yml``)::

        work_identity_candidates:
          type: customer_360.datasets.model_file.ModelFileDataset
          filepath: data/lakehouse/Files/work/run/identity_candidates
          model: customer_360.identity.Candidates
    """

    def __init__(
        self,
        *,
        filepath: str,
        model: str,
        credentials: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Create the dataset.

        Args:
            filepath: local or a URL that fsspec knows.
            model: the class, with its module.
            credentials: storage options of fsspec.
            metadata: for kedro-viz and other plugins.
        """
        self.place = filepath
        self._model = model
        self._credentials = credentials or {}
        self.metadata = metadata

    def load(self) -> BaseModel:
        """Read the value.

        Raises:
            DatasetError: another version of this program wrote it.
        """
        kind: type[BaseModel] = load_obj(self._model)
        system, path = self._file()
        try:
            return kind.model_validate_json(system.cat_file(path))
        except ValidationError as error:
            raise DatasetError(f"{self.place} was not written by this version of the program.") from error

    def save(self, data: BaseModel) -> None:
        """Write the value in place of a former one."""
        system, path = self._file()
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        system.pipe_file(path, data.model_dump_json().encode())

    def _exists(self) -> bool:
        system, path = self._file()
        return bool(system.exists(path))

    def _file(self) -> tuple[Any, str]:
        system, path = fsspec.core.url_to_fs(self.place, **self._credentials)
        return system, path

    def _describe(self) -> dict[str, Any]:
        return {"filepath": self.place, "model": self._model}
