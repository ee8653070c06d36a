"""The four made-up source systems of one run: two behind a loopback API, two as files in the landing folder."""

from __future__ import annotations

from pathlib import Path

from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.landing import place_files, prepare_landing


class SampleSystems:
    """Reserves an address at once; generates, places files and answers only from :meth:`start` on."""

    def __init__(self, *, cache: Path, landing: Path, customers: int, seed: int) -> None:
        self._cache, self._landing = cache, landing
        self._customers, self._seed = customers, seed
        self._api = LoopbackApi({})

    @property
    def url(self) -> str:
        """Base URL of both APIs."""
        return self._api.url

    def start(self) -> list[str]:
        """Generate what is not there yet, place the two files, serve the two APIs.

        Returns:
            Names of files in the landing folder that somebody else wrote and that therefore stayed.
        """
        files = prepare_landing(self._cache, customers=self._customers, seed=self._seed)
        kept = place_files(files, self._landing)
        self._api.serve({"users": files.crm_users, "posts": files.marketing_posts})
        self._api.start()
        return kept

    def stop(self) -> None:
        """Close the port."""
        self._api.stop()
