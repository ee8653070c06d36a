"""Answers that are no page of JSON: refused at once where they will not pass; and bodies of every encoding."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from customer_360.datasets.errors import IncompletePull, SourceError
from customer_360.datasets.rest.body import CutShort, read_body
from customer_360.datasets.rest.client import RestClient, RestResource

OFFSET = {"style": "offset", "page_size": 10}
PAGE = b"<!DOCTYPE html><html><title>Sign in, secret-1</title></html>"
JSON_TYPE = "application/json"


def pull(api: Any, **config: Any) -> list[Any]:
    retries = {"max_attempts": 3, "backoff_initial": 0.001, "backoff_max": 0.002}
    given = {"base_url": api.url, "resource": "users", "pagination": OFFSET, "retries": retries, **config}
    return list(RestClient(RestResource.model_validate(given), sleep=lambda _: None).records())


def typed(kind: str) -> dict[str, str]:
    return {"Content-Type": kind}


# ---------------------------------------------------------------- what will not pass
LASTING: dict[str, tuple[dict[str, Any], str]] = {
    "a page": (
        {"body": PAGE, "headers": typed("text/html; charset=utf-8")},
        r"200 OK \(text/html\).*credentials",
    ),
    "a page that does not say so": ({"body": PAGE}, "answered 200 OK: a web page.*credentials"),
    "a page that says it is JSON": ({"body": PAGE, "headers": typed(JSON_TYPE)}, "a web page"),
    "XML": (
        {"body": b"<?xml version='1.0'?><a/>", "headers": typed("application/xml")},
        r"\(application/xml\)",
    ),
    "CSV": (
        {"body": b"id,name\n1,secret-1\n", "headers": typed("text/csv")},
        r"200 OK \(text/csv\), not JSON",
    ),
    "text": ({"body": b"secret-1", "headers": typed("text/plain")}, r"\(text/plain\), not JSON"),
    "an empty body": ({"body": b""}, "answered 200 OK, without any content"),
    "an unknown charset": (
        {"headers": typed("application/json; charset=klingon")},
        "not known here .'klingon'",
    ),
    "a charset that is none": ({"headers": typed("application/json; charset=base64")}, "not known here"),
    "not of its charset": (
        {"body": b'{"users": ["\xff"]}', "headers": typed("application/json; charset=us-ascii")},
        "not in the declared encoding us-ascii: byte 13 of 16",
    ),
    "another compression": (
        {"headers": {"Content-Encoding": "br"}},
        "compressed in a way that was not asked for",
    ),
    "400": ({"status": 400}, "answered 400 Bad Request; check base_url, resource and parameters"),
    "401": (
        {"status": 401},
        r"answered 401 Unauthorized; check the dataset's credentials \(credentials.yml\)",
    ),
    "402": ({"status": 402}, "answered 402"),
    "403": ({"status": 403}, "answered 403 Forbidden; check the dataset's credentials"),
    "404, a page": (
        {"status": 404, "headers": typed("text/html")},
        r"404 Not Found; .*resource \(text/html\)",
    ),
    "407": ({"status": 407}, "proxy of this machine"),
    "410": ({"status": 410}, "answered 410 Gone"),
    "206": ({"status": 206}, "answered 206 Partial Content: part of a page"),
    "300": ({"status": 300}, "answered 300 Multiple Choices"),
    "302 to nowhere": ({"status": 302}, "answered 302 Found"),
    "501": ({"status": 501}, "answered 501 Not Implemented"),
    "511": ({"status": 511}, "this network wants a sign-in"),
    "an error with 200": (
        {"body": {"error": "secret-1", "code": 17}},
        "got nothing; the answer has: error, code, so it may be an error: check the dataset's credentials",
    ),
}


@pytest.mark.parametrize(("answer", "message"), LASTING.values(), ids=LASTING)
@pytest.mark.parametrize("page", [0, 1], ids=["at once", "in the middle"])
def test_what_will_not_pass_is_not_repeated(
    api: Any, answer: dict[str, Any], message: str, page: int
) -> None:
    api.then(page)
    api.always(**answer)
    with pytest.raises(SourceError, match=message) as caught:
        pull(api)
    assert len(api.asked) == page + 1
    assert str(caught.value).startswith(f"{api.url}/users: ")
    assert "secret-1" not in str(caught.value)
    api.always()
    assert pull(api) == api.users


def test_a_redirect_to_the_page_to_sign_in_names_it_and_the_credentials(api: Any, other_api: Any) -> None:
    api.then(status=302, headers={"Location": "/login?next=/users&token=secret-1"})
    api.always(body=PAGE, headers=typed("text/html"))
    with pytest.raises(
        SourceError, match=r"200 OK \(text/html from .*/login, where it was redirected to\)"
    ) as caught:
        pull(api)
    assert "credentials" in str(caught.value) and "secret-1" not in str(caught.value)
    api.always(status=302, headers={"Location": f"{other_api.url}/login?token=secret-1"})
    with pytest.raises(
        SourceError, match=r"answered 302 Found.*elsewhere, .*not followed.*credentials"
    ) as caught:
        pull(api)
    assert "secret-1" not in str(caught.value)
    assert other_api.asked == []


@pytest.mark.parametrize(
    "location", ["//other.example/users", "https://127.0.0.1/users", "http://[", "ftp://x/"]
)
def test_strange_redirects_are_not_followed(api: Any, location: str) -> None:
    api.always(status=307, headers={"Location": location})
    with pytest.raises(SourceError, match="redirect"):
        pull(api)
    assert len(api.asked) == 1


def test_a_loop_of_redirects_ends(api: Any) -> None:
    api.always(status=301, headers={"Location": "/users"})
    with pytest.raises(
        SourceError, match=r"redirects more than 5 times, last to http.*/users; check .*credentials"
    ):
        pull(api)
    assert len(api.asked) == 6


# ---------------------------------------------------------------- nothing there
NOTHING: dict[str, dict[str, Any]] = {
    "null": {"body": {"users": None, "total": 0}},
    "left out": {"body": {"total": 0, "skip": 0}},
    "204": {"status": 204, "body": b""},
    "205": {"status": 205, "body": b""},
    "an empty list": {"body": {"users": [], "total": 0}},
    "an empty list without a number": {"body": {"users": []}},
}


@pytest.mark.parametrize("answer", NOTHING.values(), ids=NOTHING)
@pytest.mark.parametrize("style", ["offset", "page", "link"])
def test_nothing_announced_and_nothing_there_is_no_records(
    api: Any, answer: dict[str, Any], style: str
) -> None:
    api.always(**answer)
    assert pull(api, pagination={"style": style, "page_size": 10}) == []
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    "answer", [NOTHING["204"], {"body": {"users": None, "total": 20}}], ids=["204", "null"]
)
def test_nothing_beyond_the_last_page_is_its_end(api: Any, answer: dict[str, Any]) -> None:
    api.users = api.users[:20]
    api.then(2)
    api.always(**answer)
    assert pull(api) == api.users


@pytest.mark.parametrize("answer", NOTHING.values(), ids=NOTHING)
def test_nothing_in_the_middle_is_not_the_end(api: Any, answer: dict[str, Any]) -> None:
    api.then()
    api.always(**answer)
    with pytest.raises(IncompletePull):
        pull(api)


@pytest.mark.parametrize("body", [{"users": None, "total": 3}, {"total": 3}, {}, {"users": None}])
def test_nothing_where_something_was_announced_is_refused(api: Any, body: Any) -> None:
    api.always(body=body)
    with pytest.raises(SourceError, match="got nothing"):
        pull(api)


def test_null_of_a_source_that_announces_nothing(api: Any) -> None:
    api.always(body={"users": None})
    assert pull(api, total_key=None) == []
    api.always(body=b"null")
    assert pull(api, total_key=None, records_key=".") == []
    api.always(body={"data": {"users": None}})
    assert pull(api, total_key=None, records_key="data.users") == []
    api.always(body={"data": None})
    with pytest.raises(SourceError, match=r"expected an array of records at 'data\.users'"):
        pull(api, total_key=None, records_key="data.users")
    api.always(body={"people": []})
    with pytest.raises(SourceError, match="expected an array of records at 'users'"):
        pull(api, total_key=None)


# ---------------------------------------------------------------- text
NAMES = "Zoë Müller – “Ωμέγα”"


@pytest.mark.parametrize(
    ("encoding", "kind", "setting"),
    [
        ("utf-8", JSON_TYPE, None),
        ("utf-8", None, None),
        ("utf-8", "text/html", None),  # JSON is JSON, whatever it calls itself
        ("utf-8-sig", JSON_TYPE, None),
        ("utf-8-sig", "application/json; charset=iso-8859-1", None),  # the mark proves it
        ("utf-16", "application/json; charset=utf-16", None),
        ("utf-16-le", "application/json; charset=UTF-16LE", None),
        ("utf-16-be", JSON_TYPE, None),
        ("utf-32", 'application/json; charset="utf-32"', None),
        ("iso-8859-7", "application/json; charset=ISO-8859-7", None),
        ("cp1253", JSON_TYPE, "windows-1253"),
        ("cp1253", "application/json; charset=utf-8", "windows-1253"),
    ],
)
def test_declared_encodings_are_obeyed(
    api: Any, encoding: str, kind: str | None, setting: str | None
) -> None:
    name = "".join(letter for letter in NAMES if letter.encode(encoding, "ignore"))
    assert "έ" in name
    body = json.dumps({"users": [{"id": 1, "name": name}], "total": 1}, ensure_ascii=False).encode(encoding)
    api.always(body=body, headers=typed(kind) if kind else {})
    assert pull(api, encoding=setting) == [{"id": 1, "name": name}]


def test_latin_1_with_typographic_quotes_is_windows_1252(api: Any) -> None:
    body = json.dumps({"users": [{"name": "“Zoë”"}], "total": 1}, ensure_ascii=False).encode("cp1252")
    api.always(body=body, headers=typed("application/json; charset=iso-8859-1"))
    assert pull(api) == [{"name": "“Zoë”"}]


# ---------------------------------------------------------------- compression and size
def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


PACKED = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "two members": ("gzip", lambda text: gzip.compress(text[:5]) + gzip.compress(text[5:])),
    "padded": ("gzip", lambda text: gzip.compress(text) + b"\0\0"),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "identity": ("identity", bytes),
}


@pytest.mark.parametrize(("encoding", "pack"), PACKED.values(), ids=PACKED)
def test_compressed_bodies(api: Any, encoding: str, pack: Any) -> None:
    body = json.dumps({"users": [{"id": n} for n in range(9)], "total": 9}).encode()
    api.always(body=pack(body), headers={"Content-Encoding": encoding})
    assert [user["id"] for user in pull(api)] == list(range(9))


@given(st.binary(max_size=300), st.integers(1, 40), st.sampled_from(sorted(PACKED)))
@example(b"\0\0\0\0\0\0", 1, "two members")  # the second member's first byte comes alone
@example(b"text", 1, "raw deflate")
def test_any_body_in_any_pieces(content: bytes, size: int, form: str) -> None:
    encoding, pack = PACKED[form]
    packed = pack(content)
    headers = {"Content-Encoding": encoding}
    pieces = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert read_body(pieces, headers, limit=max(len(packed), 300)) == content
    if content and form in ("gzip", "deflate"):
        with pytest.raises(CutShort):
            read_body([packed[:-1]] if form == "gzip" else [packed[:-5]], headers, limit=1_000)


@pytest.mark.parametrize("fault", [gzip.compress(b"x" * 99)[:-9], b"no gzip"], ids=["cut", "garbled"])
def test_damaged_compression_passes(api: Any, fault: bytes) -> None:
    api.then(2, body=fault, headers={"Content-Encoding": "gzip"})
    assert pull(api) == api.users


def test_a_bomb_is_not_unpacked(api: Any) -> None:
    bomb = gzip.compress(b'{"users": [' + b" " * 50_000_000, 9)
    assert len(bomb) < 100_000
    api.always(body=bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceError, match=r"more than 1,000,000 bytes \(max_response_bytes\).*page_size"):
        pull(api, max_response_bytes=1_000_000)
    assert len(api.asked) == 1


def test_a_body_that_is_too_big_is_not_read_to_its_end(api: Any) -> None:
    api.always(body=b" " * 3_000)
    with pytest.raises(SourceError, match="max_response_bytes"):
        pull(api, max_response_bytes=2_000)
    api.always()
    assert pull(api, max_response_bytes=2_000) == api.users
