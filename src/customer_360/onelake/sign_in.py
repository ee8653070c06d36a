"""Who a run is in OneLake: Azure CLI, service principal, managed identity or token.

Sail, deltalake and our own file access read the same environment variables (those of the Rust crate
``object_store``), so one method is chosen, checked and put there before an engine starts. JVM Spark gets
Hadoop's options for the same method. Inside Fabric nothing of this is used: the session is signed in.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from customer_360.onelake.address import OneLakeError

Method = Literal["azure_cli", "service_principal", "managed_identity", "token", "emulator"]
METHODS: tuple[str, ...] = tuple(name for name in get_args(Method) if name != "emulator")
CREDENTIAL = "ONELAKE_CREDENTIAL"
EMULATOR = "AZURE_STORAGE_USE_EMULATOR"

# Setting -> environment variable that carries it.
_VARIABLES = {
    "token": "AZURE_STORAGE_TOKEN",
    "client_id": "AZURE_CLIENT_ID",
    "client_secret": "AZURE_CLIENT_SECRET",
    "tenant_id": "AZURE_TENANT_ID",
}
_CLI = "AZURE_USE_AZURE_CLI"
_NEEDS: dict[str, tuple[str, ...]] = {
    "token": ("token",),
    "service_principal": ("client_id", "client_secret", "tenant_id"),
    "managed_identity": (),
    "azure_cli": (),
    "emulator": (),
}
_TAKES = _NEEDS | {"managed_identity": ("client_id",)}
_SETTINGS = {"workspace", "lakehouse", "credential", *_VARIABLES}
_OAUTH = "org.apache.hadoop.fs.azurebfs.oauth2"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """One way to sign in, complete.

    Attributes:
        method: one of :data:`METHODS`, or ``emulator`` (tests).
        values: its settings by name; never shown.
    """

    method: str
    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def apply(self, environment: MutableMapping[str, str]) -> None:
        """Put this method, and no other, into the environment variables that the engines read."""
        if self.method == "emulator":
            return
        for name in (*_VARIABLES.values(), _CLI):
            environment.pop(name, None)
        for name, value in self.values.items():
            environment[_VARIABLES[name]] = value
        if self.method == "azure_cli":
            environment[_CLI] = "true"

    def spark_options(self, host: str) -> dict[str, str]:
        """Hadoop's options for JVM Spark at ``host``.

        Raises:
            OneLakeError: hadoop-azure has no such method.
        """
        prefix = "spark.hadoop.fs.azure.account"
        if self.method == "service_principal":
            login = f"https://login.microsoftonline.com/{self.values['tenant_id']}/oauth2/v2.0/token"
            return {
                f"{prefix}.auth.type.{host}": "OAuth",
                f"{prefix}.oauth.provider.type.{host}": f"{_OAUTH}.ClientCredsTokenProvider",
                f"{prefix}.oauth2.client.id.{host}": self.values["client_id"],
                f"{prefix}.oauth2.client.secret.{host}": self.values["client_secret"],
                f"{prefix}.oauth2.client.endpoint.{host}": login,
            }
        if self.method == "managed_identity":
            options = {
                f"{prefix}.auth.type.{host}": "OAuth",
                f"{prefix}.oauth.provider.type.{host}": f"{_OAUTH}.MsiTokenProvider",
            }
            if client_id := self.values.get("client_id"):
                options[f"{prefix}.oauth2.client.id.{host}"] = client_id
            return options
        raise OneLakeError(
            f"JVM Spark cannot sign in to OneLake by {self.method}: its hadoop-azure supports service_principal and "
            "managed_identity. Use one of them, or the engine sail: --params engine=sail."
        )


def read_credentials(
    environment: Mapping[str, str],
    configured: Mapping[str, Any],
    *,
    find_program: Callable[[str], str | None] = shutil.which,
) -> Credentials:
    """Choose how to sign in: ``ONELAKE_CREDENTIAL`` or ``credential`` names it, else what is there decides.

    Without a name: a token, then a complete service principal, then Azure CLI if it is installed.

    Args:
        environment: environment variables.
        configured: entry ``onelake`` of ``credentials.yml``.
        find_program: path of a program, or none.

    Raises:
        OneLakeError: an unknown name or setting, something missing for the method, or no method at all.
    """
    if unknown := sorted(set(configured) - _SETTINGS):
        raise OneLakeError(
            f"credentials.yml, onelake: unknown {', '.join(unknown)}. Allowed: {', '.join(sorted(_SETTINGS))}."
        )
    if environment.get(EMULATOR, "").strip().lower() in ("1", "true", "yes", "y", "on"):
        return Credentials(method="emulator")
    values = {name: _setting(name, environment, configured) for name in _VARIABLES}
    known = {name: value for name, value in values.items() if value}
    method = str(environment.get(CREDENTIAL) or configured.get("credential") or "") or _guess(
        known, find_program
    )
    _check_method(method, known, find_program)
    return Credentials(method=method, values={name: known[name] for name in _TAKES[method] if name in known})


def _check_method(method: str, known: Mapping[str, str], find_program: Callable[[str], str | None]) -> None:
    """Raises OneLakeError: there is no such method, or something that it needs is missing."""
    if method not in METHODS:
        raise OneLakeError(f"{CREDENTIAL} is '{method}'. Allowed: {', '.join(METHODS)}.")
    if missing := [name for name in _NEEDS[method] if name not in known]:
        variables = ", ".join(_VARIABLES[name] for name in missing)
        raise OneLakeError(
            f"Signing in to OneLake by {method} lacks {', '.join(missing)}. Set {variables}, or "
            f"{', '.join(missing)} in conf/onelake/credentials.yml (onelake: ...)."
        )
    if method == "azure_cli" and not find_program("az"):
        raise OneLakeError(
            "Signing in to OneLake by azure_cli needs the program az, which is not on the PATH. Install Azure "
            f"CLI and run: az login. Or choose another {CREDENTIAL}: {', '.join(METHODS)}."
        )


def _setting(name: str, environment: Mapping[str, str], configured: Mapping[str, Any]) -> str:
    value = environment.get(_VARIABLES[name]) or configured.get(name) or ""
    return str(value).strip()


def _guess(known: Mapping[str, str], find_program: Callable[[str], str | None]) -> Method:
    if "token" in known:
        return "token"
    if "client_secret" in known:
        return "service_principal"
    if find_program("az"):
        return "azure_cli"
    raise OneLakeError(
        "Nothing says how to sign in to OneLake. Use one of: az login (Azure CLI); AZURE_CLIENT_ID, "
        "AZURE_CLIENT_SECRET and AZURE_TENANT_ID (service principal); ONELAKE_CREDENTIAL=managed_identity on an "
        "Azure machine; AZURE_STORAGE_TOKEN (a token for https://storage.azure.com)."
    )
