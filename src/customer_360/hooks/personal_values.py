"""One run setting, ``show_personal_values``, for everything that shows people the values of persons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.framework.hooks import hook_impl
from kedro.io import AbstractDataset, DataCatalog
from kedro.io.core import DatasetError

from customer_360.lakehouse import current_lakehouse
from customer_360.parameters import RunSettings
from customer_360.privacy import Setting, obey, shows_personal_values

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext

DATASET = "show_values"  # what nodes take as input


class PersonalValuesHooks:
    """Reads the setting for the whole process: runs, commands and Kedro-Viz. To be called after all others."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """From now on everything that shows values of persons obeys the setting."""
        settings = RunSettings.read(context.params, {})
        lakehouse = current_lakehouse(context.config_loader)
        if "://" not in lakehouse:
            lakehouse = str(Path(context.project_path) / lakehouse)
        obey(Setting(value=settings.show_personal_values, sources=settings.sources, lakehouse=lakehouse))

    @hook_impl
    def after_catalog_created(self, catalog: DataCatalog) -> None:
        """It is data for nodes."""
        catalog[DATASET] = _ValuesShown()


class _ValuesShown(AbstractDataset[NoReturn, bool]):
    """Whether values are shown, asked when a node needs it: only then is it known whose lakehouse it is."""

    def load(self) -> bool:
        return shows_personal_values()

    def save(self, data: NoReturn) -> None:
        raise DatasetError(f"{DATASET} is the run setting show_personal_values; no node saves it.")

    def _exists(self) -> bool:
        return True

    def _describe(self) -> dict[str, Any]:
        return {"setting": "show_personal_values"}
