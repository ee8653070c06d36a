from __future__ import annotations

import pytest

from customer_360.onelake.address import OneLakeError
from customer_360.onelake.sign_in import Credentials, read_credentials

SERVICE = {"AZURE_CLIENT_ID": "id", "AZURE_CLIENT_SECRET": "very-secret", "AZURE_TENANT_ID": "tenant"}
TOKEN = {"AZURE_STORAGE_TOKEN": "token"}
HOST = "onelake.dfs.fabric.microsoft.com"


def az(name: str) -> str | None:
    return f"/usr/bin/{name}"


def no_az(name: str) -> str | None:
    return None


@pytest.mark.parametrize(
    ("environment", "configured", "method"),
    [
        (TOKEN | SERVICE, {}, "token"),
        (SERVICE, {}, "service_principal"),
        ({}, {"client_id": "a", "client_secret": "b", "tenant_id": "c"}, "service_principal"),
        ({}, {}, "azure_cli"),
        ({"ONELAKE_CREDENTIAL": "managed_identity"}, {}, "managed_identity"),
        (SERVICE, {"credential": "azure_cli"}, "azure_cli"),
        (SERVICE | {"ONELAKE_CREDENTIAL": "token"} | TOKEN, {"credential": "azure_cli"}, "token"),
        ({"AZURE_STORAGE_USE_EMULATOR": "true"}, {}, "emulator"),
    ],
)
def test_the_method_is_the_named_one_or_what_is_there(
    environment: dict[str, str], configured: dict[str, str], method: str
) -> None:
    assert read_credentials(environment, configured, find_program=az).method == method


@pytest.mark.parametrize(
    ("environment", "configured", "words"),
    [
        ({}, {}, "Nothing says how to sign in"),
        ({"ONELAKE_CREDENTIAL": "password"}, {}, "ONELAKE_CREDENTIAL is 'password'"),
        ({"ONELAKE_CREDENTIAL": "token"}, {}, "Set AZURE_STORAGE_TOKEN"),
        (
            {"AZURE_CLIENT_SECRET": "very-secret"},
            {},
            "lacks client_id, tenant_id. Set AZURE_CLIENT_ID, AZURE_TENANT_ID",
        ),
        ({"ONELAKE_CREDENTIAL": "azure_cli"}, {}, "az login"),
        ({}, {"tenant": "x"}, "unknown tenant. Allowed: client_id"),
    ],
)
def test_what_is_missing_is_said_without_secrets(
    environment: dict[str, str], configured: dict[str, str], words: str
) -> None:
    with pytest.raises(OneLakeError) as raised:
        read_credentials(environment, configured, find_program=no_az)
    assert words in str(raised.value)
    assert "very-secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("environment", "named", "expected"),
    [
        (SERVICE, "azure_cli", {"AZURE_USE_AZURE_CLI": "true"}),
        (SERVICE | TOKEN, "service_principal", SERVICE),
        (SERVICE | TOKEN, "managed_identity", {"AZURE_CLIENT_ID": "id"}),
        (SERVICE | TOKEN, "token", TOKEN),
    ],
)
def test_the_engines_see_one_method_only(
    environment: dict[str, str], named: str, expected: dict[str, str]
) -> None:
    """Otherwise the engine would prefer another one that happens to be there."""
    seen = {**environment, "PATH": "/bin"}
    read_credentials({**environment, "ONELAKE_CREDENTIAL": named}, {}, find_program=az).apply(seen)
    assert seen == {**expected, "PATH": "/bin"}


def test_a_secret_is_not_shown() -> None:
    assert "very-secret" not in repr(read_credentials(SERVICE, {}, find_program=no_az))


def test_jvm_spark_gets_the_options_of_hadoop_azure() -> None:
    options = read_credentials(SERVICE, {}, find_program=no_az).spark_options(HOST)
    prefix = "spark.hadoop.fs.azure.account"
    assert options[f"{prefix}.auth.type.{HOST}"] == "OAuth"
    assert options[f"{prefix}.oauth2.client.secret.{HOST}"] == "very-secret"
    assert "/tenant/oauth2/v2.0/token" in options[f"{prefix}.oauth2.client.endpoint.{HOST}"]
    identity = Credentials(method="managed_identity").spark_options(HOST)
    assert identity[f"{prefix}.oauth.provider.type.{HOST}"].endswith("MsiTokenProvider")
    with pytest.raises(OneLakeError, match="JVM Spark cannot sign in to OneLake by azure_cli"):
        Credentials(method="azure_cli").spark_options(HOST)
