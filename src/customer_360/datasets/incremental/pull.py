"""Asking a source for what changed since the last pull, and for all where that would not be safe."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from customer_360.datasets.incremental.question import CannotAskError, Question
from customer_360.datasets.incremental.seen import Seen
from customer_360.datasets.incremental.settings import IncrementalOptions
from customer_360.datasets.incremental.times import write_time
from customer_360.datasets.incremental.watermark import Watermark, WatermarkStore
from customer_360.engine import Pull
from customer_360.foundation import counted
from customer_360.lakehouse import TableMark, additions_since, mark_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

logger = logging.getLogger(__name__)


class IncrementalPull:
    """Decides what one source is asked for, and watches what it answers.

    Attributes:
        settings: what the source's file says.
        question: what it is asked for, while it is read.
        kind: type of the column that holds the time of change, where the reader of an SQL source tells it.
    """

    def __init__(
        self,
        settings: IncrementalOptions,
        *,
        asked_of: Mapping[str, Any],
        origin: str,
        table: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is looked at yet.

        Args:
            settings: what the source's file and the run say.
            asked_of: address of the source, fields that are kept, and what else a watermark does not outlive.
            origin: the source, for messages.
            table: folder of a Delta table that is asked by its versions.
            now: the time, UTC. It never becomes a watermark: it only tells a time that cannot be.
        """
        self.settings, self._table, self._origin, self._now = settings, table, origin, now
        self._store = WatermarkStore(settings.state, settings.bronze)
        said = json.dumps({**settings.of_the_source, **asked_of}, sort_keys=True, default=str)
        self._asked_of = hashlib.sha256(said.encode()).hexdigest()
        self.question = Question()
        self.kind = ""
        self._kept: Watermark = {}
        self._seen = self._nothing_seen()

    @property
    def time(self) -> str:
        """What is asked for, as the parameter of a REST API."""
        asked, given = self.question, self.settings
        assert asked.since is not None
        return write_time(asked.since, given.format, example=asked.example, zone=given.zone)

    def pull(self, read: Callable[[], DataFrame]) -> Pull:
        """Read the source, and once more for all of it where the answer cannot be all that changed.

        Args:
            read: reads it as :attr:`question` says, and calls :meth:`begin` and :meth:`see`.
        """
        self.question = self._decide()
        try:
            records = read()
            doubt = self._doubt()
        except CannotAskError as error:
            doubt = str(error)
        if doubt:
            logger.warning("%s: %s. It is asked for all records now.", self._origin, doubt)
            self.question = Question(why=doubt, version=self.question.version)
            records = read()
        self._tell()
        is_complete = self.question.is_for_all
        return Pull(records, is_complete, self._watermark(), self._told())

    def begin(self) -> None:
        """Forget what was seen: a reading begins."""
        self._seen = self._nothing_seen()

    def see(self, value: object) -> None:
        """Watch a record pass. Args: value: of its field of change; None where it has none."""
        self._seen.add(value)

    def _nothing_seen(self) -> Seen:
        asked = self.question
        latest = self._now() + self.settings.before
        return Seen(self.settings.zone, latest, since=asked.since, known=asked.known)

    def _decide(self) -> Question:
        version = mark_of(self._table) if self._table else None
        kept, lost = self._store.load()
        self._kept = kept or {}
        why = lost or self._why_all(self._kept)
        if why:
            return Question(why=why, version=version)
        return self._since_version(version) if self.settings.by == "commit" else self._since_time()

    def _why_all(self, kept: Watermark) -> str:
        if self.settings.full_pull:
            return "this run was told to (full_pull)"
        if kept["asked_of"] != self._asked_of:
            return "what is asked of it, or kept of its records, is not what it was"
        if kept["partial_pulls"] + 1 >= self.settings.full_every:
            return f"every {_ordinal(self.settings.full_every)} run does"
        return str(kept["hindrance"])

    def _since_time(self) -> Question:
        known = datetime.fromisoformat(self._kept["at"])
        if known > self._now() + self.settings.before:
            return Question(
                why=f"its last known change, {_shown(known)}, is later than the clock of this machine"
            )
        return Question(
            since=known - self.settings.before,
            known=known,
            example=self._kept["example"],
            kind=self._kept["kind"],
        )

    def _since_version(self, version: TableMark | None) -> Question:
        assert self._table is not None
        added = additions_since(self._table, TableMark(**self._kept["version"]))
        if added.hindrance:
            return Question(why=added.hindrance, version=version)
        if added.reshaped is not None:
            return Question(
                why=f"its columns or settings changed in its version {added.reshaped}", version=version
            )
        return Question(files=added.files, version=version)

    def _doubt(self) -> str:
        """Why an answer cannot be all that changed; blank where nothing speaks against it."""
        known = self.question.known
        if known is None or self._seen.has_known:
            return ""
        return (
            f"its answer lacks the record that changed last, at {_shown(known)}: that was deleted, or the source takes "
            "the time that it is asked for differently (parameter, format, time_zone)"
        )

    def _watermark(self) -> Watermark | None:
        asked, seen = self.question, self._seen
        of_all = {
            "asked_of": self._asked_of,
            "partial_pulls": 0 if asked.is_for_all else self._kept["partial_pulls"] + 1,
            "hindrance": "",
        }
        if self.settings.by == "commit":
            return None if asked.version is None else {**of_all, "version": asdict(asked.version)}
        at, example = seen.at, seen.example
        if asked.known is not None and (at is None or at < asked.known):
            at, example = asked.known, asked.example
        time = {"at": at.isoformat() if at else None, "example": example, "kind": self.kind or asked.kind}
        return {**of_all, **time, "hindrance": self._hindrance() if at else self._no_time()}

    def _hindrance(self) -> str:
        """Why the next pull has to ask for all: a database compares texts as texts."""
        if self.kind == "text" and (len(self._seen.styles) > 1 or "" in self._seen.styles):
            return f"the times in '{self.settings.field}' are texts that are not all written in one way"
        return ""

    def _no_time(self) -> str:
        if self._seen.lacking_zone:
            return f"the times in '{self.settings.field}' have no time zone, and time_zone does not say it"
        return f"no record had a time in '{self.settings.field}' that can be read"

    def _tell(self) -> None:
        """Warn of records whose changes an incremental pull may miss, and of times that cannot be."""
        seen, given = self._seen, self.settings
        if seen.unreadable and given.parameter:
            logger.warning(
                "%s: %s of %s have no time in '%s' that can be read%s: what changes in them shows when the source is "
                "asked for all, every %s run.",
                self._origin, f"{seen.unreadable:,}", counted(seen.records, "record"), given.field,
                f" ({seen.lacking_zone:,} for lack of a time zone: time_zone)" if seen.lacking_zone else "",
                _ordinal(given.full_every),
            )  # fmt: skip
        if seen.ahead:
            logger.warning(
                "%s: %s in '%s' later than the clock of this machine, by more than %g s (overlap). That is taken for "
                "wrong, and never gone on from.",
                self._origin, counted(seen.ahead, "record has a time", "records have times"), given.field,
                given.overlap,
            )  # fmt: skip
        if seen.much_older and given.parameter:
            logger.warning(
                "%s: %s of %s changed long before what was asked for: the API may not know the parameter '%s'.",
                self._origin, f"{seen.much_older:,}", counted(seen.records, "record"), given.parameter,
            )  # fmt: skip

    def _told(self) -> str:
        """How it was asked, for people."""
        asked, every = self.question, self.settings.full_every
        count = counted(self._seen.records, "record")
        if asked.is_for_all:
            return f"asked for all ({count}): {asked.why}"
        if asked.since is not None:
            what = f"changes since {_shown(asked.since)}"
        else:
            assert asked.files is not None
            version = self._kept["version"]["version"]
            files = len(asked.files)
            what = f"what was added after version {version}, {counted(files, 'file')}"
        return f"asked for {what} ({count}); every {_ordinal(every)} run asks for all"


def _shown(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _ordinal(number: int) -> str:
    tens, ones = divmod(number % 100, 10)
    return f"{number}{'th' if tens == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(ones, 'th')}"
