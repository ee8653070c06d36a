"""Brings OneLake into a run whose lakehouse is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from kedro.config import MissingConfigException
from kedro.framework.hooks import hook_impl

from customer_360.lakehouse import current_lakehouse
from customer_360.onelake import (
    Credentials,
    LakehouseAddress,
    in_fabric,
    read_address,
    read_credentials,
    register_onelake,
    require_lakehouse,
    use_onelake,
)

if TYPE_CHECKING:
    from kedro.framework.context import KedroContext

_TEMPLATE = "{workspace}"


class OneLakeHooks:
    """Address and credentials before anything starts; a look at the lakehouse before anything is written."""

    def __init__(self) -> None:
        self._address: LakehouseAddress | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Fill in ``${globals:lakehouse}`` and sign in, if the lakehouse of this run is in OneLake.

        Raises:
            OneLakeError: the address or the credentials are incomplete or wrong.
        """
        loader = context.config_loader
        runtime: dict[str, Any] = dict(loader.runtime_params or {})
        lakehouse = current_lakehouse(loader)
        self._address = None
        use_onelake(lakehouse.startswith("abfss://"))
        if not lakehouse.startswith("abfss://"):
            return
        configured = _configured(loader)
        if _TEMPLATE in lakehouse:
            self._address = read_address(os.environ, configured)
            runtime["lakehouse"] = self._address.root
        else:
            self._address = LakehouseAddress.from_url(lakehouse)
        register_onelake()
        if in_fabric():
            runtime.setdefault("engine", "active")
        else:
            read_credentials(os.environ, configured).apply(os.environ)
        loader.runtime_params = runtime

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Stop before the first write where there is no such lakehouse.

        Raises:
            OneLakeError: it is not there, or it cannot be seen.
        """
        if self._address is not None:
            require_lakehouse(self._address)

    @staticmethod
    def spark_options(context: KedroContext) -> dict[str, str]:
        """What JVM Spark needs to sign in to this run's lakehouse; nothing where it is local or in Fabric."""
        lakehouse = str((context.config_loader.runtime_params or {}).get("lakehouse", ""))
        if not lakehouse.startswith("abfss://") or in_fabric():
            return {}
        credentials: Credentials = read_credentials(os.environ, _configured(context.config_loader))
        return credentials.spark_options(LakehouseAddress.from_url(lakehouse).host)


def _configured(loader: Any) -> dict[str, Any]:
    try:
        return dict(loader["credentials"].get("onelake") or {})
    except MissingConfigException:
        return {}
