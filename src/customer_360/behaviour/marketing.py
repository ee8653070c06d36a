"""Marketing metrics: what a customer posted and how it was received."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.behaviour.linked import linked_records

MARKETING = "marketing"


def post_measures() -> dict[str, Column]:
    """What is added up over posts, for a customer or in all: name and value of one post; unknown is 0."""
    return {
        "post_count": F.lit(1).cast("bigint"),
        **{
            name: F.coalesce(F.col(name).cast("bigint"), F.lit(0).cast("bigint"))
            for name in ("view_count", "like_count", "dislike_count")
        },
    }


def marketing_metrics(posts: DataFrame, crosswalk: DataFrame, *, top_tags: int) -> DataFrame:
    """One row for each customer with posts.

    Args:
        posts: ``source_key, tags, like_count, dislike_count, view_count, published_date``.
        crosswalk: ``customer_id, source, source_key, ...``.
        top_tags: how many tags ``top_tags`` shows.

    Returns:
        ``customer_id``; ``post_count, view_count, like_count, dislike_count`` BIGINT; ``engagement_rate``
        DOUBLE, (likes + dislikes) / views over all posts of the customer, null without views: a dislike is a
        reaction as a like is, so this says how many reacted, not whether they liked it; ``like_share`` DOUBLE
        says that: likes / (likes + dislikes), null without either; ``top_tags`` STRING, the tags of most
        posts, equal ones in alphabetical order, as ``history, crime, love``, null without tags;
        ``first_post_date, last_post_date`` DATE, null where the source gives none.
    """
    linked = linked_records(posts, crosswalk, source=MARKETING)
    totals = linked.groupBy("customer_id").agg(
        *[F.sum(value).alias(name) for name, value in post_measures().items()],
        F.min("published_date").alias("first_post_date"),
        F.max("published_date").alias("last_post_date"),
    )
    return totals.join(_top_tags(linked, top_tags), "customer_id", "left").select(
        "customer_id",
        *post_measures(),
        _engagement_rate().alias("engagement_rate"),
        _like_share().alias("like_share"),
        "top_tags",
        "first_post_date",
        "last_post_date",
    )


def _engagement_rate() -> Column:
    """(likes + dislikes) / views, one division, so that every engine gives the same; null without views."""
    views, reactions = F.col("view_count"), F.col("like_count") + F.col("dislike_count")
    return F.when(views > 0, reactions.cast("double") / views.cast("double"))


def _like_share() -> Column:
    """Likes / (likes + dislikes); null without reactions."""
    likes, reactions = F.col("like_count"), F.col("like_count") + F.col("dislike_count")
    return F.when(reactions > 0, likes.cast("double") / reactions.cast("double"))


def _top_tags(linked: DataFrame, limit: int) -> DataFrame:
    tags = linked.select("customer_id", F.explode(F.array_distinct("tags")).alias("tag"))
    counted = tags.where(F.trim("tag") != "").groupBy("customer_id", "tag").agg(F.count("*").alias("posts"))
    ranked = F.array_sort(
        F.collect_list(F.struct((-F.col("posts")).alias("order"), F.col("tag").alias("tag")))
    )
    top = counted.groupBy("customer_id").agg(F.slice(ranked, 1, limit).alias("top"))
    names = F.transform("top", lambda item: item["tag"])
    return top.select("customer_id", F.array_join(names, ", ").alias("top_tags"))
