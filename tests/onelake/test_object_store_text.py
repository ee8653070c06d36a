"""The form of messages that the three users of `object_store` have really given, and names that are no form."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_360.onelake.object_store_text import failure_said
from customer_360.onelake.status import Failure

REFUSED, UNREACHABLE, ABSENT = Failure.REFUSED, Failure.UNREACHABLE, Failure.ABSENT

URL = "http://127.0.0.1:35791/onelake/ws-500/timeout.Lakehouse/Tables/gold/t"
LIST = (
    "Generic MicrosoftAzure error: Error performing list request: Error performing GET http://127.0.0.1:35791/onelake/"
    "ws-500?restype=container&comp=list&prefix=timeout.Lakehouse%2FFiles%2Fx%2F in "
)
TOKEN = (
    "Generic MicrosoftAzure error: Error performing token request: Error performing POST "
    "http://127.0.0.1:37959/t/oauth2/v2.0/token in "
)
RETRIES = "2.415410068s, after 10 retries, max_retries: 10, retry_timeout: 180s  - "
ANSWER = "Server returned non-2xx status code: "
BODY = '<?xml version="1.0" encoding="utf-8"?><Error><Code>{0}</Code><Message>{0} happened.</Message></Error>'
ARROW = "\n          \x1b[31m↳\x1b[0m "

# Sail 0.7.2, deltalake 1.6.6, obstore (2026-11), each against a server that answered so, or did not.
MESSAGES = {
    "Sail, listing, 403": (f"{LIST}44.677725ms - {ANSWER}403 Forbidden: {BODY.format('x')}", REFUSED),
    "Sail, listing, 401": (f"{LIST}42.200764ms - {ANSWER}401 Unauthorized: {BODY.format('x')}", REFUSED),
    "Sail, listing, 404": (f"{LIST}880.278µs - {ANSWER}404 Not Found: {BODY.format('x')}", ABSENT),
    "Sail, listing, 409": (f"{LIST}3.729483ms - {ANSWER}409 Conflict: {BODY.format('x')}", None),
    "Sail, listing, 503": (f"{LIST}{RETRIES}{ANSWER}503 Service Unavailable: {BODY.format('x')}", UNREACHABLE),
    "Sail, listing, 429": (f"{LIST}{RETRIES}{ANSWER}429 Too Many Requests: {BODY.format('x')}", UNREACHABLE),
    "Sail, listing, cut": (f"{LIST}{RETRIES}HTTP error: error sending request", UNREACHABLE),
    "Sail, token, 400": (f"{TOKEN}42.12486ms - {ANSWER}400 Bad Request: {BODY.format('x')}", REFUSED),
    "Sail, token, 401": (f"{TOKEN}43.894751ms - {ANSWER}401 Unauthorized: {BODY.format('x')}", REFUSED),
    "Sail, token, cut": (f"{TOKEN}{RETRIES}HTTP error: error sending request", UNREACHABLE),
    "Sail, Azure CLI": (
        "Generic MicrosoftAzure error: 'az account get-access-token' command failed: ERROR: Please run 'az login'",
        REFUSED,
    ),
    "Sail, a data file is written, 403": (
        "Failed to write file: The operation lacked the necessary privileges to complete for path l.Lakehouse/Tables/"
        f"gold/t/part-00001-2c1c4eec.snappy.parquet: Error performing PUT {URL} in 42.862337ms - {ANSWER}403 x",
        REFUSED,
    ),
    "Sail, a data file is written, cut": (
        f"Failed to write file: Generic MicrosoftAzure error: Error performing PUT {URL} in {RETRIES}HTTP error: error "
        "sending request",
        UNREACHABLE,
    ),
    "Sail, a data file is written, 409": (
        "Failed to write file: Object at location l.Lakehouse/Tables/gold/t/part-00001.snappy.parquet already exists: "
        f"Error performing PUT {URL} in 44.359587ms - {ANSWER}409 Conflict: x",
        None,
    ),
    "Sail, a data file is read, 403": (
        "Parquet error: Failed to fetch metadata for file l.Lakehouse/Tables/gold/t/part-00001-56362800-8fc9.snappy."
        "parquet: Object Store error: The operation lacked the necessary privileges to complete for path l.Lakehouse/"
        f"Tables/gold/t/part-00001-56362800-8fc9.snappy.parquet: Error performing GET {URL} in 4ms - {ANSWER}403 x",
        REFUSED,
    ),
    "Sail, a data file is read, 503": (
        "Parquet error: Failed to fetch metadata for file l.Lakehouse/Tables/gold/t/part-00001.snappy.parquet: Object "
        f"Store error: Generic MicrosoftAzure error: Error performing GET {URL} in {RETRIES}{ANSWER}503 Unavailable: x",
        UNREACHABLE,
    ),
    "Sail, in the middle of a file, 403": (
        "External: The operation lacked the necessary privileges to complete for path l.Lakehouse/Files/work/p/p_3.zst."
        f"parquet: Error performing GET {URL} in 53.280279ms - {ANSWER}403 Forbidden: x",
        REFUSED,
    ),
    "Sail, a commit that others made first": ("Failed to commit transaction: 15", None),
    "obstore, file, 403": (
        f"The operation lacked the necessary privileges to complete for path x/y: Error performing GET {URL} in "
        f"51.059619ms - {ANSWER}403 Forbidden: {BODY.format('AuthorizationFailure')}",
        REFUSED,
    ),
    "obstore, file, 500": (
        f"Generic MicrosoftAzure error: Error performing PUT {URL} in 202.907026ms, after 1 retries, max_retries: 1, "
        f"retry_timeout: 5s  - {ANSWER}500 Internal Server Error: {BODY.format('InternalError')}",
        UNREACHABLE,
    ),
    "obstore, deletion, 403": (
        "Generic MicrosoftAzure error: Error performing bulk delete request: Error performing POST http://127.0.0.1:1/"
        f"onelake/ws-500?restype=container&comp=batch in 43.602718ms - {ANSWER}403 Forbidden: {BODY.format('x')}",
        REFUSED,
    ),
    "deltalake, 403": (
        "Kernel error -> The operation lacked the necessary privileges to complete for path timeout.Lakehouse/Tables/"
        f"gold/t/_delta_log/_last_checkpoint{ARROW}Error performing GET {URL} in 15.240167ms - "
        f"{ANSWER.rstrip(': ')}{ARROW}403 Forbidden{ARROW}{BODY.format('AuthorizationFailure')}\n",
        REFUSED,
    ),
    "deltalake, 503": (
        f"Kernel error -> Generic MicrosoftAzure error{ARROW}Error performing GET {URL} in 103.182067ms, after 1 "
        f"retries, max_retries{ARROW}1, retry_timeout{ARROW}3s  - {ANSWER.rstrip(': ')}{ARROW}503 Service Unavailable"
        f"{ARROW}{BODY.format('ServerBusy')}\n",
        UNREACHABLE,
    ),
    "deltalake, no such host": (
        f"Kernel error -> Generic MicrosoftAzure error{ARROW}Error performing GET {URL} in 107.078046ms, after 1 "
        f"retries, max_retries{ARROW}1, retry_timeout{ARROW}3s  - HTTP error{ARROW}error sending request{ARROW}client "
        f"error (Connect){ARROW}dns error{ARROW}failed to lookup address information{ARROW}Name or service not known\n",
        UNREACHABLE,
    ),
    "deltalake, 400": (
        f"Kernel error -> Generic MicrosoftAzure error{ARROW}Error performing GET {URL} in 1.003602ms - "
        f"{ANSWER.rstrip(': ')}{ARROW}400 Bad Request{ARROW}{BODY.format('Bad')}\n",
        None,
    ),
}  # fmt: skip
# The innermost cause alone, as Sail gives it where a file is looked for.
ALONE = {
    f"{ANSWER}403 Forbidden: ": REFUSED,
    f"{ANSWER}401 Unauthorized: {BODY.format('invalid_client')}": REFUSED,
    f"{ANSWER}404 Not Found: {BODY.format('BlobNotFound')}": ABSENT,
    f"{ANSWER}500 Internal Server Error: ": UNREACHABLE,
    f"{ANSWER}429 Too Many Requests: ": UNREACHABLE,
    f"{ANSWER}416 Range Not Satisfiable: ": None,
    "Connection refused (os error 111)": UNREACHABLE,
    "connection closed before message completed": UNREACHABLE,
    "operation timed out": UNREACHABLE,
    "failed to lookup address information: Name or service not known": UNREACHABLE,
    "received corrupt message of type InvalidContentType": UNREACHABLE,
    "No such file or directory (os error 2)": None,
    "Permission denied (os error 13)": None,
    "No space left on device (os error 28)": None,
}

WORDS = st.sampled_from(
    ["500", "503", " 401", "403", "timeout", "timed out", "doesn't exist", "does not exist", "forbidden", "404",
     "unauthorized", "onelake.", "microsoftazure", "azurebfs", "Connection refused (os error 111)",
     "operation timed out", f"{ANSWER}500 Internal Server Error: ", "BlobNotFound", "PATH_NOT_FOUND", "\n", " - "]
)  # fmt: skip
NAMES = st.lists(WORDS | st.text(max_size=5), min_size=1, max_size=4).map("".join)


@pytest.mark.parametrize(("text", "failure"), MESSAGES.values(), ids=MESSAGES)
def test_what_a_message_says(text: str, failure: Failure | None) -> None:
    assert failure_said(text) is failure
    assert failure_said(text, alone=True) is failure


@pytest.mark.parametrize(("text", "failure"), ALONE.items())
def test_a_cause_alone_counts_only_for_an_engine_that_works_on_onelake(
    text: str, failure: Failure | None
) -> None:
    assert failure_said(text, alone=True) is failure
    assert failure_said(text) is None


@settings(max_examples=200)
@given(name=NAMES)
def test_a_name_decides_nothing(name: str) -> None:
    """Where a message repeats a name: percent-encoded in an address, as a path, in the body of an answer."""
    address = f"http://127.0.0.1:1/onelake/{quote(name)}/x"
    for status, failure in ((403, REFUSED), (404, ABSENT), (409, None), (412, None), (500, UNREACHABLE)):
        end = f" in 4.5ms - {ANSWER}{status} Some Words: {BODY.format(name)}"
        assert failure_said(f"Generic MicrosoftAzure error: Error performing GET {address}{end}") is failure
        assert failure_said(f"{ANSWER}{status} Some Words: {name}", alone=True) is failure
    path = f"The operation lacked valid authentication credentials for path {name}: Error performing GET {address}"
    assert failure_said(path) is REFUSED


@settings(max_examples=200)
@given(name=NAMES)
@pytest.mark.parametrize(
    "form",
    [
        "Cast error: Cannot cast string '{}' to value of Int32 type",
        "Object at location {} not found: No such file or directory (os error 2)",
        "table or view not found: delta.`abfss://ws@onelake.dfs.fabric.microsoft.com/{}`",
        "Delta table not found at {}",
        "[PATH_NOT_FOUND] Path does not exist: abfss://ws@onelake.dfs.fabric.microsoft.com/{}. SQLSTATE: 42K03",
        "Generic MicrosoftAzure error: {}",
        "Failed to write file: Object at location {} already exists: Error performing PUT http://x/y in 4ms - 503",
        "Parquet error: Failed to fetch metadata for file {}: Parquet error: Invalid Parquet file. Corrupt footer",
        "Failed while loading data from dataset DeltaTableDataset(filepath=abfss://w@onelake.x/{}, mode='append').",
    ],
)
def test_another_message_is_none_of_these_whatever_name_it_holds(form: str, name: str) -> None:
    if form == "Generic MicrosoftAzure error: {}" and name.startswith(("Error performing", "'az")):
        return
    assert failure_said(form.format(name)) is None
    assert failure_said(form.format(name), alone=True) is None
