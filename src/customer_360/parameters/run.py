"""The settings of a run, as ``--params`` takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from customer_360.engine import EngineName
from customer_360.lakehouse import PathError, check_local_path, is_url, local_path


class RunSettingsError(ValueError):
    """A run setting is unknown or has a value that is not allowed."""


class RunSettings(BaseModel):
    """What a run uses and where it writes; each can be given as ``--params name=value``."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    engine: EngineName = Field(default="sail", description="sail, spark or active")
    sources: Literal["sample", "live"] = Field(default="live", description="sample or live")
    lakehouse: str | None = Field(default=None, description="any path or URL")
    crm_url: str | None = Field(default=None, description="base URL of the CRM API, without the resource")
    marketing_url: str | None = Field(default=None, description="base URL of the marketing API")
    sample_customers: int = Field(default=500, ge=1, le=5_000_000, description="persons in the sample CRM")
    sample_seed: int = Field(default=360, ge=0, description="same seed, same sample data")
    begin_anew: str = Field(
        default="",
        description="tables whose log is lost, to be begun again: bronze/crm_users, several with + between",
    )
    rebuild: bool = Field(default=False, description="true: compute silver and gold anew, from bronze")
    full_pull: bool = Field(
        default=False, description="true: sources that are asked for changes only are asked for all, once"
    )
    lease_wait: float = Field(
        default=120, ge=0, le=86_400, description="seconds to wait for another run of this lakehouse"
    )
    lease_expiry: float = Field(
        default=60,
        ge=5,
        le=3_600,
        description="seconds after which a run that shows no sign of life counts as gone",
    )

    show_personal_values: Literal["auto"] | bool = Field(
        default="auto", description="true, false or auto: show names and addresses, not masked"
    )

    @property
    def begun_anew(self) -> frozenset[str]:
        """The tables that ``begin_anew`` names."""
        return frozenset(name.strip() for name in self.begin_anew.split("+") if name.strip())

    @classmethod
    def check_names(cls, given: Iterable[str], *, groups: Iterable[str] = ()) -> None:
        """Refuse a setting that nothing would read.

        Args:
            given: top-level names that came with ``--params``.
            groups: parameters that the configuration files declare.

        Raises:
            RunSettingsError: naming the setting, the nearest known name and all that are allowed.
        """
        allowed = sorted({*cls.model_fields, *groups})
        for name in given:
            if name not in allowed:
                near = get_close_matches(name, allowed, n=1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                raise RunSettingsError(f"Unknown run setting '{name}'.{hint} Allowed: {', '.join(allowed)}.")

    @classmethod
    def read(cls, parameters: Mapping[str, Any], runtime: Mapping[str, Any]) -> RunSettings:
        """Validate the settings of a run.

        Args:
            parameters: all parameters of the run (configuration and ``--params`` merged).
            runtime: only what ``--params`` gave.

        Raises:
            RunSettingsError: a bad value, or settings that contradict each other.
        """
        try:
            settings = cls.model_validate(dict(parameters))
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, item['loc']))}: {item['msg'].lower()} (given: {item['input']!r})"
                for item in error.errors()
            )
            raise RunSettingsError(f"Run settings: {problems}.") from error
        urls = [name for name in ("crm_url", "marketing_url") if name in runtime]
        if settings.sources == "sample" and urls:
            raise RunSettingsError(
                f"{' and '.join(urls)} cannot be used with sources=sample, which brings its own servers. "
                "Add sources=live."
            )
        return settings


def only_reading(lakehouse: str | None) -> dict[str, str]:
    """The settings of a command that reads this lakehouse and no source; None: the configured one."""
    if lakehouse is None:
        return {}
    # sample sources write files of their own into a lakehouse, and so refuse one that is not on this disk
    return {"lakehouse": lakehouse} | ({"sources": "live"} if is_url(lakehouse) else {})


def lakehouse_root(given: object, configured: object, project: Path) -> str:
    """Where a run's lakehouse is.

    Args:
        given: what ``--params lakehouse=`` said; pass ``configured`` where it said nothing.
        configured: the default, from ``globals.yml``.
        project: where a relative path begins.

    Returns:
        A URL as it is, or the absolute path of a local folder.

    Raises:
        RunSettingsError: it is blank or no text, or a folder that some part of the flow would misread.
    """
    if given is None or not str(given).strip():
        raise RunSettingsError(
            f"lakehouse= is empty: give a folder or a URL, or leave the setting out for the configured {configured}."
        )
    if not isinstance(given, str):
        raise RunSettingsError(
            f"lakehouse={given} is read as a {type(given).__name__}, not as a folder: put it in quotation marks, "
            f"or write ./{given}."
        )
    if is_url(given):
        return given.rstrip("/")
    path = local_path(given if given.startswith(("~", "file://")) else str(project / given))
    try:
        check_local_path(path, "The lakehouse")
    except PathError as error:
        raise RunSettingsError(str(error)) from None
    return path
