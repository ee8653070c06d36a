"""How much there is to do, and why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection

from customer_360.foundation import code_digest, same_code
from customer_360.identity.state import FORMAT, Digests, State
from customer_360.identity.steps import Work
from customer_360.parameters import IdentityModel

_CODE = "customer_360.identity"
_OF_TRAINING = ("attributes", "placeholders", "term_frequencies", "comparisons", "blocking", "training")
_OF_RESULTS = ("rules", "clustering")


def digests(model: IdentityModel, former: State | None = None) -> Digests:
    """Fingerprints of the code, of what the model was trained with, and of all that the result depends on.

    A new version of the code must not go on with what an old one computed, unless it means the same. What the former
    state knows of the code spares a look at what it means, as long as no file of it has changed.
    """
    plain = model.model_dump(mode="json")
    plain["training"].pop("reuse")
    training = {name: plain[name] for name in _OF_TRAINING}
    result = {name: plain[name] for name in _OF_RESULTS} | {"link": plain["thresholds"]["link"]}
    code = code_digest(_CODE, remembered=former.digests.code if former else "")
    return Digests(code=code, training=_digest(training), model=_digest([training, result]))


def before_looking(state: State | None, now: Digests, *, retrain: bool, lost: str = "") -> Work | None:
    """What must be done whatever the records say; None if that depends on them.

    Args:
        state: what the last resolution left behind.
        now: digests of code and configuration.
        retrain: whether the configuration asks for a new model.
        lost: why there is no state although there should be one.
    """
    if state is None:
        why = f"everything is resolved again: {lost}" if lost else "there is no state of an earlier run"
        return Work(kind="train", why=why)
    if retrain:
        return Work(kind="train", why="identity.incremental.retrain says so")
    if state.format != FORMAT or not same_code(state.digests.code, now.code):
        return Work(kind="train", why="the program has changed since the last run")
    if state.digests.training != now.training:
        return Work(kind="train", why="the identity model is configured differently")
    if state.digests.model != now.model:
        return Work(
            kind="everything", why="rules, clustering or the link threshold are configured differently"
        )
    return None


def by_changes(
    state: State, *, changed: int, records: int, new_sources: Collection[str], model: IdentityModel
) -> Work | None:
    """Whether so much has changed that everything is resolved; None if not."""
    options = model.incremental
    drift = (state.changes + changed) / max(1, state.snapshot.trained.records)
    if new_sources:
        return Work(kind="train", why=f"new source: {', '.join(sorted(new_sources))}")
    if drift > options.retrain_after:
        return Work(
            kind="train",
            why=f"{state.changes + changed:,} records have changed since the model was trained, {drift:.1%} "
            f"(identity.incremental.retrain_after: {options.retrain_after:.1%})",
        )
    share = changed / max(1, records)
    if share > options.everything_above:
        return Work(
            kind="everything",
            why=f"{changed:,} records have changed, {share:.1%} "
            f"(identity.incremental.everything_above: {options.everything_above:.1%})",
        )
    return None


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
