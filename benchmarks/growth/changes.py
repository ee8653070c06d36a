"""The same systems a day later: of every source's records a share changed, a few new, a few gone; by a seed.

python -m benchmarks.growth.changes SYSTEMS OUT --changed 0.01 --at 2026-01-02T00:00:00+00:00
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.growth.edits import CHANGES, Record, renumbered
from customer_360.sample_sources.files import ERP_COLUMNS, SampleFiles
from customer_360.sample_sources.generator import generate

SOURCES = ("crm_users", "erp_customers", "marketing_posts", "support_tickets")
CHANGED_AT = "updatedAt"  # field of users and posts: by it, the APIs give what has changed since a time
_FEW = 0.1  # new, and gone: each this share of those that change
_NEWCOMERS = 1_000_003  # added to the seed, for other people than those who are there

_ASKED = ("crm_users", "marketing_posts")  # by their APIs
_KEY = re.compile(r'\{"(?:id|ticket_id)":(\d+)')
_HAS_TIME = f'"{CHANGED_AT}":'

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass
class Changed:
    """What became of the records of one source: how many are the same, changed, new, gone."""

    same: int = 0
    changed: int = 0
    new: int = 0
    gone: int = 0


def change_systems(
    systems: Path, out: Path, *, share: float, seed: int, at: datetime | None = None, none_gone: bool = False
) -> dict[str, Changed]:
    """Write the files of ``systems`` to ``out`` as they are after a change; record by record, in constant memory.

    The same arguments give the same bytes; records that do not change keep theirs. New customers come with what the
    generator gives them in every system, under keys that follow those that are there.

    Args:
        systems: folder of a generated sample.
        out: folder, made if it is missing.
        share: of the records of every source that change, 0 to 1; a tenth of it is new, as much is gone.
        seed: another one changes others.
        at: when it has changed; users and posts say so in :data:`CHANGED_AT`, up to half a day earlier, those that did
            not change with the time that they have, or any of these if they have none. None: no times are written.
        none_gone: no user and no post is gone; who asks for what has changed does not see it.

    Returns:
        What became of the records, by the name of the file's attribute in ``SampleFiles``.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"change_systems: the share that changes lies between 0 and 1; got {share}")
    out.mkdir(parents=True, exist_ok=True)
    old, new = SampleFiles.within(systems), SampleFiles.within(out)
    last = {source: _last_key(getattr(old, source)) for source in SOURCES}
    newcomers = max(1, round(last["crm_users"] * share * _FEW)) if share else 0
    told = {}
    with tempfile.TemporaryDirectory(dir=out) as folder:
        added = generate(Path(folder), customers=newcomers, seed=seed + _NEWCOMERS)
        for source in SOURCES:
            is_asked = source in _ASKED
            gone = 0.0 if none_gone and is_asked else share * _FEW
            dice = _Dice(Random(f"{seed} {source}"), share, gone, at if is_asked else None)
            further: Iterator[Record] = (
                renumbered(source, _record(source, text), last) for text in _texts(getattr(added, source))
            )
            if source == "marketing_posts":
                further = dice.by_those_who_are_there(further, last["crm_users"])
            _write(getattr(new, source), dice.after(source, _texts(getattr(old, source)), further))
            told[source] = dice.told
    return told


@dataclass
class _Dice:
    """Decides what becomes of each record."""

    random: Random
    share: float
    gone: float
    at: datetime | None

    def __post_init__(self) -> None:
        self.told = Changed()
        # Spread evenly from some record on, so that a small file changes, too.
        self._due = {"changed": self.random.random(), "gone": self.random.random()}

    def after(self, source: str, texts: Iterable[str], further: Iterable[Record]) -> Iterator[str]:
        """The texts of the records afterwards: those that are left, then those that are new."""
        for text in texts:
            if self._is_due("gone", self.gone):
                self.told.gone += 1
                continue
            record = _record(source, text) if self._is_due("changed", self.share) else None
            if record is not None and CHANGES[source](record, self.random):
                self.told.changed += 1
                yield _text(self._dated(record))
            else:
                self.told.same += 1
                yield text if self.at is None or _HAS_TIME in text else _text(self._dated(json.loads(text)))
        for record in further:
            self.told.new += 1
            yield _text(self._dated(record))

    def _dated(self, record: Record) -> Record:
        if self.at is not None:
            earlier = timedelta(seconds=self.random.randrange(43_200))
            record[CHANGED_AT] = (self.at - earlier).isoformat()
        return record

    def _is_due(self, what: str, share: float) -> bool:
        self._due[what] += share
        due = self._due[what] >= 1
        self._due[what] -= due
        return due

    def by_those_who_are_there(self, posts: Iterable[Record], last_user: int) -> Iterator[Record]:
        """Every other of the new posts gets another author: somebody who was there before."""
        for post in posts:
            if self.random.random() < 0.5:
                post["userId"] = self.random.randrange(1, last_user + 1)
            yield post


def _texts(path: Path) -> Iterator[str]:
    """Each record's text; the generator writes every one on a line of its own."""
    with path.open(encoding="utf-8", newline="") as lines:
        if path.suffix == ".csv":
            next(lines)
        for line in lines:
            text = line.rstrip("\n")
            text = text.removesuffix(",") if path.suffix == ".json" else text
            if text not in ("[", "]", ""):
                yield text


def _last_key(path: Path) -> int:
    """The highest key of a JSON file's records, which have it first; 0 without any."""
    return max((int(found[1]) for text in _texts(path) if (found := _KEY.match(text))), default=0)


def _record(source: str, text: str) -> Record:
    return next(csv.reader([text])) if source == "erp_customers" else json.loads(text)


def _text(record: Record) -> str:
    if not isinstance(record, list):
        return _encode(record)
    line = _Line()
    csv.writer(line, lineterminator="").writerow(record)
    return line.text


class _Line:
    """What csv writes to."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def _write(path: Path, texts: Iterable[str]) -> None:
    begin, between, end = {
        ".csv": (",".join(ERP_COLUMNS) + "\n", "\n", "\n"), ".jsonl": ("", "\n", "\n"), ".json": ("[\n", ",\n", "\n]\n")
    }[path.suffix]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(begin)
        for number, text in enumerate(texts):
            file.write(between * (number > 0) + text)
        file.write(end)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: writes the files, and prints what became of each source's records."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth.changes", description=__doc__)
    parser.add_argument("systems", type=Path, help="folder of a generated sample")
    parser.add_argument("out", type=Path, help="folder for the changed files")
    parser.add_argument("--changed", type=float, default=0.01, help="share of each source (default: 0.01)")
    parser.add_argument("--seed", type=int, default=360)
    parser.add_argument("--at", type=datetime.fromisoformat, help="when, written into users and posts")
    parser.add_argument("--none-gone", action="store_true", help="no user and no post is gone")
    options = parser.parse_args(arguments)
    told = change_systems(
        options.systems,
        options.out,
        share=options.changed,
        seed=options.seed,
        at=options.at,
        none_gone=options.none_gone,
    )
    print(json.dumps({source: asdict(changed) for source, changed in told.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
