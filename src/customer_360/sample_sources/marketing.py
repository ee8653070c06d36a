"""Marketing posts in the shape of DummyJSON's ``/posts``, and with the time of publication that it lacks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from customer_360.sample_sources import noisy_values
from customer_360.sample_sources.noise import Dice
from customer_360.sample_sources.values import Values
from customer_360.sample_sources.vocabulary import COMMON_TAGS, RARE_TAGS

_POSTS_PER_CUSTOMER = (0,) * 26 + (1,) * 42 + (2,) * 21 + (3,) * 9 + (4, 6)  # mean 1.21, as in the real data
_UNKNOWN_USER = 90_000_000
_FIRST_TIME, _MINUTES = datetime(2023, 1, 2, tzinfo=UTC), 1_050 * 24 * 60  # as the tickets
_MAX_VIEWS, _MAX_LIKES, _MAX_DISLIKES = 5_000, 1_500, 50


def post_count(values: Values) -> int:
    """How many posts a customer has."""
    return values.random.choice(_POSTS_PER_CUSTOMER)


def marketing_post(crm_id: int, post_id: int, values: Values, dice: Dice) -> dict[str, Any]:
    """One post of a CRM user with its noise, keys in the order of the real API, and ``createdAt`` behind them."""
    random = values.random
    body = f"{values.sentence()} {values.sentence()}"
    post: dict[str, Any] = {
        "id": post_id,
        "title": " ".join(values.words(5)).capitalize(),
        "body": body,
        "tags": _tags(values),
        "reactions": {"likes": random.randrange(_MAX_LIKES), "dislikes": random.randrange(_MAX_DISLIKES)},
        "views": random.randrange(1, _MAX_VIEWS),
        "userId": crm_id,
        "createdAt": _time(values),
    }
    post["views"] += sum(post["reactions"].values())  # nobody reacts to what he has not seen
    _noisy(post, dice)
    return post


def _time(values: Values) -> str:
    """As APIs write it: ``2024-05-01T09:41:00.000Z``."""
    time = _FIRST_TIME + timedelta(minutes=values.later.randrange(_MINUTES))
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _tags(values: Values) -> list[str]:
    random = values.random
    tags = random.sample(COMMON_TAGS, k=random.choice((1, 2, 2, 3)))
    missing = random.choice((2, 3, 3, 3, 3, 3)) - len(tags)
    return tags + random.sample(RARE_TAGS, k=missing) if missing > 0 else tags


def _noisy(post: dict[str, Any], dice: Dice) -> None:
    random = dice.random
    if dice.strikes("post_tag_case"):
        post["tags"] = [*(f" {tag.upper()}" for tag in post["tags"]), post["tags"][0]]
    if dice.strikes("post_tags_missing"):
        post["tags"] = random.choice((None, []))
    if dice.strikes("post_reactions_missing"):
        post["reactions"] = None
    if dice.strikes("post_user_unknown"):
        post["userId"] = _UNKNOWN_USER + random.randrange(_UNKNOWN_USER // 10)
    if dice.strikes("post_user_missing"):
        post["userId"] = None
    if dice.strikes("post_date_missing"):
        del post["createdAt"]
    elif dice.strikes("post_date_bad"):
        post["createdAt"] = noisy_values.bad_post_date(dice.later)
    if dice.strikes("post_negative_views"):
        post["views"] = -post["views"]
    if dice.strikes("post_without_id"):
        del post["id"]
