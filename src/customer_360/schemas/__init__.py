"""The columns of every table, once.

Tables are written by these declarations (:class:`customer_360.datasets.DeltaTableDataset` looks its table up here), the
code that makes their rows reads them, and so do the tests of the contract and of the semantic model, the masks of
personal values, and ``docs/tables.md``, which ``python tools/tables_document.py --write`` makes.

Silver tables of sources are the sources' own: what all of them have is here (:func:`silver_of_source`).
"""

from __future__ import annotations

from dataclasses import replace

from .customers import (
    ATTRIBUTES,
    CUSTOMER_360,
    CUSTOMER_CROSSWALK,
    CUSTOMER_MARKETING_METRICS,
    CUSTOMER_PROFILE,
    CUSTOMER_PROFILE_HISTORY,
    CUSTOMER_SUPPORT_METRICS,
    UNLINKED_RECORDS,
)
from .identity import (
    DECISION_FIELDS,
    IDENTITY_CLUSTERS,
    IDENTITY_DECISIONS,
    IDENTITY_EVENTS,
    IDENTITY_LINKS,
    IDENTITY_MODEL,
    IDENTITY_REPORT,
    IDENTITY_REVIEW,
)
from .runs import QUALITY_REPORT, RUN_MANIFEST, RUN_REPORT, RUN_REPORT_HISTORY
from .sources import BRONZE, KNOWN_KEYS, MALFORMED, QUARANTINE, UNREADABLE, silver_of_source
from .table import Column, Further, Table, technical

# Every table but those of which each source has one.
TABLES = (
    CUSTOMER_360,
    CUSTOMER_PROFILE,
    CUSTOMER_PROFILE_HISTORY,
    CUSTOMER_CROSSWALK,
    UNLINKED_RECORDS,
    CUSTOMER_MARKETING_METRICS,
    CUSTOMER_SUPPORT_METRICS,
    IDENTITY_LINKS,
    IDENTITY_REVIEW,
    IDENTITY_DECISIONS,
    IDENTITY_EVENTS,
    IDENTITY_CLUSTERS,
    IDENTITY_MODEL,
    IDENTITY_REPORT,
    RUN_REPORT,
    RUN_REPORT_HISTORY,
    RUN_MANIFEST,
    QUARANTINE,
    QUALITY_REPORT,
)
_BY_NAME = {table.name: table for table in TABLES}
_OF_SOURCES = {table.name.rpartition("/")[0]: table for table in (BRONZE, KNOWN_KEYS)}


def declared(name: str) -> Table | None:
    """The declaration of a table; None for one that somebody has added without declaring it.

    Args:
        name: ``<layer>/<table>``; of a table that is not for people ``Files/state/<kind>/<table>``.
    """
    layer, _, table = name.rpartition("/")
    if name not in _BY_NAME and layer in _OF_SOURCES:
        return replace(_OF_SOURCES[layer], name=name)
    if name not in _BY_NAME and layer == "silver":
        return silver_of_source(table)
    return _BY_NAME.get(name)


__all__ = [
    "ATTRIBUTES",
    "BRONZE",
    "CUSTOMER_360",
    "CUSTOMER_CROSSWALK",
    "CUSTOMER_MARKETING_METRICS",
    "CUSTOMER_PROFILE",
    "CUSTOMER_PROFILE_HISTORY",
    "CUSTOMER_SUPPORT_METRICS",
    "DECISION_FIELDS",
    "IDENTITY_CLUSTERS",
    "IDENTITY_DECISIONS",
    "IDENTITY_EVENTS",
    "IDENTITY_LINKS",
    "IDENTITY_MODEL",
    "IDENTITY_REPORT",
    "IDENTITY_REVIEW",
    "KNOWN_KEYS",
    "MALFORMED",
    "QUALITY_REPORT",
    "QUARANTINE",
    "RUN_MANIFEST",
    "RUN_REPORT",
    "RUN_REPORT_HISTORY",
    "TABLES",
    "UNLINKED_RECORDS",
    "UNREADABLE",
    "Column",
    "Further",
    "Table",
    "silver_of_source",
    "technical",
]
