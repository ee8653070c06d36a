"""Each sample has a lakehouse of its own: records of two of them, or of live systems, never meet in one."""

from __future__ import annotations

from typing import Any

from customer_360.lakehouse import is_url, read_origin, write_origin
from customer_360.parameters import RunSettings, RunSettingsError

_OF_A_SAMPLE = ("sample_customers", "sample_seed")


def own_lakehouse(configured: str, settings: RunSettings) -> str:
    """The lakehouse of a run for which none was given.

    Args:
        configured: the default, from ``globals.yml``.
        settings: of the run.

    Returns:
        ``data/lakehouse-5000-7`` for another sample than the usual one; else what is configured.
    """
    usual = all(getattr(settings, name) == RunSettings.model_fields[name].default for name in _OF_A_SAMPLE)
    if settings.sources != "sample" or usual or is_url(configured):
        return configured
    return lakehouse_of(configured, settings.sample_customers, settings.sample_seed)


def lakehouse_of(lakehouse: str, customers: int, seed: int) -> str:
    """The name of the lakehouse beside this one in which another sample is."""
    return f"{lakehouse.rstrip('/')}-{customers}-{seed}"


def enter(lakehouse: str, settings: RunSettings) -> None:
    """Check that this run's records may join those that the lakehouse has; say whose they are.

    Args:
        lakehouse: of the run; nothing is done where it is not on this machine.
        settings: of the run.

    Raises:
        RunSettingsError: it has those of another sample, or of live systems (or those of a sample, and these are live).
    """
    if is_url(lakehouse):
        return
    mine = _origin(settings)
    found = read_origin(lakehouse)
    if found is not None and any(mine.get(name) != value for name, value in found.items()):
        raise RunSettingsError(_refusal(lakehouse, found, settings))
    write_origin(lakehouse, mine)


def _origin(settings: RunSettings) -> dict[str, Any]:
    if settings.sources == "live":
        return {"sources": "live"}
    return {"sources": "sample", **{name: getattr(settings, name) for name in _OF_A_SAMPLE}}


def _refusal(lakehouse: str, found: dict[str, Any], settings: RunSettings) -> str:
    if settings.sources == "live":
        return (
            f"The lakehouse {lakehouse} holds made-up customers ({_named(found)}), and this run would add real ones. "
            "Nothing was written. Give live systems a lakehouse of their own: add lakehouse=data/live (the files that "
            "they deliver belong in its Files/landing)."
        )
    if found["sources"] == "live":
        return (
            f"The lakehouse {lakehouse} holds the records of live systems, and this run would put made-up ones in "
            "their place. Nothing was written. Add sources=live to read the live systems, or leave out lakehouse=: "
            "samples have a lakehouse of their own."
        )
    wanted = ",".join(f"{name}={found[name]}" for name in _OF_A_SAMPLE if name in found)
    return (
        f"The lakehouse {lakehouse} holds {_named(found)}, and this run would read {_named(_origin(settings))} in its "
        f"place. Nothing was written. For the sample that is there, add {wanted}; for the other one, leave out "
        f"lakehouse=, so that it gets its own, or name another folder."
    )


def _named(origin: dict[str, Any]) -> str:
    if "sample_customers" not in origin:
        return "a sample"
    return f"the sample of {origin['sample_customers']:,} customers (seed {origin['sample_seed']})"
