"""Completeness by distinct records: what a pull that is accepted is, whatever the server does between pages."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer_360.datasets.errors import IncompletePull
from customer_360.datasets.rest.client import RestClient, RestResource
from customer_360.datasets.rest.completeness import Tally
from customer_360.datasets.rest.dataset import RestSourceDataset

KEYS = "id"
STYLES: list[dict[str, Any]] = [
    {"pagination": {"style": "offset", "page_size": 10}},
    {"resource": "page/users", "pagination": {"style": "page", "page_size": 10}},
    {"resource": "link/users", "pagination": {"style": "link", "page_size": 10}},
    {
        "resource": "cursor/users",
        "pagination": {"style": "cursor", "page_size": 10, "cursor_path": "meta.next"},
        "total_key": None,
    },
]


def pull(api: Any, **config: Any) -> list[Any]:
    given = {"base_url": api.url, "resource": "users", **STYLES[0], **config}
    return list(RestClient(RestResource.model_validate(given)).records())


def drift(body: Any) -> Any:
    """The second page shows a record of the first one in place of its own fifth."""
    users = body["users"]
    return {**body, "users": [*users[:4], {"id": 3, "name": "user 3 in another version"}, *users[5:]]}


@pytest.mark.parametrize("config", STYLES)
@pytest.mark.parametrize("key_field", ["id", None])
def test_a_record_that_comes_twice_hides_another(
    api: Any, config: dict[str, Any], key_field: str | None
) -> None:
    api.users = [{"id": n, "name": "x"} for n in range(25)]
    api.then()
    api.then(edit=lambda _, body: {**body, "users": [{"id": 3, "name": "x"}, *body["users"][1:]]})
    with pytest.raises(IncompletePull, match="1 of 20 records came a second time"):
        pull(api, key_field=key_field, **config)
    assert len(pull(api, key_field=key_field, **config)) == 25


def test_another_version_of_a_record_is_the_same_record(api: Any) -> None:
    api.then()
    api.then(edit=lambda _, body: drift(body))
    with pytest.raises(IncompletePull, match=r"came a second time \(the same 'id'\).*unique field"):
        pull(api, key_field="id")
    api.then()
    api.then(edit=lambda _, body: drift(body))
    assert len(pull(api)) == 25  # whole records differ: only the key can tell


def test_records_that_may_repeat_do(api: Any) -> None:
    api.users = [{"id": n // 2, "name": "x"} for n in range(25)]
    with pytest.raises(IncompletePull, match="unique_records: false"):
        pull(api)
    assert len(pull(api, unique_records=False)) == 25


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"id": 1}, {"id": "1"}, True),
        ({"id": " 1 "}, {"id": "1", "x": 1}, True),
        ({"id": "a"}, {"id": "A"}, False),
        ({"id": None, "x": 1}, {"id": None, "x": 2}, False),
        ({"id": "", "x": 1}, {"id": "", "x": 1}, True),
        ({"x": 1, "y": 2}, {"y": 2, "x": 1}, True),
        ([1], [1], True),
        ("key 1", {"id": 1}, False),
        ({"id": [1]}, {"id": [1], "x": 2}, True),
        ({"id": 10**5000}, {"id": 10**5000}, False),  # not comparable: let through
        ({"id": "\ud800"}, {"id": "\ud800"}, True),
    ],
)
def test_which_records_are_the_same(first: Any, second: Any, same: bool) -> None:
    tally = Tally(key_field="id")
    with pytest.raises(IncompletePull) if same else contextlib.nullcontext():
        tally.add([first, second], None)


# ---------------------------------------------------------------- reading once more
class Lines(RestSourceDataset):
    """Gives the number of staged records; no engine is needed."""

    def _frame(self, staged: Any) -> Any:
        return staged.records


def dataset(api: Any, staging: Any) -> Lines:
    return Lines(
        base_url=api.url,
        resource="users",
        **STYLES[0],
        key_field="id",
        staging=str(staging),
        blocked_fields=[],
    )


BAD: dict[str, Callable[[Any, Any], Any]] = {
    "drift": lambda asked, body: drift(body) if asked.query["skip"] == "10" else body,
    "the first page for ever": lambda _, body: {**body, "users": [{"id": n} for n in range(10)]},
    "total too high": lambda _, body: {**body, "total": 26},
    "an empty page": lambda asked, body: {**body, "users": []} if asked.query["skip"] == "20" else body,
}


@pytest.mark.parametrize("edit", BAD.values(), ids=BAD)
def test_what_does_not_add_up_is_read_once_more(api: Any, tmp_path: Any, edit: Any, caplog: Any) -> None:
    source = dataset(api, tmp_path / "staging")
    api.then(3, edit=edit)
    assert source.load() == 25
    assert "Reading it once more" in caplog.text
    source.release()
    api.always(edit=edit)
    with pytest.raises(IncompletePull, match="Read once more at once: "):
        source.load()
    assert list((tmp_path / "staging").rglob("*")) == []


# ---------------------------------------------------------------- whatever happens between two pages
def apply(state: list[int], step: tuple[str, int, int]) -> list[int]:
    """One thing that may happen to a source; a key that is deleted never comes back as another record."""
    kind, left, right = step
    state = list(state)
    if kind == "swap":
        state[left % len(state)], state[right % len(state)] = (
            state[right % len(state)],
            state[left % len(state)],
        )
    elif kind == "delete" and len(state) > 1:
        del state[left % len(state)]
    elif kind == "insert":
        state.insert(left % len(state), 1_000 + left * 100 + right + len(state) * 10_000)
    elif kind == "reverse":
        state.reverse()
    return state


STEPS = st.tuples(
    st.sampled_from(["none", "swap", "delete", "insert", "reverse"]), st.integers(0, 30), st.integers(0, 30)
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=st.lists(st.lists(STEPS, max_size=2), max_size=4), size=st.integers(1, 12))
def test_what_is_accepted_is_what_the_source_had(api: Any, schedule: list[Any], size: int) -> None:
    """The guarantee, with a total that is told: no key twice; as many as announced; each of them was there.

    While the records only change places, it is exactly the source. Where one goes and another comes between two
    pages, so that the total stays, one of the others can be passed over: of these a pull has as many as the source
    gained since. That is what the second look is for.
    """
    state = list(range(size))
    states = [state]
    changes = [step for steps in schedule for step in steps]
    pending = iter(schedule)

    def between(_: Any, body: Any) -> Any:
        for step in next(pending, []):
            states.append(apply(states[-1], step))
        api.users = [{"id": key} for key in states[-1]]
        return body

    api.users = [{"id": key} for key in state]
    api.always(edit=between)
    try:
        got = [
            record["id"]
            for record in pull(api, key_field="id", pagination={"style": "offset", "page_size": 3})
        ]
    except IncompletePull:
        return
    finally:
        api.always()
    assert len(set(got)) == len(got)
    assert set(got) <= {key for state in states for key in state}
    moves_only = all(kind in ("none", "swap", "reverse") for kind, *_ in changes)
    if moves_only:
        assert sorted(got) == sorted(state)
    always_there = set.intersection(*map(set, states))
    came = {key for state in states for key in state} - set(states[0])
    assert len(always_there - set(got)) <= len(came)
