"""Credentials of a REST source, and the headers that they become."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from kedro.io.core import DatasetError
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from customer_360.datasets.errors import explain


class _Auth(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class BearerAuth(_Auth):
    """``Authorization: Bearer <token>``."""

    type: Literal["bearer"]
    token: SecretStr

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token.get_secret_value()}"}


class ApiKeyAuth(_Auth):
    """A key in a header of its own, such as ``X-Api-Key``."""

    type: Literal["api_key"]
    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] = "X-Api-Key"
    key: SecretStr

    def headers(self) -> dict[str, str]:
        return {self.header: self.key.get_secret_value()}


class BasicAuth(_Auth):
    """User name and password."""

    type: Literal["basic"]
    username: str
    password: SecretStr

    def headers(self) -> dict[str, str]:
        pair = f"{self.username}:{self.password.get_secret_value()}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}


_Any: TypeAdapter[BearerAuth | ApiKeyAuth | BasicAuth] = TypeAdapter(
    Annotated[BearerAuth | ApiKeyAuth | BasicAuth, Field(discriminator="type")],
    config=ConfigDict(hide_input_in_errors=True),
)


def auth_headers(credentials: Mapping[str, Any] | None) -> dict[str, str]:
    """Headers that carry ``credentials``; none for None.

    Args:
        credentials: ``{type: bearer, token}``, ``{type: api_key, header, key}`` or
            ``{type: basic, username, password}``.

    Raises:
        DatasetError: another form, or a secret that a header cannot hold. The message shows no secret.
    """
    if not credentials:
        return {}
    if not isinstance(credentials.get("type"), str):
        raise DatasetError("credentials of a REST source need a type. Allowed: bearer, api_key, basic.")
    try:
        headers = _Any.validate_python(dict(credentials)).headers()
    except ValidationError as error:
        problem = explain(error) if credentials["type"] in ("bearer", "api_key", "basic") else "unknown type"
        raise DatasetError(
            f"credentials of a REST source: {problem}. Allowed types: bearer (token), api_key (header, key), "
            "basic (username, password)."
        ) from None
    for value in headers.values():
        text = value.removeprefix("Bearer ")
        if not text or not text.isascii() or not text.isprintable() or " " in text.removeprefix("Basic "):
            raise DatasetError(
                "credentials of a REST source: the secret is empty or holds characters that an HTTP header "
                "cannot carry (a space or line break at its end, perhaps)."
            )
    return headers
