"""Parameters of ``kedro maintain`` (``conf/base/parameters_maintenance.yml``)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

MINIMUM_RETENTION_HOURS = 24


class MaintenanceParameters(BaseModel):
    """All of ``maintenance:``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    retention_hours: int = Field(
        default=168, ge=0, le=87_600, description="hours that files stay which no version needs any more"
    )
    allow_shorter_retention: bool = Field(
        default=False, description=f"allow retention_hours below {MINIMUM_RETENTION_HOURS}"
    )
    log_retention_hours: int = Field(
        default=720, ge=0, le=876_000, description="hours that entries of a Delta log stay"
    )
    keyed_file_mb: float = Field(
        default=32, ge=1, le=1_024, description="size of files of tables that are changed by key"
    )
    log_file_mb: float = Field(
        default=128, ge=1, le=1_024, description="size of files of tables that only grow"
    )

    @model_validator(mode="after")
    def _check_retention(self) -> MaintenanceParameters:
        if self.retention_hours < MINIMUM_RETENTION_HOURS and not self.allow_shorter_retention:
            raise ValueError(
                f"retention_hours={self.retention_hours} would take files from those who still read a version "
                f"that was published before; {MINIMUM_RETENTION_HOURS} is the least. Where nobody does, say so: "
                "maintenance.allow_shorter_retention=true"
            )
        if self.log_retention_hours < self.retention_hours:
            raise ValueError(
                f"log_retention_hours={self.log_retention_hours} is less than "
                f"retention_hours={self.retention_hours}: files would stay that no log entry names any more"
            )
        return self
