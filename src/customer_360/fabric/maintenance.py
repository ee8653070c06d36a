"""``kedro maintain`` inside a Fabric notebook, by SQL on the notebook's own Spark session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from customer_360.fabric.notebook import prepare_kedro, prepared

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from customer_360.maintenance import MaintenanceReport


def maintain(
    spark: SparkSession,
    *,
    environment: str = "onelake",
    parameters: str | Mapping[str, Any] = "",
    workspace: str = "",
    lakehouse: str = "",
    conf_source: str = "",
) -> MaintenanceReport:
    """Join small files, remove old ones and shorten logs; rows stay as they are. Prints what was done.

    Args:
        spark: the session that the notebook has.
        environment: of the configuration.
        parameters: settings as a mapping or as JSON text, for example ``{"maintenance": {"retention_hours": 336}}``.
        workspace, lakehouse, conf_source: as for :func:`customer_360.fabric.run`.

    Raises:
        RunFailedError: a mistake that can be mended, or a run that is under way. Anything else as it comes.
    """
    with prepared(parameters, workspace, lakehouse, conf_source) as (settings, configuration):
        prepare_kedro()
        from kedro.framework.session import KedroSession

        from customer_360.engine import use_session
        from customer_360.foundation import print_result
        from customer_360.maintenance import MaintenanceJob, maintain_lakehouse

        use_session(spark)
        with KedroSession.create(
            env=environment, conf_source=configuration, runtime_params=settings
        ) as session:
            job = MaintenanceJob.of(session)
        report = maintain_lakehouse(job)
        print_result(report.lines())
        return report
