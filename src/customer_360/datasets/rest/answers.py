"""What an answer that is not a page of JSON means: something that passes, or something to be mended."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import requests

from customer_360.datasets.errors import SourceError, public_url
from customer_360.datasets.rest.body import AnswerNotJson, content_type, decoded, parsed
from customer_360.datasets.rest.rate_limit import asked_wait, is_used_up

_CREDENTIALS = "check the dataset's credentials"
_ADVICE: dict[int, str] = {
    401: f"{_CREDENTIALS} (credentials.yml): they are missing, wrong or no longer valid",
    403: f"{_CREDENTIALS} (credentials.yml) and what they allow",
    404: "check base_url and resource",
    407: "check the proxy of this machine (HTTPS_PROXY)",
    511: "this network wants a sign-in of its own first",
}
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY)
# What the server does not do, it will not do at the next attempt either.
_LASTING = (
    HTTPStatus.NOT_IMPLEMENTED,
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED,
    HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED,
)
_LIMITED = (HTTPStatus.TOO_MANY_REQUESTS, 420)  # 420: "enhance your calm", of an older custom
_NO_CONTENT = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT)
_HTML = ("text/html", "application/xhtml+xml")
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_BLANKS = b"\xef\xbb\xbf \t\r\n"


class PassingFault(Exception):
    """Worth another attempt. Its text is safe to show.

    Attributes:
        asked: seconds to wait that the server asks for; None if it does not say.
        is_limit: the server limits how often it may be asked.
    """

    def __init__(self, what: str, asked: float | None = None, *, is_limit: bool = False) -> None:
        super().__init__(what)
        self.asked, self.is_limit = asked, is_limit


def judge_status(response: requests.Response, hops: int) -> None:
    """Go on if the answer has content, or says that there is none.

    Args:
        response: the answer; its body is not read.
        hops: redirects on the way to it.

    Raises:
        PassingFault: worth another attempt.
        SourceError: refused, or something else than data; says what to mend.
    """
    status = response.status_code
    is_refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    limits = status in _LIMITED or (is_refused and is_used_up(response.headers))
    is_passing = status in _PASSING or (status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in _LASTING)
    if limits or is_passing:
        raise PassingFault(status_text(status), asked_wait(response.headers), is_limit=limits)
    if status == HTTPStatus.PARTIAL_CONTENT:
        raise SourceError(f"answered {describe(response, hops)}: part of a page, which was not asked for")
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        advice = _ADVICE.get(status, "check base_url, resource and parameters")
        details = f" ({_details(response, hops)})" if _details(response, hops) else ""
        raise SourceError(f"answered {status_text(status)}; {advice}{details}")


def judge_body(
    response: requests.Response, body: bytes, hops: int, *, encoding: str | None
) -> tuple[Any, bool]:
    """The JSON value of an answer, and whether it has no content at all.

    Returns:
        ``(value, False)``, ``(None, True)`` for 204 and 205, or ``(PassingFault, False)`` for a body that may
        come whole at the next attempt.

    Raises:
        SourceError: not JSON, and it will not be at the next attempt; or in an unknown encoding.
    """
    if response.status_code in _NO_CONTENT:
        return None, True
    what = describe(response, hops)
    if not body:
        raise SourceError(f"answered {what}, without any content: expected JSON; check base_url and resource")
    kind, start = content_type(response.headers), body.lstrip(_BLANKS)[:1]
    is_page = kind in _HTML or start == b"<"
    try:
        return parsed(decoded(body, response.headers, encoding=encoding)), False  # whatever it calls itself
    except AnswerNotJson:
        pass
    except SourceError:
        if not is_page:
            raise
    if is_page:
        raise SourceError(
            f"answered {what}: a web page, not JSON. An API shows its sign-in page when credentials are "
            f"missing or expired: {_CREDENTIALS} (credentials.yml), then base_url and resource"
        )
    if kind and "json" not in kind and start not in (b"{", b"["):
        raise SourceError(f"answered {what}, not JSON; check base_url, resource and headers")
    return PassingFault(f"a body that is not JSON ({len(body):,} bytes; {what})"), False


def describe(response: requests.Response, hops: int) -> str:
    """Status, type and, after redirects, the address without its query: what may be shown of an answer."""
    details = _details(response, hops)
    return status_text(response.status_code) + (f" ({details})" if details else "")


def _details(response: requests.Response, hops: int) -> str:
    kind = content_type(response.headers)
    words = [kind] if _TYPE.fullmatch(kind) else []
    if hops:
        words.append(f"from {public_url(response.url)}, where it was redirected to")
    return " ".join(words)


def status_text(status: int) -> str:
    """``404 Not Found``."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
