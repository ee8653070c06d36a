"""HTTP for the REST sources: one pooled session, GET only, patient with faults that pass, brief with others."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from customer_360.datasets.errors import SourceError, public_url
from customer_360.datasets.rest.answers import PassingFault, describe, judge_body, judge_status
from customer_360.datasets.rest.body import CHUNK, CutShort, read_body
from customer_360.datasets.rest.limits import MAX_RESPONSE_BYTES, Retries, Timeouts
from customer_360.datasets.rest.pagination import PageRequest, same_origin
from customer_360.datasets.rest.transport import Deadline, DeadlineAdapter, HeaderAuth, OwnRedirects

logger = logging.getLogger(__name__)

_MAX_REDIRECTS = 5
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# The pauses before a server that gives no hint is asked again grow so fast that six attempts outlast a minute.
_UNKNOWN_LIMIT_GROWTH = 4.0


@dataclass(frozen=True)
class Answer:
    """A parsed JSON body and the URL of the Link header's ``rel="next"``, if any.

    Attributes:
        body: the JSON value; None where there is no content.
        next_link: URL of the next page.
        is_empty: the server said "no content" (204, 205).
        described: status and type, for messages.
    """

    body: Any
    next_link: str | None
    is_empty: bool = False
    described: str = ""


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
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        encoding: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = public_url(url)
        self._timeouts, self._retries = timeouts, retries
        self._max_response_bytes, self._encoding = max_response_bytes, encoding
        self._sleep, self._clock = sleep, clock
        self._pull_ends = clock() + timeouts.pull
        self._waited = 0.0  # because the server asked for it
        self._deadline = Deadline(clock)
        self._session = OwnRedirects()
        # a proxy from the environment cannot reach this machine's own loopback
        self._session.trust_env = urlsplit(url).hostname not in _LOOPBACK
        self._session.headers.update(
            {
                "Accept": "application/json",
                "Accept-Encoding": "gzip, deflate",  # what body.py can undo within a limit
                "User-Agent": "customer_360",
                **headers,
            }
        )
        self._session.auth = HeaderAuth(auth_headers)
        adapter = DeadlineAdapter(self._deadline)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __enter__(self) -> JsonSession:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, request: PageRequest) -> Answer:
        """GET one page.

        Raises:
            SourceError: refused, redirected to another place, not JSON, too big or too slow, still failing
                after all attempts, or limited for longer than this run may wait.
        """
        failed = limited = 0
        while True:
            outcome = self._attempt(request)
            if isinstance(outcome, Answer):
                return outcome
            if outcome.is_limit and outcome.asked:
                limited += 1
                # a server whose hint is too short is asked less and less often
                pause = max(outcome.asked, min(2.0 ** (limited - 2), self._retries.backoff_max))
            else:
                failed += 1
                if failed >= self._retries.max_attempts:
                    raise self._gave_up(outcome)
                pause = outcome.asked or self._backoff(failed, outcome)
            self._pause(pause, outcome, failed)

    def _attempt(self, request: PageRequest) -> Answer | PassingFault:
        """One attempt; what may pass comes back, so that no exception with addresses hangs on to the final one."""
        left = self._pull_ends - self._clock()
        if left <= 0:
            raise self._pull_too_long()
        self._deadline.start(total=min(self._timeouts.total, left), read=self._timeouts.read)
        try:
            response, hops = self._send(request)
            with response:
                judge_status(response, hops)
                body = self._body_of(response)
        except PassingFault as fault:
            return fault
        value, is_empty = judge_body(response, body, hops, encoding=self._encoding)
        if isinstance(value, PassingFault):
            return value
        link = response.links.get("next", {}).get("url")
        return Answer(value, link, is_empty, describe(response, hops))

    def _body_of(self, response: requests.Response) -> bytes:
        failure: Exception
        try:
            chunks = response.raw.stream(CHUNK, decode_content=False)
            return read_body(chunks, response.headers, limit=self._max_response_bytes)
        except (urllib3.exceptions.TimeoutError, TimeoutError):
            failure = self._out_of_time("no answer in time")
        except (urllib3.exceptions.HTTPError, CutShort, OSError, ValueError):
            failure = PassingFault("the answer was cut short or garbled")
        raise failure

    def _send(self, request: PageRequest) -> tuple[requests.Response, int]:
        """One exchange with the redirects that stay with the host; others could carry a token away."""
        url, params = request.url, dict(request.params)
        for hops in range(_MAX_REDIRECTS + 1):
            response = self._exchange(url, params)
            if not response.is_redirect:
                return response, hops
            response.close()
            status = describe(response, hops)
            try:
                url, params = same_origin(url, response.headers["Location"], what="its redirect"), {}
            except SourceError as error:
                raise SourceError(
                    f"answered {status}; {error}. A redirect to a sign-in page means that the dataset's "
                    "credentials are missing or no longer valid"
                ) from None
        raise SourceError(
            f"redirects more than {_MAX_REDIRECTS} times, last to {public_url(url)}; check base_url, resource "
            "and the dataset's credentials"
        )

    def _exchange(self, url: str, params: dict[str, str]) -> requests.Response:
        failure: Exception
        timeouts = (self._timeouts.connect, self._timeouts.read)
        try:
            return self._session.get(url, params=params, timeout=timeouts, allow_redirects=False, stream=True)
        except requests.exceptions.SSLError:
            failure = SourceError("the TLS certificate was not accepted; check base_url and trusted issuers")
        except requests.exceptions.ConnectTimeout:
            failure = PassingFault(f"no connection within {timeouts[0]:g} s")
        except requests.exceptions.ReadTimeout:
            failure = self._out_of_time(f"no answer within {timeouts[1]:g} s")
        except requests.exceptions.ConnectionError:
            failure = self._out_of_time("the connection failed")
        except requests.exceptions.RequestException as error:
            kind = type(error).__name__
            failure = SourceError(f"the request could not be made ({kind}); check base_url and headers")
        raise failure

    def _out_of_time(self, otherwise: str) -> Exception:
        """What ended an exchange: its deadline, which is final, or something that may pass."""
        if not self._deadline.passed:
            return PassingFault(otherwise)
        if self._clock() >= self._pull_ends:
            return self._pull_too_long()
        return SourceError(
            f"no complete answer within {self._timeouts.total:g} s (timeouts.total), though the server keeps "
            "sending. Ask for smaller pages (pagination.page_size), or raise timeouts.total"
        )

    def _pull_too_long(self) -> SourceError:
        return SourceError(
            f"the pull was not complete within {self._timeouts.pull:,.0f} s (timeouts.pull); it goes on without "
            "end, or the source is slow. Raise timeouts.pull if it needs more time"
        )

    def _gave_up(self, fault: PassingFault) -> SourceError:
        advice = (
            ". The API limits how often it may be asked and does not say for how long: raise "
            "retries.max_attempts, retries.backoff_initial or retries.backoff_max"
        )
        return SourceError(
            f"gave up after {self._retries.max_attempts} attempts; the last one: {fault}"
            + (advice if fault.is_limit else "")
        )

    def _backoff(self, failed: int, fault: PassingFault) -> float:
        first, longest = self._retries.backoff_initial, self._retries.backoff_max
        if fault.is_limit:
            return min(longest, first * _UNKNOWN_LIMIT_GROWTH ** (failed - 1)) * random.uniform(0.9, 1.0)  # noqa: S311
        return random.uniform(0, min(longest, first * 2.0 ** (failed - 1)))  # noqa: S311

    def _pause(self, seconds: float, fault: PassingFault, failed: int) -> None:
        """Wait before the next attempt, unless that is too long; a wait is told."""
        retries = self._retries
        if fault.asked:
            if seconds > retries.retry_after_max:
                raise SourceError(
                    f"answered {fault} and asks to wait {seconds:,.0f} s, longer than this run may wait "
                    f"(retries.retry_after_max: {retries.retry_after_max:g} s). Run again after that time"
                )
            if self._waited + seconds > retries.max_wait:
                raise SourceError(
                    f"answered {fault} and asks to wait {seconds:,.0f} s, after {self._waited:,.0f} s of waiting "
                    f"in this pull: longer than this run may wait (retries.max_wait: {retries.max_wait:g} s)"
                )
            self._waited += seconds
        if self._clock() + seconds > self._pull_ends:
            raise self._pull_too_long()
        counted = f"attempt {failed} of {retries.max_attempts}" if failed else "as the server asks"
        logger.warning("%s: %s; %s, next one in %.1f s", self._name, fault, counted, seconds)
        self._sleep(seconds)
