"""The next page of a source, on its way while the one before is written."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from customer_360.datasets.rest.pagination import PageRequest
from customer_360.datasets.rest.session import Answer, JsonSession


class OneAhead:
    """Asks for the next page while the one before is being written: a server takes its time."""

    def __init__(self, session: JsonSession) -> None:
        """Args: session: sends the requests, one at a time."""
        self._session = session
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="next-page")
        self._asked: Future[Answer] | None = None

    def __enter__(self) -> OneAhead:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def ask(self, request: PageRequest) -> None:
        """Send the request now, and look for its answer later."""
        self._asked = self._thread.submit(self._session.get, request)

    def answer(self) -> Answer:
        """The answer to the last request. Raises what that raised."""
        assert self._asked is not None
        return self._asked.result()
