from __future__ import annotations

import csv
import json
import tracemalloc
from collections import Counter
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from customer_360.sample_sources.files import ERP_COLUMNS, TRUTH_COLUMNS, SampleFiles
from customer_360.sample_sources.generator import generate
from customer_360.sample_sources.noise import Noise
from customer_360.sample_sources.values import Values
from customer_360.sample_sources.vocabulary import STATE_CODES
from customer_360.standardise.phones import parse_phone

CUSTOMERS = 2_000
PLACE_KEYS = ["address", "city", "state", "stateCode", "postalCode", "coordinates", "country"]
USER_KEYS = [
    "id", "firstName", "lastName", "maidenName", "age", "gender", "email", "phone", "username", "password",
    "birthDate", "image", "bloodGroup", "height", "weight", "eyeColor", "hair", "ip", "address",
    "macAddress", "university", "bank", "company", "ein", "ssn", "userAgent", "crypto", "role",
]  # fmt: skip
NESTED_KEYS = {
    "hair": ["color", "type"],
    "address": PLACE_KEYS,
    "bank": ["cardExpire", "cardNumber", "cardType", "currency", "iban"],
    "company": ["department", "name", "title", "address"],
    "crypto": ["coin", "wallet", "network"],
}
ADDED = "createdAt"  # DummyJSON's posts have no time; real marketing systems' have
POST_KEYS = ["id", "title", "body", "tags", "reactions", "views", "userId", ADDED]
TICKET_KEYS = ["ticket_id", "email", "category", "status", "created_at", "priority"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    return generate(tmp_path_factory.mktemp("sample"), customers=CUSTOMERS)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    return generate(tmp_path_factory.mktemp("clean"), customers=200, noise=Noise.none())


def json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def csv_rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def shape(value: Any) -> Any:
    """Keys in order and types, without the values; whole numbers count as numbers."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) else type(value).__name__


def test_users_have_the_keys_of_the_real_api(clean: SampleFiles) -> None:
    for user in json_lines(clean.crm_users):
        assert list(user) == USER_KEYS
        assert {key: list(user[key]) for key in NESTED_KEYS} == NESTED_KEYS
        assert list(user["company"]["address"]) == PLACE_KEYS
        assert list(user["address"]["coordinates"]) == ["lat", "lng"]


def test_posts_tickets_and_rows_have_the_keys_of_the_real_ones(clean: SampleFiles) -> None:
    assert {tuple(post) for post in json_lines(clean.marketing_posts)} == {tuple(POST_KEYS)}
    tickets = json.loads(clean.support_tickets.read_text(encoding="utf-8"))
    assert {tuple(ticket) for ticket in tickets} == {tuple(TICKET_KEYS)}
    assert clean.erp_customers.read_text(encoding="utf-8").splitlines()[0] == ",".join(ERP_COLUMNS)


@pytest.mark.parametrize("name", ["crm_users", "marketing_posts", "support_tickets"])
def test_shapes_equal_the_real_data(name: str, clean: SampleFiles, seed_data: Path) -> None:
    real = json.loads((seed_data / f"{name}.json").read_text(encoding="utf-8"))
    path = clean.paths()[name]
    made = json_lines(path) if path.suffix == ".jsonl" else json.loads(path.read_text(encoding="utf-8"))
    real_shapes = {json.dumps(shape(record)) for record in real}
    made = [{key: value for key, value in record.items() if key != ADDED} for record in made]
    assert {json.dumps(shape(record)) for record in made} <= real_shapes


def test_without_dirt_every_phone_is_in_use_and_every_post_has_a_time(clean: SampleFiles) -> None:
    phones = [user["phone"] for user in json_lines(clean.crm_users)]
    assert [phone for phone in phones if not parse_phone(phone, default_region="US")[1]] == []
    domestic = sum(phone.startswith("+1 ") for phone in phones)
    assert 0.6 < domestic / len(phones) < 0.8
    times = [datetime.fromisoformat(post[ADDED]) for post in json_lines(clean.marketing_posts)]
    assert {time.year for time in times} == {2023, 2024, 2025}
    assert all(time.utcoffset() == timedelta(0) for time in times)


def test_a_few_phones_and_times_are_bad_on_purpose(sample: SampleFiles) -> None:
    phones = [user["phone"] for user in json_lines(sample.crm_users) if user["phone"]]
    invalid = [phone for phone in phones if not parse_phone(phone, default_region="US")[1]]
    assert 0.01 < len(invalid) / len(phones) < 0.06
    posts = json_lines(sample.marketing_posts)
    dated = [post for post in posts if post.get(ADDED, "").endswith(".000Z")]
    assert 0.95 < len(dated) / len(posts) < 1


@pytest.mark.parametrize("state_code", STATE_CODES)
def test_phones_of_every_state_are_in_use(state_code: str) -> None:
    values = Values()
    for household in range(40):
        values.reseed(1, household)
        phone = values.phone(state_code)
        assert parse_phone(phone, default_region="US")[1], phone


def test_erp_header_and_number_format_equal_the_real_file(clean: SampleFiles, seed_data: Path) -> None:
    real = (seed_data / "erp_customers.csv").read_text(encoding="utf-8").splitlines()
    made = clean.erp_customers.read_text(encoding="utf-8").splitlines()
    assert made[0] == real[0]
    assert " : " in csv_rows(clean.erp_customers)[0]["lat_lng"]


def test_without_dirt_every_record_links_by_the_real_keys(clean: SampleFiles) -> None:
    users = json_lines(clean.crm_users)
    ids, emails = {user["id"] for user in users}, {user["email"] for user in users}
    assert len(users) == len(ids) == len(emails) == 200
    assert {int(row["cust_number"]) for row in csv_rows(clean.erp_customers)} <= ids
    assert {post["userId"] for post in json_lines(clean.marketing_posts)} <= ids
    tickets = json.loads(clean.support_tickets.read_text(encoding="utf-8"))
    assert {ticket["email"] for ticket in tickets} <= emails


def test_sizes_are_near_the_real_proportions(sample: SampleFiles) -> None:
    truth = csv_rows(sample.truth)
    count = Counter(row["source"] for row in truth)
    assert len({row["person_id"] for row in truth if row["source"] == "crm"}) == CUSTOMERS
    assert count["crm"] / CUSTOMERS == pytest.approx(1.03, abs=0.02)
    assert count["erp"] / CUSTOMERS == pytest.approx(0.61, abs=0.04)
    assert count["marketing"] / CUSTOMERS == pytest.approx(1.2, abs=0.1)
    assert count["support"] / CUSTOMERS == pytest.approx(1.25, abs=0.1)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (generate(tmp_path / name, customers=300, seed=7) for name in ("a", "b"))
    for name, path in first.paths().items():
        assert path.read_bytes() == second.paths()[name].read_bytes(), name


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    first, second = (generate(tmp_path / str(seed), customers=50, seed=seed) for seed in (7, 8))
    emails = [{user["email"] for user in json_lines(files.crm_users)} for files in (first, second)]
    assert not emails[0] & emails[1]


def test_truth_has_every_record_once(sample: SampleFiles) -> None:
    records = {
        "crm": [user.get("id", "") for user in json_lines(sample.crm_users)],
        "erp": [row["cust_number"].strip() for row in csv_rows(sample.erp_customers)],
        "marketing": [post.get("id", "") for post in json_lines(sample.marketing_posts)],
        "support": [
            ticket.get("ticket_id", "") if isinstance(ticket, dict) else ""
            for ticket in json.loads(sample.support_tickets.read_text(encoding="utf-8"))
        ],
    }
    truth = csv_rows(sample.truth)
    assert list(truth[0]) == list(TRUTH_COLUMNS)
    for source, keys in records.items():
        rows = [row for row in truth if row["source"] == source]
        assert [int(row["position"]) for row in rows] == list(range(1, len(keys) + 1))
        assert [row["source_key"] for row in rows] == [str(key) for key in keys]


@pytest.fixture(scope="module")
def struck(sample: SampleFiles) -> Counter[str]:
    return Counter(kind for row in csv_rows(sample.truth) for kind in row["noise"].split(";"))


@pytest.mark.parametrize("kind", [field.name for field in fields(Noise)])
def test_every_kind_of_dirt_occurs(kind: str, struck: Counter[str]) -> None:
    assert struck[kind] > 0


def test_notes_of_dirt_are_true(sample: SampleFiles) -> None:
    """Seen in the data themselves, not in the generator's own notes."""
    users = json_lines(sample.crm_users)
    rows = csv_rows(sample.erp_customers)
    posts = json_lines(sample.marketing_posts)
    tickets = json.loads(sample.support_tickets.read_text(encoding="utf-8"))
    objects = [ticket for ticket in tickets if isinstance(ticket, dict)]
    seen = {
        "crm_without_id": sum("id" not in user for user in users),
        "crm_null_address": sum(user["address"] is None for user in users),
        "erp_row_too_short": sum(row["tax_id"] is None for row in rows),
        "erp_row_too_long": sum(None in row for row in rows),
        "post_without_id": sum("id" not in post for post in posts),
        "post_negative_views": sum(post["views"] < 0 for post in posts),
        "ticket_is_text": sum(isinstance(ticket, str) for ticket in tickets),
        "ticket_email_plus_tag": sum("+" in (ticket["email"] or "") for ticket in objects),
    }
    noise: Counter[str] = Counter(
        kind
        for row in csv_rows(sample.truth)
        for kind in row["noise"].split(";")
        if "ticket_is_text" not in row["noise"] or kind == "ticket_is_text"
    )
    assert seen == {kind: noise[kind] for kind in seen}
    broken = sum(seen.values()) - seen["ticket_email_plus_tag"]
    assert 0.004 < broken / (len(users) + len(rows) + len(posts) + len(tickets)) < 0.015


def test_twins_duplicates_and_namesakes_are_what_they_are_called(sample: SampleFiles) -> None:
    users = json_lines(sample.crm_users)
    truth = [row for row in csv_rows(sample.truth) if row["source"] == "crm"]
    persons = Counter(row["person_id"] for row in truth)
    duplicates = [row for row in truth if row["kind"] == "duplicate"]
    assert duplicates
    assert all(persons[row["person_id"]] == 2 for row in duplicates)
    twins: dict[str, list[str]] = {}
    for user, row in zip(users, truth, strict=True):
        if row["kind"] == "twin" and "birth_date" not in row["noise"]:
            date = "-".join(part.lstrip("0") for part in user["birthDate"].split("-"))
            twins.setdefault(row["household_id"], []).append(date)
    pairs = [dates for dates in twins.values() if len(dates) == 2]
    assert pairs
    assert all(first == second for first, second in pairs)


def test_no_two_people_share_an_inbox_by_chance(tmp_path: Path) -> None:
    files = generate(
        tmp_path, customers=3_000, noise=Noise(**{**_zeros(), "household": 0.5, "namesake": 0.5})
    )
    emails = Counter(user["email"] for user in json_lines(files.crm_users))
    assert max(emails.values()) == 1


def _zeros() -> dict[str, float]:
    return {field.name: 0.0 for field in fields(Noise)}


@pytest.mark.parametrize("customers", [0, 1, 2, 17])
def test_the_number_of_persons_is_exact(customers: int, tmp_path: Path) -> None:
    files = generate(tmp_path, customers=customers, noise=Noise(household=1.0))
    persons = {row["person_id"] for row in csv_rows(files.truth) if row["source"] == "crm"}
    assert len(persons) == customers
    json.loads(files.support_tickets.read_text(encoding="utf-8"))


def test_memory_does_not_grow_with_customers(tmp_path: Path) -> None:
    generate(tmp_path, customers=50)  # word lists and caches
    peaks = []
    for customers in (200, 1_500):
        tracemalloc.start()
        generate(tmp_path, customers=customers)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 200_000


def test_an_error_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = generate(tmp_path, customers=20).crm_users.read_bytes()
    monkeypatch.setattr("customer_360.sample_sources.generator.ticket_count", lambda values: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        generate(tmp_path, customers=30)
    assert (tmp_path / "crm_users.jsonl").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 5


@pytest.mark.parametrize("arguments", [{"customers": -1}, {"seed": -1}])
def test_negative_arguments_are_refused(arguments: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        generate(tmp_path, **arguments)


def test_impossible_probabilities_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="twins"):
        Noise(twins=1.5)
