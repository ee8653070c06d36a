"""How much there is to do: no Spark needed."""

from __future__ import annotations

from typing import Any

import pytest
from enrichment_frames import identity

from customer_360.identity.incremental.plan import before_looking, by_changes, digests
from customer_360.identity.score.snapshot import ModelSnapshot
from customer_360.identity.score.trained import TrainedModel
from customer_360.identity.state import State
from customer_360.parameters.identity import IdentityModel

TRAINED = TrainedModel(comparisons={}, levels={}, matches={}, households={}, records=1000)
SNAPSHOT = ModelSnapshot(
    trained=TRAINED, sources={"a": 1000}, rules=(), frequencies={}, everybody=False, fitted_matches=0.0
)


def state(**changes: Any) -> State:
    now = digests(identity())
    plain = {
        "digests": now,
        "snapshot": SNAPSHOT,
        "trained_in": "x",
        "base": "x",
        "schemas": {},
        "records": 1000,
    }
    return State(**{**plain, **changes})


def configured(**changes: dict[str, Any]) -> IdentityModel:
    plain = identity().model_dump()
    for group, values in changes.items():
        plain[group] |= values
    return IdentityModel.model_validate(plain)


@pytest.mark.parametrize(
    ("before", "model", "expected"),
    [
        (None, identity(), ("train", "there is no state of an earlier run")),
        (state(), identity(), None),
        (state(), configured(incremental={"retrain": True}), ("train", "identity.incremental.retrain says so")),
        (state(), configured(incremental={"retrain_after": 0.5}), None),
        (state(), configured(training={"reuse": True}), None),
        (state(), configured(thresholds={"review": 0.2}), None),
        (
            state(), configured(thresholds={"link": 0.9}),
            ("everything", "rules, clustering or the link threshold are configured differently"),
        ),
        (
            state(), configured(placeholders={"family_name": ["test"]}),
            ("train", "the identity model is configured differently"),
        ),
        (state(format=0), identity(), ("train", "the program has changed since the last run")),
    ],
)  # fmt: skip
def test_before_the_records_are_looked_at(
    before: State | None, model: IdentityModel, expected: tuple[str, str] | None
) -> None:
    work = before_looking(before, digests(model), retrain=model.incremental.retrain)
    assert (work and (work.kind, work.why)) == expected


@pytest.mark.parametrize(
    ("former", "changed", "new_sources", "expected"),
    [
        (0, 0, set(), None),
        (0, 100, set(), None),
        (60, 41, set(), "train"),
        (0, 1, {"b"}, "train"),
    ],
)
def test_drift_adds_up(former: int, changed: int, new_sources: set[str], expected: str | None) -> None:
    work = by_changes(
        state(changes=former), changed=changed, records=1000, new_sources=new_sources, model=identity()
    )
    assert (work and work.kind) == expected


def test_a_large_change_resolves_everything() -> None:
    model = configured(incremental={"everything_above": 0.05})
    work = by_changes(state(), changed=51, records=1000, new_sources=(), model=model)
    assert work is not None
    assert work.sentence() == (
        "all 0 records resolved with the trained model: 51 records have changed, 5.1% "
        "(identity.incremental.everything_above: 5.0%)"
    )


def test_a_state_of_another_version_is_none() -> None:
    text = state().model_dump_json()
    assert State.read(text) == state()
    assert State.read(text.replace('"base"', '"basis"')) is None


def test_a_lost_state_is_said() -> None:
    work = before_looking(None, digests(identity()), retrain=False, lost="the file pairs/a is missing")
    assert work is not None
    assert "model trained: everything is resolved again: the file pairs/a is missing" in work.sentence()
