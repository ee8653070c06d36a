"""The client against a real server on loopback: paging, faults, time-outs, secrets."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import ValidationError

from customer_360.datasets.errors import IncompletePull, SourceError
from customer_360.datasets.rest.auth import auth_headers
from customer_360.datasets.rest.client import RestClient, RestResource

TOKEN = "t0ken-never-shown"
QUICK = {"max_attempts": 4, "backoff_initial": 0.001, "backoff_max": 0.002}
OFFSET = {"style": "offset", "page_size": 10}

Edit = Callable[[Any, Any], Any]


def client(api: Any, waits: list[float] | None = None, **config: Any) -> RestClient:
    given = {"base_url": api.url, "resource": "users", "pagination": OFFSET, "retries": QUICK, **config}
    sleep = waits.append if waits is not None else lambda _: None
    headers = auth_headers({"type": "bearer", "token": TOKEN})
    return RestClient(RestResource.model_validate(given), auth_headers=headers, sleep=sleep)


def pull(api: Any, waits: list[float] | None = None, **config: Any) -> list[Any]:
    return list(client(api, waits, **config).records())


STYLES = [
    {"pagination": OFFSET},
    {"resource": "page/users", "pagination": {"style": "page", "page_size": 10}},
    {
        "resource": "cursor/users",
        "pagination": {"style": "cursor", "page_size": 10, "cursor_path": "meta.next"},
        "total_key": None,
    },
    {"resource": "link/users", "pagination": {"style": "link", "page_size": 10}},
    {
        "resource": "array/users",
        "pagination": {"style": "link", "page_size": 10},
        "records_key": ".",
        "total_key": None,
    },
    {"pagination": OFFSET, "total_key": None},
    {"resource": "page/users", "pagination": {"style": "page", "page_size": 10}, "total_key": None},
]


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 25])
@pytest.mark.parametrize("config", STYLES)
def test_every_style_reads_every_record_once(api: Any, config: dict[str, Any], count: int) -> None:
    api.users = api.users[:count]
    assert pull(api, **config) == api.users


def test_pages_that_the_server_caps_are_read_in_full(api: Any) -> None:
    api.cap = 4
    assert pull(api) == api.users
    assert pull(api, total_key=None) == api.users


def test_only_configured_fields_are_asked_for_and_kept(api: Any) -> None:
    """The server here ignores ``select``: the client drops the rest itself."""
    assert pull(api, fields=["id", "name"])[3] == {"id": 3, "name": "user 3"}
    assert all(asked.query["select"] == "id,name" for asked in api.asked)
    api.asked.clear()
    assert pull(api, fields=["id"], select_param=None)[3] == {"id": 3}
    assert all("select" not in asked.query for asked in api.asked)


def test_requests_carry_credentials_headers_and_parameters(api: Any) -> None:
    pull(api, params={"active": True, "tenant": 7}, headers={"X-Team": "crm"})
    for asked in api.asked:
        assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
        assert asked.headers["X-Team"] == "crm"
        assert (asked.query["active"], asked.query["tenant"]) == ("true", "7")


def test_progress_is_told_page_by_page(api: Any) -> None:
    told: list[tuple[int, int | None]] = []
    resource = RestResource.model_validate({"base_url": api.url, "resource": "users", "pagination": OFFSET})
    list(RestClient(resource, progress=lambda *numbers: told.append(numbers)).records())
    assert told == [(10, 25), (20, 25), (25, 25)]


def test_one_page_at_a_time_is_requested(api: Any) -> None:
    records = client(api).records()
    next(records)
    assert len(api.asked) == 1


# ---------------------------------------------------------------- faults that pass
PASSING: dict[str, dict[str, Any]] = {
    "500": {"status": 500},
    "503 with a body": {"status": 503, "body": {"message": "down for maintenance"}},
    "408": {"status": 408},
    "429": {"status": 429},
    "cut body": {"missing": 50},
    "half JSON": {"body": b'{"users": [{"id": 1, "name": "secret-1'},
    "time-out": {"delay": 0.4},
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_costs_waiting_only(api: Any, fault: dict[str, Any]) -> None:
    waits: list[float] = []
    api.then(2, **fault)
    assert pull(api, waits, timeouts={"read": 0.15}) == api.users
    assert len(waits) == 2
    assert all(0 <= wait <= 0.002 for wait in waits)


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_stays_ends_the_pull_with_a_clear_error(api: Any, fault: dict[str, Any]) -> None:
    api.then()  # the first page is fine
    api.always(**fault)
    with pytest.raises(SourceError) as caught:
        pull(api, timeouts={"read": 0.1})
    message = str(caught.value)
    assert message.startswith(f"{api.url}/users: gave up after 4 attempts; the last one: ")
    assert "secret-1" not in message and "maintenance" not in message and "?" not in message
    assert len(api.asked) == 5
    api.always()
    assert pull(api) == api.users


def test_a_server_that_is_not_there(api: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(
            SourceError, match="gave up after 4 attempts; the last one: the connection failed"
        ):
            pull(api, base_url=base_url)


def test_a_server_that_stalls_within_its_answer(api: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def stall() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"users": [')
                    connections.append(connection)

        connections: list[socket.socket] = []
        threading.Thread(target=stall, daemon=True).start()
        base_url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(SourceError, match="gave up after 2 attempts; the last one: no answer in time"):
            pull(api, base_url=base_url, timeouts={"read": 0.1}, retries={**QUICK, "max_attempts": 2})
        for connection in connections:
            connection.close()


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("retry_after", "low", "high"),
    [
        ("7", 7, 7),
        (" 7 ", 7, 7),
        (lambda: in_seconds(20), 18, 21),
        ("60", 60, 60),
        ("0", 0, 0.002),  # nothing asked for: the usual back-off
        (lambda: in_seconds(-100), 0, 0.002),
        ("soon", 0, 0.002),
        ("-5", 0, 0.002),
        ("²", 0, 0.002),
        ("Wed, 99 Foo 2026", 0, 0.002),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(
    api: Any, status: int, retry_after: str | Callable[[], str], low: float, high: float
) -> None:
    waits: list[float] = []
    value = retry_after if isinstance(retry_after, str) else retry_after()
    api.then(status=status, headers={"Retry-After": value})
    assert pull(api, waits, retries={**QUICK, "retry_after_max": 60}) == api.users
    assert len(waits) == 1
    assert low <= waits[0] <= high


@pytest.mark.parametrize("retry_after", ["9999", "61"])
def test_a_server_that_asks_for_too_much_patience_is_not_asked_again(api: Any, retry_after: str) -> None:
    waits: list[float] = []
    api.always(status=429, headers={"Retry-After": retry_after})
    with pytest.raises(
        SourceError, match=r"429 Too Many Requests and asks to wait .* \(retries\.retry_after_max: 60 s\)"
    ):
        pull(api, waits, retries={**QUICK, "retry_after_max": 60})
    assert (waits, len(api.asked)) == ([], 1)


def test_back_off_grows_and_is_capped(api: Any) -> None:
    api.then(12, status=500)
    waits: list[float] = []
    pull(api, waits, retries={"max_attempts": 13, "backoff_initial": 1, "backoff_max": 16})
    assert all(0 <= wait <= min(16, 2**n) for n, wait in enumerate(waits))
    assert len({round(wait, 6) for wait in waits}) == 12  # jitter: no two alike
    assert max(waits) > 2


# ---------------------------------------------------------------- faults that stay
@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, "check the dataset's credentials"),
        (403, "check the dataset's credentials"),
        (404, "check base_url and resource"),
        (400, "check base_url, resource and parameters"),
        (304, "check base_url, resource and parameters"),
    ],
)
def test_a_refusal_is_not_repeated(api: Any, status: int, advice: str) -> None:
    api.always(status=status, body=b"" if status == 304 else {"message": f"{TOKEN} of secret-1 refused"})
    with pytest.raises(SourceError, match=f"answered {status} .*{advice}") as caught:
        pull(api)
    assert len(api.asked) == 1
    assert "secret-1" not in str(caught.value)


def totals(*values: Any) -> Edit:
    numbers = iter(values)
    return lambda _, body: {**body, "total": next(numbers)}


def repeat_first_page(_: Any, body: Any) -> Any:
    return {**body, "users": [{"id": n, "name": "secret-1"} for n in range(10)]}


INCOMPLETE: dict[str, tuple[Edit, str]] = {
    "total too high": (lambda _, b: {**b, "total": 31}, "expected 31 records, got 25, then an empty page"),
    "total too low": (lambda _, b: {**b, "total": 22}, "expected 22 records, got 25 or more"),
    "total too low, at the end of a page": (
        lambda _, b: {**b, "total": 20},
        "expected 20 records, got 25 or more",
    ),
    "total changes": (totals(25, 26), "the total changed from 25 to 26 after 10 records"),
    "empty page before the end": (
        lambda asked, b: {**b, "users": [] if asked.query["skip"] == "20" else b["users"]},
        "expected 25 records, got 20, then an empty page",
    ),
    "repeated page": (repeat_first_page, "the same page came twice, after 10 records"),
}
WRONG_FORM: dict[str, tuple[Edit, str]] = {
    "no total": (
        lambda _, b: {"users": b["users"]},
        "number of all records at 'total' .*got nothing.*total_key: null",
    ),
    "total of another kind": (lambda _, b: {**b, "total": "25"}, "got text"),
    "negative total": (lambda _, b: {**b, "total": -1}, "got a number below 0"),
    "total is true": (lambda _, b: {**b, "total": True}, "got true or false"),
    "no records": (
        lambda _, b: {"total": 25, "secret-1@x.com": 1},
        "an array of records at 'users'.*has: total",
    ),
    "records of another kind": (lambda _, b: {**b, "users": {"id": "secret-1"}}, "got an object"),
    "body is an array": (lambda _, b: b["users"], "expected a JSON object .* got an array"),
    "body is null": (lambda _, b: None, "expected a JSON object .* got nothing"),
}


@pytest.mark.parametrize(("edit", "message"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_pull_that_does_not_add_up_is_incomplete(api: Any, edit: Edit, message: str) -> None:
    api.always(edit=edit)
    with pytest.raises(IncompletePull, match=message) as caught:
        pull(api)
    assert str(caught.value).startswith(f"{api.url}/users: ")
    assert "secret-1" not in str(caught.value)
    api.always()
    assert pull(api) == api.users


@pytest.mark.parametrize(("edit", "message"), WRONG_FORM.values(), ids=WRONG_FORM)
def test_an_answer_of_another_form_is_refused(api: Any, edit: Edit, message: str) -> None:
    api.always(edit=edit)
    with pytest.raises(SourceError, match=message) as caught:
        pull(api)
    assert "secret-1" not in str(caught.value)
    assert len(api.asked) == 1  # not a fault that passes


def test_links_that_end_early_are_noticed(api: Any) -> None:
    api.then()
    api.always(headers={})
    with pytest.raises(IncompletePull, match="expected 25 records, got 20"):
        pull(api, resource="link/users", pagination={"style": "link", "page_size": 10})


@pytest.mark.parametrize("config", STYLES[1:2])
def test_a_short_page_of_numbered_pages_is_noticed(api: Any, config: dict[str, Any]) -> None:
    api.then(edit=lambda _, body: {**body, "users": body["users"][:7]})
    with pytest.raises(IncompletePull, match="expected 25 records, got 22"):
        pull(api, **config)


def test_a_short_page_of_offsets_loses_nothing(api: Any) -> None:
    api.then(edit=lambda _, body: {**body, "users": body["users"][:7]})
    assert pull(api) == api.users


# ---------------------------------------------------------------- secrets
def test_links_and_redirects_to_another_host_are_not_followed(api: Any, other_api: Any) -> None:
    elsewhere = f"{other_api.url}/link/users?page=2"
    api.always(headers={"Link": f'<{elsewhere}>; rel="next"'})
    with pytest.raises(SourceError, match="link to the next page leads elsewhere"):
        pull(api, resource="link/users", pagination={"style": "link", "page_size": 10})
    api.always(status=302, headers={"Location": elsewhere})
    with pytest.raises(SourceError, match="redirect leads elsewhere"):
        pull(api)
    assert other_api.asked == []


def test_a_redirect_within_the_host_is_followed(api: Any) -> None:
    api.then(status=307, headers={"Location": "/users?limit=10&skip=0"})
    assert pull(api) == api.users
    api.always(status=307, headers={"Location": "/users?limit=10&skip=0"})
    with pytest.raises(SourceError, match="redirects more than 5 times"):
        pull(api)


def test_netrc_and_proxies_of_the_machine_do_not_reach_loopback(
    api: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    resource = RestResource.model_validate({"base_url": api.url, "resource": "users", "pagination": OFFSET})
    assert list(RestClient(resource).records()) == api.users
    assert "Authorization" not in api.asked[0].headers


def test_the_secret_stays_out_of_errors_and_logs(api: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    api.always(status=503, body={"message": TOKEN})
    with pytest.raises(SourceError) as caught:
        pull(api)
    chain: BaseException | None = caught.value
    while chain is not None:
        assert TOKEN not in repr(chain)
        chain = chain.__cause__ or chain.__context__
    assert "attempt 1 of 4" in caplog.text
    assert TOKEN not in caplog.text


# ---------------------------------------------------------------- configuration
@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"base_url": "ftp://host"}, "expected an http:// or https:// URL"),
        ({"base_url": "dummyjson.com"}, "expected an http:// or https:// URL"),
        ({"base_url": "https://"}, "expected an http:// or https:// URL"),
        ({"base_url": "https://host:port"}, "not a URL"),
        ({"base_url": "https://user:s3cret@host"}, "give them as credentials"),
        ({"base_url": "https://host/?key=s3cret"}, "query parameters as params"),
        ({"resource": "users?key=s3cret"}, "expected a path"),
        ({"resource": "https://host/users"}, "expected a path"),
        ({"resource": "/"}, "expected a path"),
        ({"headers": {"authorization": "s3cret"}}, "give them as credentials"),
        ({"timeouts": {"connect": 0}}, "greater than 0"),
        ({"timeouts": {"read": float("inf")}}, "finite"),
        ({"timeouts": {"reed": 1}}, "not permitted"),
        ({"retries": {"max_attempts": 0}}, "greater than or equal to 1"),
        ({"fields": "id"}, "tuple"),
        ({"resource_key": "users"}, "not permitted"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(config: dict[str, Any], message: str) -> None:
    given = {"base_url": "https://host", "resource": "users", "pagination": OFFSET, **config}
    with pytest.raises(ValidationError, match=message) as caught:
        RestResource.model_validate(given)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "resource", "url", "key"),
    [
        ("https://host", "users", "https://host/users", "users"),
        ("https://host/", "/v2/users/", "https://host/v2/users", "users"),
        ("https://host/api/", "posts", "https://host/api/posts", "posts"),
    ],
)
def test_url_and_records_key_of_a_resource(base_url: str, resource: str, url: str, key: str) -> None:
    made = RestResource.model_validate({"base_url": base_url, "resource": resource, "pagination": OFFSET})
    assert (made.url, made.records_path) == (url, key)
