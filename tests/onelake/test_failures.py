from __future__ import annotations

import pytest

from customer_360.onelake.failures import explain_failure

SAIL = (
    "Generic MicrosoftAzure error: Error performing PUT https://onelake.blob.fabric.microsoft.com/ws/x.Lakehouse"
    "/Tables/silver/crm_users/_delta_log/0.json in 20s, after 10 retries - HTTP error: error sending request"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SAIL, "OneLake stopped answering at Tables/silver/crm_users"),
        (
            SAIL.replace("HTTP error: error sending request", "Server returned 401 Unauthorized"),
            "refused the sign-in",
        ),
        ("AbfsRestOperationException: 403, AuthorizationFailure", "refused the sign-in"),
    ],
)
def test_a_failure_of_onelake_says_what_to_do(text: str, words: str) -> None:
    message = explain_failure(RuntimeError(text)) or ""
    assert words in message
    assert "run again" in message.lower()


def test_the_cause_is_looked_at() -> None:
    outer = ValueError("Failed while saving")
    outer.__cause__ = RuntimeError(SAIL)
    assert "OneLake" in (explain_failure(outer) or "")


@pytest.mark.parametrize("text", ["division by zero", "HTTP error: error sending request to crm.example.org"])
def test_other_errors_are_left_alone(text: str) -> None:
    assert explain_failure(RuntimeError(text)) is None
