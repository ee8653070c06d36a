"""HTTP for the REST sources: one pooled session, GET only, patient with faults that pass."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from customer_360.datasets.errors import SourceError, public_url
from customer_360.datasets.rest.pagination import PageRequest, same_origin

logger = logging.getLogger(__name__)

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]

_MAX_REDIRECTS = 5
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
_ADVICE: dict[int, str] = {
    401: "check the dataset's credentials",
    403: "check the dataset's credentials and what they allow",
    404: "check base_url and resource",
}


class Timeouts(BaseModel):
    """Seconds to wait for a connection, and for the next bytes of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connect: Seconds = 5.0
    read: Seconds = 30.0


class Retries(BaseModel):
    """How often and how patiently a request is repeated; times in seconds.

    The wait before attempt n+1 is random between 0 and ``backoff_initial * 2**(n-1)``, at most
    ``backoff_max``; where the server says ``Retry-After``, that long. A server that asks for more than
    ``retry_after_max`` is not asked again before its time: the pull ends.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_attempts: Annotated[int, Field(ge=1, le=100)] = 6
    backoff_initial: Seconds = 0.5
    backoff_max: Seconds = 30.0
    retry_after_max: Seconds = 120.0


@dataclass(frozen=True)
class Answer:
    """A parsed JSON body and the URL of the Link header's ``rel="next"``, if any."""

    body: Any
    next_link: str | None


class _PassingFault(Exception):
    """Worth another attempt. Its text is safe to show."""

    def __init__(self, what: str, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class HeaderAuth(AuthBase):
    """Sets the given headers. Always used, also without any: requests would look into ~/.netrc otherwise."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


class JsonSession:
    """GETs JSON, with connection pooling, time-outs and retries. Use it as a context manager."""

    def __init__(
        self,
        *,
        url: str,
        headers: Mapping[str, str],
        auth_headers: Mapping[str, str],
        timeouts: Timeouts,
        retries: Retries,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = public_url(url)
        self._timeouts = (timeouts.connect, timeouts.read)
        self._retries = retries
        self._session = requests.Session()
        # a proxy from the environment cannot reach this machine's own loopback
        self._session.trust_env = urlsplit(url).hostname not in _LOOPBACK
        self._session.headers.update({"Accept": "application/json", "User-Agent": "customer_360", **headers})
        self._session.auth = HeaderAuth(auth_headers)
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        backoff = wait_random_exponential(multiplier=retries.backoff_initial, max=retries.backoff_max)
        self._retrying = Retrying(
            retry=retry_if_exception_type(_PassingFault),
            stop=stop_after_attempt(retries.max_attempts),
            wait=lambda state: self._wait(state, backoff),
            before_sleep=self._tell,
            sleep=sleep,
            reraise=True,
        )

    def __enter__(self) -> JsonSession:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, request: PageRequest) -> Answer:
        """GET one page.

        Raises:
            SourceError: refused (4xx), redirected to another place, or still failing after all attempts.
        """
        try:
            return self._retrying(self._attempt, request)
        except _PassingFault as fault:
            attempts = self._retries.max_attempts
            failure = SourceError(f"gave up after {attempts} attempts; the last one: {fault}")
        raise failure  # here, so that no exception with addresses or bodies hangs on to it

    def _attempt(self, request: PageRequest) -> Answer:
        response = self._send(request)
        status = response.status_code
        if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise self._fault(response)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            advice = _ADVICE.get(status, "check base_url, resource and parameters")
            raise SourceError(f"answered {_status_text(status)}; {advice}")
        try:
            body = json.loads(response.content)
        except (ValueError, RecursionError):  # ValueError: also bytes that are no text, and endless numbers
            body, failure = None, _PassingFault(f"a body that is not JSON ({len(response.content):,} bytes)")
        else:
            return Answer(body, response.links.get("next", {}).get("url"))
        raise failure

    def _fault(self, response: requests.Response) -> Exception:
        what, asked = _status_text(response.status_code), _retry_after(response)
        longest = self._retries.retry_after_max
        if asked is None or asked <= longest:
            return _PassingFault(what, asked)
        return SourceError(
            f"answered {what} and asks to wait {asked:,.0f} s, longer than this run may wait "
            f"(retries.retry_after_max: {longest:g} s). Run again after that time"
        )

    def _send(self, request: PageRequest) -> requests.Response:
        """One exchange with the redirects that stay with the host; others could carry a token away."""
        url, params = request.url, dict(request.params)
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._exchange(url, params)
            if not response.is_redirect:
                return response
            url, params = same_origin(url, response.headers["Location"], what="its redirect"), {}
        raise SourceError(f"redirects more than {_MAX_REDIRECTS} times")

    def _exchange(self, url: str, params: dict[str, str]) -> requests.Response:
        failure: Exception
        try:
            return self._session.get(url, params=params, timeout=self._timeouts, allow_redirects=False)
        except requests.exceptions.SSLError:
            failure = SourceError("the TLS certificate was not accepted; check base_url and trusted issuers")
        except requests.exceptions.ConnectTimeout:
            failure = _PassingFault(f"no connection within {self._timeouts[0]:g} s")
        except requests.exceptions.ReadTimeout:
            failure = _PassingFault(f"no answer within {self._timeouts[1]:g} s")
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            failure = _PassingFault("the answer was cut short or garbled")
        except requests.exceptions.ConnectionError as error:
            timed_out = "timed out" in str(error)
            failure = _PassingFault("no answer in time" if timed_out else "the connection failed")
        except requests.exceptions.RequestException as error:
            kind = type(error).__name__
            failure = SourceError(f"the request could not be made ({kind}); check base_url and headers")
        raise failure

    def _wait(self, state: RetryCallState, backoff: Callable[[RetryCallState], float]) -> float:
        fault = state.outcome.exception() if state.outcome else None
        asked = getattr(fault, "retry_after", None)
        return asked or backoff(state)

    def _tell(self, state: RetryCallState) -> None:
        logger.warning(
            "%s: %s; attempt %d of %d, next one in %.1f s",
            self._name,
            state.outcome.exception() if state.outcome else "",
            state.attempt_number,
            self._retries.max_attempts,
            state.next_action.sleep if state.next_action else 0,
        )


def _retry_after(response: requests.Response) -> float | None:
    """Seconds that the server asks to wait, from a number or an HTTP date; None if it does not say."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = _http_date(value)
    if until is None:
        return None
    # the server's own clock, if it shows it
    now = _http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _status_text(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
