"""The same systems a day later: of every source's records a share changed, a few new, a few gone; by a seed.

python -m benchmarks.growth.changes SYSTEMS OUT --changed 0.01
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from customer_360.sample_sources.files import ERP_COLUMNS, SampleFiles
from customer_360.sample_sources.generator import generate

SOURCES = ("crm_users", "erp_customers", "marketing_posts", "support_tickets")
_FEW = 0.1  # new, and gone: each this share of those that change
_NEWCOMERS = 1_000_003  # added to the seed, for other people than those who are there

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Record = Any  # a JSON value, or the fields of a CSV row


@dataclass
class Changed:
    """What became of the records of one source: how many are the same, changed, new, gone."""

    same: int = 0
    changed: int = 0
    new: int = 0
    gone: int = 0


def change_systems(systems: Path, out: Path, *, share: float, seed: int) -> dict[str, Changed]:
    """Write the files of ``systems`` to ``out`` as they are after a change; record by record, in constant memory.

    The same arguments give the same bytes; records that do not change keep theirs. New customers come with what the
    generator gives them in every system, under keys that follow those that are there.

    Args:
        systems: folder of a generated sample.
        out: folder, made if it is missing.
        share: of the records of every source that change, 0 to 1; a tenth of it is new, as much is gone.
        seed: another one changes others.

    Returns:
        What became of the records, by the name of the file's attribute in ``SampleFiles``.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"change_systems: the share that changes lies between 0 and 1; got {share}")
    out.mkdir(parents=True, exist_ok=True)
    old, new = SampleFiles.within(systems), SampleFiles.within(out)
    counts = {source: sum(1 for _ in _texts(getattr(old, source))) for source in SOURCES}
    newcomers = max(1, round(counts["crm_users"] * share * _FEW)) if share else 0
    told = {}
    with tempfile.TemporaryDirectory(dir=out) as folder:
        added = generate(Path(folder), customers=newcomers, seed=seed + _NEWCOMERS)
        for source in SOURCES:
            dice = _Dice(Random(f"{seed} {source}"), share)
            further: Iterator[Record] = (
                _renumbered(source, _record(source, text), counts) for text in _texts(getattr(added, source))
            )
            if source == "marketing_posts":
                further = dice.by_those_who_are_there(further, counts["crm_users"])
            _write(getattr(new, source), dice.after(source, _texts(getattr(old, source)), further))
            told[source] = dice.told
    return told


@dataclass
class _Dice:
    """Decides what becomes of each record."""

    random: Random
    share: float

    def __post_init__(self) -> None:
        self.told = Changed()
        # Spread evenly from some record on, so that a small file changes, too.
        self._due = {"changed": self.random.random(), "gone": self.random.random()}

    def after(self, source: str, texts: Iterable[str], further: Iterable[Record]) -> Iterator[str]:
        """The texts of the records afterwards: those that are left, then those that are new."""
        for text in texts:
            if self._is_due("gone", self.share * _FEW):
                self.told.gone += 1
                continue
            record = _record(source, text) if self._is_due("changed", self.share) else None
            if record is not None and _CHANGES[source](record, self.random):
                self.told.changed += 1
                yield _text(record)
            else:
                self.told.same += 1
                yield text
        for record in further:
            self.told.new += 1
            yield _text(record)

    def _is_due(self, what: str, share: float) -> bool:
        self._due[what] += share
        due = self._due[what] >= 1
        self._due[what] -= due
        return due

    def by_those_who_are_there(self, posts: Iterable[Record], users: int) -> Iterator[Record]:
        """Every other of the new posts gets another author: somebody who was there before."""
        for post in posts:
            if self.random.random() < 0.5:
                post["userId"] = self.random.randrange(1, users + 1)
            yield post


def _change_user(user: Record, random: Random) -> bool:
    """Another e-mail address, another street, or another phone number."""
    what = random.choice(("email", "street", "phone"))
    if what == "street" and user.get("address"):
        user["address"]["address"] = f"{random.randrange(1, 9_999)} New {random.choice(_STREETS)} Street"
    elif what == "phone":
        user["phone"] = f"+1 415-{random.randrange(200, 999)}-{random.randrange(10_000):04d}"
    else:
        user["email"] = f"moved.{random.getrandbits(48):x}@example.org"
    return True


def _change_row(row: Record, random: Random) -> bool:
    """Another house number and street; nothing of a row with too few fields."""
    if len(row) <= _STREET:
        return False
    row[_STREET] = f"{random.randrange(1, 9_999)} New {random.choice(_STREETS)} Street"
    return True


def _change_post(post: Record, random: Random) -> bool:
    """More views, some of them with a like."""
    more = random.randrange(1, 500)
    post["views"] = abs(post.get("views") or 0) + more
    if post.get("reactions"):
        post["reactions"]["likes"] += random.randrange(more)
    return True


def _change_ticket(ticket: Record, random: Random) -> bool:
    """A ticket is closed, or opened again; nothing of what is no ticket."""
    if not isinstance(ticket, dict):
        return False
    ticket["status"] = "open" if ticket["status"] == "closed" else "closed"
    return True


_STREETS = ("Oak", "Mill", "Harbour", "Station", "Chapel", "Meadow")
_STREET = 2
_CHANGES: dict[str, Callable[[Record, Random], bool]] = {
    "crm_users": _change_user,
    "erp_customers": _change_row,
    "marketing_posts": _change_post,
    "support_tickets": _change_ticket,
}


def _renumbered(source: str, record: Record, counts: dict[str, int]) -> Record:
    """A generated record, with keys behind those that are there."""
    if source == "erp_customers":
        users = counts["crm_users"]
        return [re.sub(r"[1-9]\d*", lambda number: _behind(number, users), record[0]), *record[1:]]
    if isinstance(record, dict):
        for key, of in _KEYS[source].items():
            if isinstance(record.get(key), int) and record[key] < _NOBODY:
                record[key] += counts[of]
    return record


def _behind(number: re.Match[str], users: int) -> str:
    key = int(number.group())
    return str(key + users if key < _NOBODY else key)


_NOBODY = 90_000_000  # keys from here on mean, in the samples, nobody
_KEYS = {
    "crm_users": {"id": "crm_users"},
    "marketing_posts": {"id": "marketing_posts", "userId": "crm_users"},
    "support_tickets": {"ticket_id": "support_tickets"},
}


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
    options = parser.parse_args(arguments)
    told = change_systems(options.systems, options.out, share=options.changed, seed=options.seed)
    print(json.dumps({source: asdict(changed) for source, changed in told.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
