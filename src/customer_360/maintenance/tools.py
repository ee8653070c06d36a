"""What the engines have for the maintenance of Delta tables: the package ``deltalake`` beside Sail, SQL on Spark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from customer_360.datasets import DeltaTableDataset, open_table, query
from customer_360.engine import EngineError, spark_session
from customer_360.lakehouse import engine_path
from customer_360.maintenance.plan import Rearrangement

if TYPE_CHECKING:
    from deltalake import PostCommitHookProperties

Rows = list[dict[str, Any]]
_ROWS_OF_A_GROUP = 20_000
_DELTA = "spark.databricks.delta"
_LISTING = "spark.sql.sources.parallelPartitionDiscovery.parallelism"


class TableTools(Protocol):
    """The maintenance that an engine offers; tables are named by their folder, local or ``abfss://``.

    Attributes:
        keeps_versions: whether VACUUM can be told which versions stay whole. Where not, it keeps the last one only.
        writes_checkpoints: whether somebody must ask for checkpoints. Spark makes its own, with every tenth commit.
    """

    keeps_versions: bool
    writes_checkpoints: bool

    def rows(self, dataset: DeltaTableDataset) -> Rows:
        """All rows of a small table; none where it is not there."""
        ...

    def rearrange(self, url: str, wanted: Rearrangement) -> None:
        """Write files anew, in one commit that changes no row."""
        ...

    def removable(self, url: str, hours: int, keep: int | None) -> list[str]:
        """Files that :meth:`vacuum` would remove, by path or URL; also some that are gone already."""
        ...

    def vacuum(self, url: str, hours: int, keep: int | None) -> None:
        """Remove files that no version has needed for so many hours, and those that no commit names."""
        ...

    def checkpoint(self, url: str, version: int) -> None:
        """Write a checkpoint of a version."""
        ...


def tools_of(engine: str) -> TableTools:
    """The tools of an engine.

    Raises:
        EngineError: ``deltalake`` is not installed.
    """
    if engine != "sail":
        return SparkTools()
    if find_spec("deltalake") is None:
        raise EngineError(
            "Tables are maintained with the package deltalake, which is not installed. Install it with: pip install "
            "'customer_360[local]' (in the project: make install)."
        )
    return DeltaRsTools()


class DeltaRsTools:
    """By the package ``deltalake``, without an engine. Implements :class:`TableTools`."""

    keeps_versions = True
    writes_checkpoints = True

    def rows(self, dataset: DeltaTableDataset) -> Rows:
        """By a query."""
        return query({"wanted": dataset.table_path}, "SELECT * FROM wanted", versions={}) or []

    def rearrange(self, url: str, wanted: Rearrangement) -> None:
        """``compact`` or ``z_order``."""
        from deltalake import WriterProperties

        optimizer = open_table(url, None).optimize
        # A file ends when it is large enough; what is not yet a group of rows counts before it is compressed.
        properties = WriterProperties(compression="SNAPPY", max_row_group_size=_ROWS_OF_A_GROUP)
        options: dict[str, Any] = {
            "target_size": wanted.target_bytes, "writer_properties": properties,
            "post_commithook_properties": _nothing_else(),
        }  # fmt: skip
        optimizer.z_order([wanted.sort_by], **options) if wanted.sort_by else optimizer.compact(**options)

    def removable(self, url: str, hours: int, keep: int | None) -> list[str]:
        """A dry run."""
        return self._vacuum(url, hours, keep, dry_run=True)

    def vacuum(self, url: str, hours: int, keep: int | None) -> None:
        """A full one, which lists the folder: it finds what killed runs left, too."""
        self._vacuum(url, hours, keep, dry_run=False)

    def checkpoint(self, url: str, version: int) -> None:
        """Sail makes none."""
        open_table(url, version).create_checkpoint()

    def _vacuum(self, url: str, hours: int, keep: int | None, *, dry_run: bool) -> list[str]:
        found: list[str] = open_table(url, None).vacuum(
            hours,
            dry_run=dry_run,
            enforce_retention_duration=False,  # the parameters have their own limit
            full=True,
            keep_versions=None if keep is None else [keep],
            post_commithook_properties=_nothing_else(),
        )
        return found


def _nothing_else() -> PostCommitHookProperties:
    """A commit brings no checkpoint and no cleaning with it: both have their turn."""
    from deltalake import PostCommitHookProperties

    return PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


class SparkTools:
    """By SQL on the session that the configuration names. Implements :class:`TableTools`."""

    keeps_versions = False
    writes_checkpoints = False

    def rows(self, dataset: DeltaTableDataset) -> Rows:
        """By the engine."""
        return [row.asDict() for row in dataset.load().collect()]

    def rearrange(self, url: str, wanted: Rearrangement) -> None:
        """``OPTIMIZE``."""
        order = f" ZORDER BY (`{wanted.sort_by}`)" if wanted.sort_by else ""
        size = str(wanted.target_bytes)
        with _configured({f"{_DELTA}.optimize.{one}FileSize": size for one in ("min", "max")}):
            spark_session().sql(f"OPTIMIZE {_name(url)}{order}").collect()

    def removable(self, url: str, hours: int, keep: int | None) -> list[str]:
        """A dry run."""
        return self._vacuum(url, hours, " DRY RUN")

    def vacuum(self, url: str, hours: int, keep: int | None) -> None:
        """``VACUUM``."""
        self._vacuum(url, hours, "")

    def checkpoint(self, url: str, version: int) -> None:
        """Never asked for (``delta.checkpointInterval``)."""

    def _vacuum(self, url: str, hours: int, dry_run: str) -> list[str]:
        command = f"VACUUM {_name(url)} RETAIN {hours} HOURS{dry_run}"
        options = {
            f"{_DELTA}.retentionDurationCheck.enabled": "false",  # the parameters have their own limit
            # by default, ten thousand tasks list the one folder that a table here is
            _LISTING: str(spark_session().conf.get("spark.sql.shuffle.partitions")),
        }
        with _configured(options):
            return [row["path"] for row in spark_session().sql(command).collect()]


def _name(url: str) -> str:
    return f"delta.`{engine_path(url)}`"


@contextmanager
def _configured(options: Mapping[str, str]) -> Iterator[None]:
    """Options of the session, within this only: in a notebook it goes on."""
    configuration = spark_session().conf
    before = {name: configuration.get(name, None) for name in options}
    try:
        for name, value in options.items():
            configuration.set(name, value)
        yield
    finally:
        for name, former in before.items():
            if former is None:
                configuration.unset(name)
            else:
                configuration.set(name, former)
