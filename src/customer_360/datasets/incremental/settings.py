"""What a source's file says about asking for changes only: its key ``incremental``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from kedro.io.core import DatasetError
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from customer_360.datasets.errors import explain

ParameterFormat = Literal["iso", "seconds", "milliseconds", "field"]
_WEEK = 7 * 86_400.0


class IncrementalSettings(BaseModel):
    """How a source is asked for what changed since the last pull."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameter: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        default=None, description="query parameter of a REST API that asks for records changed since a time"
    )
    field: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        default=None, description="field of a record that holds when it last changed (dots go deeper)"
    )
    by: Literal["field", "commit"] = Field(
        default="field", description="`commit`: by the versions of a Delta table"
    )
    overlap: float = Field(
        default=300, ge=1, le=_WEEK, description="seconds before the last known change from which it is asked"
    )
    full_every: int = Field(default=20, ge=1, description="every so many runs it is asked for all")
    format: ParameterFormat = Field(default="iso", description="how the time is written into the parameter")
    time_zone: str | None = Field(
        default=None, description="of times that have none in their text, such as UTC or Europe/Berlin"
    )

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, value: str | None) -> str | None:
        try:
            if value is not None:
                ZoneInfo(value)
        except (ValueError, OSError, KeyError):
            raise ValueError(
                "there is no such time zone; expected for example UTC or Europe/Berlin"
            ) from None
        return value

    @property
    def before(self) -> timedelta:
        """The overlap: clocks differ, and what is committed late has an earlier time."""
        return timedelta(seconds=self.overlap)

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone of texts that have none."""
        return ZoneInfo(self.time_zone) if self.time_zone else None


class IncrementalOptions(IncrementalSettings):
    """The same as a catalog has it, with what one run needs to know."""

    state: str = Field(description="folder that keeps how far the source was read")
    bronze: str = Field(description="folder of the Delta table that has its records")
    full_pull: bool = Field(default=False, description="this run asks for all")

    @classmethod
    def read(cls, given: Mapping[str, Any] | None, source: str) -> IncrementalOptions | None:
        """Check what a catalog says; None where it says nothing.

        Args:
            given: the argument ``incremental`` of a dataset.
            source: name for the message.

        Raises:
            DatasetError: something is not as described.
        """
        if given is None:
            return None
        try:
            return cls.model_validate(dict(given))
        except ValidationError as error:
            raise DatasetError(f"incremental of {source}: {explain(error)}.") from None

    @property
    def of_the_source(self) -> dict[str, Any]:
        """What a watermark does not outlive: all that says which records are asked for, and by what."""
        return self.model_dump(include={"parameter", "field", "by", "format", "time_zone"})
