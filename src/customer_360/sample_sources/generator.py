"""Writes a sample of the four systems and its truth, household by household, in constant memory."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from customer_360.sample_sources.crm import crm_user, second_self
from customer_360.sample_sources.erp import erp_line_fields, erp_row
from customer_360.sample_sources.files import ERP_COLUMNS, TRUTH_COLUMNS, SampleFiles
from customer_360.sample_sources.marketing import marketing_post, post_count
from customer_360.sample_sources.noise import Dice, Noise
from customer_360.sample_sources.population import Person, Population
from customer_360.sample_sources.support import support_ticket, ticket_count
from customer_360.sample_sources.values import Values

_ERP_SHARE = 0.58
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def generate(
    target: Path, *, customers: int = 500, seed: int = 360, noise: Noise | None = None
) -> SampleFiles:
    """Write the files of the four systems and the truth into the folder ``target``.

    The same arguments give the same bytes. The files get their names only when all of them are complete.

    Args:
        target: folder, made if it is missing; files of the same names there are replaced.
        customers: number of persons that the CRM knows; a few per cent of duplicate records come on top.
        seed: any non-negative number; another one gives other people.
        noise: what may be wrong, and how often; all of it when not given.

    Raises:
        ValueError: ``customers`` or ``seed`` is negative.
    """
    if customers < 0 or seed < 0:
        raise ValueError(f"generate: customers and seed must be 0 or more; got {customers} and {seed}")
    target.mkdir(parents=True, exist_ok=True)
    files = SampleFiles.within(target)
    with _all_or_nothing(files) as handles:
        _Writer(handles, seed=seed, noise=noise or Noise()).write(customers)
    return files


@contextmanager
def _all_or_nothing(files: SampleFiles) -> Iterator[dict[str, TextIO]]:
    """Open all files under temporary names; rename them at the end, remove them after an error."""
    paths = files.paths()
    temporary = {name: path.with_name(f".{path.name}.{os.getpid()}.partial") for name, path in paths.items()}
    try:
        with ExitStack() as stack:
            yield {
                name: stack.enter_context(path.open("w", encoding="utf-8", newline=""))
                for name, path in temporary.items()
            }
        for name, path in temporary.items():
            path.replace(paths[name])
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)


class _Writer:
    """Turns persons into records; carries counters, never records."""

    def __init__(self, handles: dict[str, TextIO], *, seed: int, noise: Noise) -> None:
        self._handles = handles
        self._values = Values()
        self._dice = Dice(self._values.random, noise, later=self._values.later)
        self._population = Population(self._values, self._dice, seed=seed)
        self._erp = csv.writer(handles["erp_customers"], lineterminator="\n")
        self._truth = csv.writer(handles["truth"], lineterminator="\n")
        self._written = {"crm": 0, "erp": 0, "marketing": 0, "support": 0}

    def write(self, customers: int) -> None:
        self._truth.writerow(TRUTH_COLUMNS)
        self._erp.writerow(ERP_COLUMNS)
        self._handles["support_tickets"].write("[\n")
        for household in self._population.households(customers):
            for person in household:
                self._customer(person)
        self._handles["support_tickets"].write("\n]\n" if self._written["support"] else "]\n")

    def _customer(self, person: Person) -> None:
        dice, values = self._dice, self._values
        dice.struck()
        ids = [self._user(person, person.kind)]
        twice = dice.strikes("crm_duplicate")
        dice.struck()
        if twice:
            ids.append(self._user(second_self(person, values), "duplicate", extra=("crm_duplicate",)))
        if values.random.random() < _ERP_SHARE:
            self._erp_rows(person, ids[0])
        for _ in range(post_count(values)):
            self._post(person, values.random.choice(ids))
        for _ in range(ticket_count(values)):
            self._ticket(person)
        if dice.strikes("erp_only"):
            stranger = self._population.stranger(f"{person.household_id}X")
            self._erp_row(stranger, None, "erp_only", extra=("erp_only",))

    def _erp_rows(self, person: Person, crm_id: int) -> None:
        twice = self._dice.strikes("erp_duplicate")
        self._dice.struck()
        self._erp_row(person, crm_id, person.kind)
        if twice:  # under the same number, or under one of its own
            number = self._values.random.choice((crm_id, None))
            self._erp_row(second_self(person, self._values), number, "duplicate", extra=("erp_duplicate",))

    def _user(self, person: Person, kind: str, *, extra: tuple[str, ...] = ()) -> int:
        user_id = self._written["crm"] + 1
        user = crm_user(person, user_id, self._values, self._dice)
        self._handles["crm_users"].write(f"{_encode(user)}\n")
        self._note("crm", user.get("id", ""), person, kind, extra=(*person.traits, *extra))
        return user_id

    def _erp_row(self, person: Person, crm_id: int | None, kind: str, *, extra: tuple[str, ...] = ()) -> None:
        row = erp_row(person, crm_id, self._values, self._dice, last_crm_id=self._written["crm"])
        self._erp.writerow(erp_line_fields(row, self._dice))
        self._note("erp", row[0].strip(), person, kind, extra=extra)

    def _post(self, person: Person, crm_id: int) -> None:
        post = marketing_post(crm_id, self._written["marketing"] + 1, self._values, self._dice)
        self._handles["marketing_posts"].write(f"{_encode(post)}\n")
        self._note("marketing", post.get("id", ""), person, person.kind)

    def _ticket(self, person: Person) -> None:
        ticket = support_ticket(person, self._written["support"] + 1, self._values, self._dice)
        before = ",\n" if self._written["support"] else ""
        self._handles["support_tickets"].write(f"{before}{_encode(ticket)}")
        key = ticket.get("ticket_id", "") if isinstance(ticket, dict) else ""
        self._note("support", key, person, person.kind)

    def _note(self, source: str, key: Any, person: Person, kind: str, *, extra: tuple[str, ...] = ()) -> None:
        self._written[source] += 1
        noise = ";".join((*extra, *self._dice.struck()))
        position = self._written[source]
        self._truth.writerow((source, key, person.person_id, person.household_id, kind, noise, position))
