"""Parameters of the pipeline ``ingestion`` (``conf/base/parameters_ingestion.yml``)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# Any name that a JSON path can hold on both engines.
FieldName = Annotated[str, StringConstraints(pattern=r"^[^'?*\[\]\\\x00-\x1f]+$")]


class SourceIngestion(BaseModel):
    """How one source's records are told apart and how much of it may vanish at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_field: FieldName = Field(description="top-level field that holds the record's key; dots go deeper")
    unique_keys: bool = Field(
        default=False,
        description="the source never repeats a key, so a repeated one means it changed while being read",
    )
    deleted_field: FieldName | None = Field(
        default=None, description="top-level field by which a record says that it is deleted"
    )


class IngestionParameters(BaseModel):
    """All of ``ingestion:``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_deleted_share: float = Field(
        ge=0, le=1, description="a pull that lost more than this share of the known records stops the run"
    )
    sources: dict[str, SourceIngestion] = Field(description="by table name")

    def source(self, table: str) -> SourceIngestion:
        """Settings of one table.

        Raises:
            KeyError: the table has no entry under ``ingestion.sources``.
        """
        if table not in self.sources:
            raise KeyError(
                f"ingestion.sources has no entry for '{table}' (it has {', '.join(self.sources)}); "
                "declare its source in conf/base/sources, or add it to conf/base/parameters_ingestion.yml."
            )
        return self.sources[table]
