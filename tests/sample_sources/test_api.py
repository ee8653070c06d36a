from __future__ import annotations

import http.client
import json
import socket
import struct
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.faults import Faults, RateLimit

TOTAL = 75
USERS = [
    {"id": number, "name": f"n{number}", "tag": None if number % 2 else "even"}
    for number in range(1, TOTAL + 1)
]


@pytest.fixture(scope="module")
def users_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("served") / "users.jsonl"
    path.write_text("".join(f"{json.dumps(user)}\n" for user in USERS), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shared_api(users_path: Path) -> Iterator[LoopbackApi]:
    with LoopbackApi({"users": users_path, "people": users_path}, rate_limit=None) as api:
        yield api


@pytest.fixture
def api(shared_api: LoopbackApi) -> Iterator[LoopbackApi]:
    yield shared_api
    shared_api.faults = None


def get(api: LoopbackApi, path: str, **options: Any) -> requests.Response:
    return requests.get(f"{api.url}{path}", timeout=options.pop("timeout", 5), **options)


@pytest.mark.parametrize(
    ("query", "first", "count", "skip"),
    [
        ("", 1, 30, 0),
        ("?limit=10", 1, 10, 0),
        ("?limit=10&skip=70", 71, 5, 70),
        ("?limit=0", 1, TOTAL, 0),
        ("?limit=0&skip=70", 71, 5, 70),
        ("?limit=1000", 1, TOTAL, 0),
        ("?skip=75", None, 0, 75),
        ("?skip=1000", None, 0, 1000),
        ("?limit=1&skip=0", 1, 1, 0),
        ("?unknown=1", 1, 30, 0),
    ],
)
def test_paging_as_dummyjson(api: LoopbackApi, query: str, first: int | None, count: int, skip: int) -> None:
    response = get(api, f"/users{query}")
    body = response.json()
    assert list(body) == ["users", "total", "skip", "limit"]
    assert (body["total"], body["skip"], body["limit"]) == (TOTAL, skip, count)
    assert body["users"] == (USERS[first - 1 : first - 1 + count] if first else [])
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("select", "keys"),
    [
        ("name", ["id", "name"]),
        ("tag,name", ["id", "tag", "name"]),
        ("name,id", ["id", "name"]),
        ("nothing", ["id"]),
        ("", ["id", "name", "tag"]),
    ],
)
def test_select_always_adds_the_id(api: LoopbackApi, select: str, keys: list[str]) -> None:
    assert list(get(api, f"/users?limit=1&select={select}").json()["users"][0]) == keys
    assert list(get(api, f"/users/7?select={select}").json()) == keys


def test_one_record(api: LoopbackApi) -> None:
    assert get(api, "/users/42").json() == USERS[41]


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/users/76", 404, "User with id '76' not found"),
        ("/users/abc", 404, "User with id 'abc' not found"),
        ("/nothing", 404, "/nothing not found"),
        ("/users/1/posts", 404, "not found"),
        ("/", 404, "not found"),
        ("/users?limit=abc", 400, "Invalid 'limit' - should be a positive number"),
        ("/users?limit=-1", 400, "Invalid 'limit'"),
        ("/users?skip=x", 400, "Invalid 'skip'"),
        ("/page/users?page=0", 400, "Invalid 'page'"),
        ("/page/users?per_page=0", 400, "per_page"),
        ("/cursor/users?cursor=%21%21", 400, "Invalid 'cursor'"),
    ],
)
def test_wrong_requests_get_a_json_message(api: LoopbackApi, path: str, status: int, text: str) -> None:
    response = get(api, path)
    assert response.status_code == status
    assert list(response.json()) == ["message"]
    assert text in response.json()["message"]


@pytest.mark.parametrize("size", [1, 7, 25, 75, 100])
def test_the_other_styles_give_every_record_once(api: LoopbackApi, size: int) -> None:
    numbered, number, pages = [], 1, 1
    while number <= pages:
        body = get(api, f"/page/users?page={number}&per_page={size}").json()
        numbered += body["users"]
        number, pages = number + 1, body["total_pages"]
    by_cursor, cursor = [], ""
    while cursor is not None:
        body = get(api, f"/cursor/users?limit={size}&cursor={cursor}").json()
        by_cursor += body["users"]
        cursor = body["next_cursor"]
    linked, url = [], f"{api.url}/link/users?per_page={size}&select=name,tag"
    while url:
        response = requests.get(url, timeout=5)
        linked += response.json()["users"]
        url = response.links.get("next", {}).get("url")
    assert numbered == by_cursor == linked == USERS


def test_a_page_beyond_the_end_is_empty(api: LoopbackApi) -> None:
    assert get(api, "/page/users?page=9").json()["users"] == []
    response = get(api, "/link/users?page=9")
    assert response.json()["users"] == [] and "next" not in response.links


def test_the_url_is_known_before_the_start_and_the_port_is_free_after_the_stop(users_path: Path) -> None:
    api = LoopbackApi({"users": users_path})
    assert api.url.startswith("http://127.0.0.1:")
    with api, requests.Session() as session:
        assert session.get(f"{api.url}/users/1", timeout=5).json() == USERS[0]
        api.stop()
        with pytest.raises(requests.ConnectionError):
            session.get(f"{api.url}/users/1", timeout=5)
    with pytest.raises(RuntimeError, match="start"):
        api.start()


def test_resources_can_be_given_after_the_address_is_reserved(users_path: Path) -> None:
    api = LoopbackApi({})
    api.serve({"users": users_path})
    with api:
        assert get(api, "/users/1").json() == USERS[0]


def test_stop_without_start_is_possible(users_path: Path) -> None:
    LoopbackApi({"users": users_path}).stop()


def test_connections_are_kept_and_answers_do_not_wait(api: LoopbackApi) -> None:
    connection = http.client.HTTPConnection(api.url.removeprefix("http://"), timeout=5)
    connection.connect()
    socket_before, started = connection.sock, time.perf_counter()
    for _ in range(100):
        connection.request("GET", "/users?limit=1")
        assert connection.getresponse().read()
        assert connection.sock is socket_before
    elapsed = time.perf_counter() - started
    connection.close()
    assert elapsed < 2, "40 ms each would be 4 s: headers and body leave apart, and Nagle's algorithm is on"


def test_rate_limit(users_path: Path) -> None:
    with LoopbackApi({"users": users_path}, rate_limit=RateLimit(3, 0.4)) as api:
        answers = [get(api, "/users?limit=1") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert answers[0].headers["X-RateLimit-Remaining"] == "2"
        assert answers[3].headers["Retry-After"] == "1"
        assert answers[3].json() == {"message": "request limit exceeded, please wait a few seconds"}
        time.sleep(0.45)
        assert get(api, "/users?limit=1").status_code == 200
        assert api.statuses == {200: 4, 429: 2}
        assert api.requests_seen == 6


def test_the_default_rate_limit_is_that_of_dummyjson(users_path: Path) -> None:
    with LoopbackApi({"users": users_path}) as api, requests.Session() as session:
        answers = [session.get(f"{api.url}/users?limit=1", timeout=5) for _ in range(101)]
    assert [answer.status_code for answer in answers] == [200] * 100 + [429]
    assert 1 <= int(answers[100].headers["Retry-After"]) <= 10


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer wrong"}, 401), ({"Authorization": "Bearer right"}, 200)],
)
def test_token(headers: dict[str, str], status: int, users_path: Path) -> None:
    with LoopbackApi({"users": users_path}, token="right") as api:
        assert get(api, "/users", headers=headers).status_code == status


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_fault_status_for_some_requests(api: LoopbackApi, status: int) -> None:
    api.faults = Faults(status=status, after=1, times=2)
    assert [get(api, "/users").status_code for _ in range(5)] == [200, status, status, 200, 200]


def test_fault_status_for_ever_ends_when_told(api: LoopbackApi) -> None:
    api.faults = Faults(status=503)
    assert [get(api, "/users").status_code for _ in range(3)] == [503] * 3
    api.faults = None
    assert get(api, "/users").status_code == 200


def test_fault_for_one_resource(api: LoopbackApi) -> None:
    api.faults = Faults(status=500, resource="people", times=1)
    answers = [get(api, path).status_code for path in ("/users", "/page/people", "/people")]
    assert answers == [200, 500, 200]


def test_fault_429_with_seconds(api: LoopbackApi) -> None:
    api.faults = Faults(status=429, retry_after=2, times=1)
    assert get(api, "/users").headers["Retry-After"] == "2"
    assert get(api, "/users").status_code == 200


def test_fault_429_with_a_date(api: LoopbackApi) -> None:
    api.faults = Faults(status=429, retry_after=2, retry_after_as_date=True, times=1)
    wait = parsedate_to_datetime(get(api, "/users").headers["Retry-After"]).timestamp() - time.time()
    assert 1.0 <= wait <= 3.0


def test_fault_delay(api: LoopbackApi) -> None:
    api.faults = Faults(delay=0.5, times=1)
    with pytest.raises(requests.ReadTimeout):
        get(api, "/users", timeout=0.1)
    assert get(api, "/users").status_code == 200


def test_stop_does_not_wait_for_a_delay(users_path: Path) -> None:
    api = LoopbackApi({"users": users_path}, faults=Faults(delay=30)).start()
    with pytest.raises(requests.ReadTimeout):
        get(api, "/users", timeout=0.1)
    started = time.perf_counter()
    api.stop()
    assert time.perf_counter() - started < 1


def test_fault_cut_body(api: LoopbackApi) -> None:
    api.faults = Faults(cut_body=True, times=1)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        get(api, "/users")
    assert get(api, "/users").json()["limit"] == 30


def test_fault_not_json(api: LoopbackApi) -> None:
    api.faults = Faults(not_json=True)
    response = get(api, "/users")
    assert response.status_code == 200 and response.headers["Content-Type"] == "text/html"
    with pytest.raises(requests.JSONDecodeError):
        response.json()


@pytest.mark.parametrize("path", ["/users", "/page/users"])
def test_fault_wrong_total(path: str, api: LoopbackApi) -> None:
    api.faults = Faults(total_off_by=-5)
    assert get(api, path).json()["total"] == TOTAL - 5


@pytest.mark.parametrize("path", ["/users?skip=30", "/page/users?page=2", "/link/users?page=2"])
def test_fault_repeated_page(path: str, api: LoopbackApi) -> None:
    api.faults = Faults(repeat_page=True)
    assert get(api, path).json()["users"] == USERS[:30]


@pytest.mark.parametrize("hidden", [0, 3, 9, 10, 74])
def test_fault_hide_shows_the_first_record_in_its_place(api: LoopbackApi, hidden: int) -> None:
    api.faults = Faults(hide=hidden)
    pages = [get(api, f"/users?limit=10&skip={skip}").json() for skip in range(0, 80, 10)]
    shown = [user for page in pages for user in page["users"]]
    assert shown == [*USERS[:hidden], USERS[0], *USERS[hidden + 1 :]]
    assert {page["total"] for page in pages} == {TOTAL}


@pytest.mark.parametrize("lost", [0, 3, 9, 10, 74])
def test_fault_lose_is_consistent(api: LoopbackApi, lost: int) -> None:
    api.faults = Faults(lose=lost)
    pages = [get(api, f"/users?limit=10&skip={skip}").json() for skip in range(0, 80, 10)]
    assert [user for page in pages for user in page["users"]] == [*USERS[:lost], *USERS[lost + 1 :]]
    assert {page["total"] for page in pages} == {TOTAL - 1}


def test_fault_short_page(api: LoopbackApi) -> None:
    api.faults = Faults(short_page=4)
    body = get(api, "/users?limit=10&skip=10").json()
    assert body["users"] == USERS[10:16]


def test_fault_other_records_key(api: LoopbackApi) -> None:
    api.faults = Faults(records_key="data")
    assert list(get(api, "/users").json()) == ["data", "total", "skip", "limit"]


def test_a_client_that_hangs_up_leaves_no_trace(api: LoopbackApi, capfd: pytest.CaptureFixture[str]) -> None:
    api.faults = Faults(delay=0.1, times=1)
    host, port = api.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as client:
        client.sendall(b"GET /users HTTP/1.1\r\nHost: localhost\r\n\r\n")
        # closing now resets the connection, so that the server's answer runs into an error
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.05)
    time.sleep(0.2)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("resource", "file", "total"), [("users", "crm_users", 208), ("posts", "marketing_posts", 251)]
)
def test_the_real_files_can_be_served(resource: str, file: str, total: int, seed_data: Path) -> None:
    path = seed_data / f"{file}.json"
    with LoopbackApi({resource: path}) as api:
        body = get(api, f"/{resource}?limit=0").json()
    assert body["total"] == body["limit"] == total
    assert body[resource] == json.loads(path.read_text(encoding="utf-8"))


CHANGED = [
    "2026-01-05T08:00:00Z",
    "2026-01-05T09:00:00+01:00",
    "2026-01-05T08:00:01Z",
    None,
    "soon",
    "2026-01-05",
]


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackApi]:
    path = tmp_path_factory.mktemp("changing") / "users.json"
    path.write_text(json.dumps([{"id": n, "updatedAt": when} for n, when in enumerate(CHANGED)]))
    with LoopbackApi({"users": path}, rate_limit=None) as api:
        yield api


@pytest.mark.parametrize("style", ["", "/page", "/cursor", "/link"])
@pytest.mark.parametrize(
    ("since", "ids"),
    [
        ("2026-01-05T08:00:00Z", [0, 1, 2]),
        ("2026-01-05T08:00:00", [0, 1, 2]),
        ("2026-01-05T08:00:01%2B00:00", [2]),
        ("2027-01-01", []),
    ],
)
def test_records_that_changed_since(changing: LoopbackApi, style: str, since: str, ids: list[int]) -> None:
    body = get(changing, f"{style}/users?updated_since={since}").json()
    assert [user["id"] for user in body["users"]] == ids
    assert body.get("total", len(ids)) == len(ids)


def test_a_time_that_is_none_is_refused(changing: LoopbackApi) -> None:
    response = get(changing, "/users?updated_since=yesterday")
    assert response.status_code == 400
    assert "Invalid 'updated_since'" in response.json()["message"]


def test_links_go_on_asking_for_changes(changing: LoopbackApi) -> None:
    response = get(changing, "/link/users?updated_since=2026-01-05T08:00:00Z&per_page=2")
    assert "updated_since=2026-01-05T08" in response.headers["Link"]
