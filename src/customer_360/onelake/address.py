"""The address of a lakehouse in OneLake, from names or GUIDs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "onelake.dfs.fabric.microsoft.com"
WORKSPACE = "ONELAKE_WORKSPACE"
LAKEHOUSE = "ONELAKE_LAKEHOUSE"

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?")
_URL = re.compile(r"abfss://(?P<workspace>[^/@]+)@(?P<host>[^/]+)/(?P<item>[^/]+)/?")
_SUFFIX = ".Lakehouse"


class OneLakeError(RuntimeError):
    """OneLake cannot be used as it is configured; the message says what to set."""


@dataclass(frozen=True, kw_only=True)
class LakehouseAddress:
    """A lakehouse by names, or by GUIDs.

    Attributes:
        workspace: name or GUID of the workspace.
        lakehouse: name or GUID of the lakehouse.
        host: OneLake's host; another one only where a URL of the run names it (a regional or private endpoint).
    """

    workspace: str
    lakehouse: str
    host: str = HOST

    @property
    def item(self) -> str:
        """The lakehouse as a part of a path: ``<name>.Lakehouse``, or the bare GUID."""
        return self.lakehouse if _GUID.fullmatch(self.lakehouse) else self.lakehouse + _SUFFIX

    @property
    def root(self) -> str:
        """``abfss://`` URL of the lakehouse, without a slash at its end."""
        return f"abfss://{self.workspace}@{self.host}/{self.item}"

    @classmethod
    def of(cls, workspace: str | None, lakehouse: str | None, *, where: str) -> LakehouseAddress:
        """Check two names or two GUIDs.

        Args:
            workspace: name or GUID; blank counts as missing.
            lakehouse: name (with or without ``.Lakehouse``) or GUID; blank counts as missing.
            where: where they can be set, for the message.

        Raises:
            OneLakeError: one is missing, has a character that OneLake URLs or the engines cannot carry, or a
                name is combined with a GUID.
        """
        given = {
            WORKSPACE: (workspace or "").strip(),
            LAKEHOUSE: (lakehouse or "").strip().removesuffix(_SUFFIX),
        }
        if missing := [name for name, value in given.items() if not value]:
            raise OneLakeError(
                f"The environment onelake does not know its lakehouse: {' and '.join(missing)} not set. "
                f"Set {WORKSPACE} and {LAKEHOUSE} to the names of a Fabric workspace and its lakehouse, or to "
                f"both GUIDs, {where}."
            )
        for name, value in given.items():
            _check_name(name, value)
        kinds = {bool(_GUID.fullmatch(value)) for value in given.values()}
        if len(kinds) > 1:
            raise OneLakeError(
                f"{WORKSPACE} and {LAKEHOUSE} must be two names or two GUIDs: OneLake does not take one of each."
            )
        return cls(workspace=given[WORKSPACE], lakehouse=given[LAKEHOUSE])

    @classmethod
    def from_url(cls, url: str) -> LakehouseAddress:
        """Take a root URL apart, as ``--params lakehouse=abfss://...`` gives it.

        Raises:
            OneLakeError: not of the form that :attr:`root` has.
        """
        found = _URL.fullmatch(url)
        if found is None:
            raise OneLakeError(
                f"lakehouse={url} is not the root of a lakehouse in OneLake. Expected "
                f"abfss://<workspace>@{HOST}/<lakehouse>{_SUFFIX}, or the same with two GUIDs and without "
                f"{_SUFFIX}. Spaces are not possible."
            )
        address = cls.of(found["workspace"], found["item"], where="in the URL")
        return cls(workspace=address.workspace, lakehouse=address.lakehouse, host=found["host"])


def read_address(environment: Mapping[str, str], configured: Mapping[str, object]) -> LakehouseAddress:
    """Find the lakehouse: environment variables first, then ``credentials.yml``.

    Args:
        environment: environment variables.
        configured: entry ``onelake`` of ``credentials.yml``: ``workspace`` and ``lakehouse``.

    Raises:
        OneLakeError: see :meth:`LakehouseAddress.of`.
    """
    workspace = environment.get(WORKSPACE) or configured.get("workspace")
    lakehouse = environment.get(LAKEHOUSE) or configured.get("lakehouse")
    return LakehouseAddress.of(
        None if workspace is None else str(workspace),
        None if lakehouse is None else str(lakehouse),
        where="as environment variables or in conf/onelake/credentials.yml (onelake: workspace, lakehouse)",
    )


def _check_name(name: str, value: str) -> None:
    if re.search(r"\s", value):
        raise OneLakeError(
            f"{name} is '{value}', with a space: the engines cannot write below such a path. Rename it without "
            "spaces, or set both GUIDs (they are in the lakehouse's URL in Fabric)."
        )
    if not _NAME.fullmatch(value):
        raise OneLakeError(
            f"{name} is '{value}'. Allowed are letters, digits, '-', '_' and '.' inside; otherwise set both "
            "GUIDs (they are in the lakehouse's URL in Fabric)."
        )
