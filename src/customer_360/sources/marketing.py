"""Marketing posts: what customers publish and how it is received."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from customer_360.parameters import CleaningSettings
from customer_360.standardise import count, date, tags

from .base import CARRIED, Source, not_an_object, parse_object, parse_payload, raw_struct, unreadable

_FIELDS = ("title", "tags", "reactions", "views", "userId", "createdAt")


def clean_marketing_posts(records: DataFrame, settings: CleaningSettings) -> DataFrame:
    """Type the current records of ``bronze_marketing_posts``.

    Args:
        records: current bronze records (``source_key, payload, run_id, ingested_at``).
        settings: shared settings of cleaning.

    Returns:
        One row per record: ``source_key``, the columns of ``silver_marketing_posts``, ``raw``, ``payload``,
        ``ingested_at``, ``run_id``. A count that is missing, negative or no number is null.
    """
    post = F.col("parsed")
    parsed = parse_payload(records, _FIELDS).select(
        "*", parse_object(post["reactions"], ("likes", "dislikes")).alias("reactions")
    )
    texts = {
        "malformed": post["malformed"],
        "unreadable": unreadable(post["unreadable"], not_an_object("reactions", post["reactions"])),
        "user_key": post["userId"],
        "title": post["title"],
        "tags": post["tags"],
        "likes": F.col("reactions.likes"),
        "dislikes": F.col("reactions.dislikes"),
        "views": post["views"],
        "created_at": post["createdAt"],
    }
    typed = parsed.select("source_key", raw_struct(texts, settings), *CARRIED)
    return typed.select(
        "source_key",
        F.col("raw.user_key").alias("user_key"),
        F.col("raw.title").alias("title"),
        tags(F.col("raw.tags")).alias("tags"),
        count(F.col("raw.likes")).alias("like_count"),
        count(F.col("raw.dislikes")).alias("dislike_count"),
        count(F.col("raw.views")).alias("view_count"),
        date(F.col("raw.created_at"), settings.date_patterns).alias("published_date"),
        "raw",
        *CARRIED,
    )


MARKETING = Source(name="marketing", table="marketing_posts", clean=clean_marketing_posts)
