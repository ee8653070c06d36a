from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from enrichment_frames import SCHEMAS, crosswalk, dictionaries, frame
from pyspark.sql import SparkSession

from customer_360.behaviour.marketing import marketing_metrics

POSTS: list[tuple[str, dict[str, Any]]] = [
    ("A", {"view_count": 100, "like_count": 7, "dislike_count": 3, "tags": ["love", "crime"]}),
    ("A", {"view_count": 50, "like_count": 5, "dislike_count": None, "tags": ["history", "crime"]}),
    ("A", {"tags": ["history", "art", "art"], "published_date": date(2024, 5, 1)}),
    ("A", {"view_count": 0, "tags": None, "published_date": date(2024, 2, 1)}),
    ("B", {"view_count": 0, "like_count": 2, "tags": []}),
    ("D", {"view_count": 9, "tags": None}),
    ("nobody", {"view_count": 1_000, "like_count": 1_000, "tags": ["crime"]}),
]


def metrics(spark: SparkSession, *, top_tags: int = 3, seed: int = 0) -> dict[str, dict[str, Any]]:
    rows = [{"source_key": str(number), **row} for number, (_, row) in enumerate(POSTS)]
    links = [(c, "marketing", str(number)) for number, (c, _) in enumerate(POSTS) if c != "nobody"]
    posts = frame(spark, SCHEMAS["marketing"], random.Random(seed).sample(rows, len(rows)))
    known = crosswalk(spark, *links, ("C", "support", "5"))  # the same key in another source is no link
    return dictionaries(marketing_metrics(posts, known, top_tags=top_tags), by="customer_id")


@pytest.mark.parametrize("seed", [1, 2])
def test_metrics_of_customers_with_posts(spark: SparkSession, seed: int) -> None:
    assert metrics(spark, seed=seed) == {
        "A": {
            "customer_id": "A",
            "post_count": 4,
            "view_count": 150,
            "like_count": 12,
            "dislike_count": 3,
            "engagement_rate": 15 / 150,
            "like_share": 12 / 15,
            "top_tags": "crime, history, art",  # two posts each, alphabetical; then one each, alphabetical
            "first_post_date": date(2024, 2, 1),
            "last_post_date": date(2024, 5, 1),
        },
        "B": {
            "customer_id": "B",
            "post_count": 1,
            "view_count": 0,
            "like_count": 2,
            "dislike_count": 0,
            "engagement_rate": None,
            "like_share": 1.0,
            "top_tags": None,
            "first_post_date": None,
            "last_post_date": None,
        },
        "D": {
            "customer_id": "D",
            "post_count": 1,
            "view_count": 9,
            "like_count": 0,
            "dislike_count": 0,
            "engagement_rate": 0.0,
            "like_share": None,
            "top_tags": None,
            "first_post_date": None,
            "last_post_date": None,
        },
    }


@pytest.mark.parametrize(
    ("top_tags", "shown"), [(1, "crime"), (2, "crime, history"), (9, "crime, history, art, love")]
)
def test_the_number_of_tags_is_configured(spark: SparkSession, top_tags: int, shown: str) -> None:
    assert metrics(spark, top_tags=top_tags)["A"]["top_tags"] == shown
