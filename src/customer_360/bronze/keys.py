"""Keys of source records: any text is one; a record without a key of its own gets one that is made up.

Whether a key is made up is never read off its text (a source may well have keys such as ``#5000`` or ``C#1``): it
is a mark beside it, worked out of the record itself (:func:`key_kind`).
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

GIVEN = "given"
MADE_UP = "made_up"
REPEATED = "repeated"

_DIGITS_BLANK = 16
_DIGITS_REPEATED = 8
# The form of keys that a whole hash makes unique: a given key of that form gets its own hash, too.
_ENDS_IN_HASH = r"#[0-9a-f]{64}$"
MADE_UP_END = r"#([0-9a-f]{8}|[0-9a-f]{64})$"
_BLANK = "^[\\s\u0085\u00a0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]*$"
# How many pairs of changed and vanished records of one key are compared by content to tell which is which.
_MOST_PAIRS = 400


def field_text(payload: Column, field: str) -> Column:
    """Text of a top-level field, whatever its name; one with dots is a way into nested objects, too (``meta.id``)."""
    text = F.get_json_object(payload, f"$['{field}']")
    if "." not in field:
        return text
    nested = "".join(f"['{name}']" for name in field.split("."))
    return F.coalesce(text, F.get_json_object(payload, f"${nested}"))


def given_key(payload: Column, key_field: str) -> Column:
    """The key that a record has of itself: the text of its top-level field, null where that is blank.

    A number, a boolean or a nested value is the key that its JSON text is: ``1`` and ``"1"`` are one key, ``1.0``
    and ``007`` are others.
    """
    key = F.trim(field_text(payload, key_field))
    return F.when(~key.rlike(_BLANK), key)


def key_kind(source_key: Column, payload: Column, key_field: str) -> Column:
    """How a record came by its key.

    ``given``: it is the text of the record's key field. ``made_up``: that field is blank. ``repeated``: it was on
    another record, too, and this one's was made up.
    """
    return kind_of_key(given_key(payload, key_field), source_key)


def kind_of_key(given: Column, source_key: Column) -> Column:
    """How a record with this given key came by its key."""
    own = F.when(given == source_key, F.lit(GIVEN)).otherwise(F.lit(REPEATED))
    return F.when(given.isNull(), F.lit(MADE_UP)).otherwise(own)


def value_of(frame: DataFrame, column: str) -> Column:
    """A silver column as a value to compare by; of a key that was made up, what the record had itself.

    That is nothing (``made_up``), or the key that another record has, too (``repeated``): who asks for it finds both.
    """
    if column != "source_key" or "key_kind" not in frame.columns:
        return F.col(column)
    kind, key = F.coalesce(F.col("key_kind"), F.lit(GIVEN)), F.col("source_key")
    return F.when(kind == GIVEN, key).when(kind == REPEATED, F.regexp_replace(key, MADE_UP_END, ""))


def compared_sides(sides: DataFrame) -> DataFrame:
    """How many records of the same given key are new (or changed), gone (or changed) and as they were.

    Args:
        sides: pulled and known records side by side, all of the given keys that are in it: ``payload_hash`` (null: it
            is gone), ``key`` (the given one), ``known_key`` (null: it is new).

    Returns:
        The same, with ``is_new, is_gone``, ``came, went, stayed`` (records of the given key), ``left_over`` (a known
        key of one that is gone), ``position`` (of a new one among them) and ``several``: only the content can tell
        which new record is which of the known ones.
    """
    of_key = Window.partitionBy(F.coalesce("key", "payload_hash", "known_key"))
    is_new, is_gone = F.col("known_key").isNull(), F.col("payload_hash").isNull()
    counted = sides.withColumns(
        {
            "is_new": is_new,
            "is_gone": is_gone,
            "came": F.count_if(is_new).over(of_key),
            "went": F.count_if(is_gone).over(of_key),
            "stayed": F.count_if(~is_new & ~is_gone).over(of_key),
            "left_over": F.max(F.when(is_gone, F.col("known_key"))).over(of_key),
            "position": F.row_number().over(of_key.orderBy(is_new.desc(), "payload_hash")),
        }
    )
    came, went = F.col("came"), F.col("went")
    several = (
        (F.col("is_new") | F.col("is_gone"))
        & (came > 0)
        & (went > 0)
        & (came + went > 2)  # noqa: PLR2004
        & (came * went <= _MOST_PAIRS)
    )
    return counted.withColumn("several", several)


def assigned_keys(compared: DataFrame, payloads: DataFrame | None = None) -> DataFrame:
    """Give every record that is there its key.

    1. A record that is known, unchanged, keeps the key that it has.
    2. Of the records of one given key, a changed one has the key that is left over, if it is one and there is one.
       Where there are several, the content tells: it is the key of the record whose fields it mostly has, if that
       holds in both directions. Where it does not tell, no key is handed on: each gets a key that is made up.
    3. Of several new records of one given key that nobody has yet, the one with the lowest hash gets it as it is.
    4. Made-up keys are ``#`` (blank) or the given key and ``#`` (repeated), and the start of the record's hash; the
       whole hash where that is taken.

    Args:
        compared: as :func:`compared_sides` returns it.
        payloads: ``id`` (hash of a new record, known key of one that is gone) and ``payload``, of the ``several``; None
            where there are none.

    Returns:
        ``source_key, payload_hash, key, key_kind, is_new`` and ``key_in_doubt BOOLEAN`` (a known key was not handed on,
        see 2), unique by ``source_key`` and by ``payload_hash``.
    """
    alike = F.lit(None).cast("string")
    if payloads is None:
        marked = compared.withColumn("alike", alike)
    else:
        marked = _with_most_alike(_with_lists(compared, payloads))
    own = (
        F.when(~F.col("is_new"), F.col("known_key"))
        .when((F.col("came") == 1) & (F.col("went") == 1), F.col("left_over"))
        .when(F.col("several"), F.col("alike"))
    )
    return _unique(marked.where(~F.col("is_gone")).withColumn("own_key", own))


def made_up_again(key: Column, digest: Column) -> Column:
    """The key of a record whose other one another record has: the given key and the whole hash."""
    return F.concat(F.coalesce(key, F.lit("")), F.lit("#"), digest)


def _with_lists(compared: DataFrame, payloads: DataFrame) -> DataFrame:
    """``gone, new``: the fields of each record of several, beside each of them."""
    itself = F.coalesce("known_key", "payload_hash")
    texts = payloads.select(F.col("id").alias("_id"), "payload")
    placed = compared.withColumn("_itself", F.when(F.col("several"), itself))
    joined = placed.join(texts, F.col("_itself") == F.col("_id"), "left")
    marked = joined.withColumn("parts", F.when(F.col("several"), _parts(F.col("payload"))))
    # the others are alone in their window: the lists below are short, however often a key is repeated
    of_several = Window.partitionBy(F.when(F.col("several"), F.col("key")).otherwise(itself))

    def listed(side: str, key: str) -> Column:
        record = F.struct(F.col(key).alias("id"), F.col("parts").alias("parts"))
        found = F.collect_list(F.when(F.col("several") & F.col(side), record)).over(of_several)
        return F.array_compact(found)  # Sail's windows list nulls, too

    return marked.withColumns(
        {"gone": listed("is_gone", "known_key"), "new": listed("is_new", "payload_hash")}
    )


def _with_most_alike(lists: DataFrame) -> DataFrame:
    """``alike``: key of the vanished record that most of this one's fields are of, as no other's are of it."""
    scored = lists.withColumn("best", F.array_max(F.transform("gone", lambda it: _score(it, F.col("parts")))))
    best = F.col("best")
    best_parts = F.get(F.filter("gone", lambda it: it["id"] == best["id"]), F.lit(0))["parts"]
    with_best = scored.withColumn("best_parts", best_parts)
    rivals = F.size(
        F.filter("gone", lambda it: _score(it, F.col("parts"))["shared"] >= best["shared"])
    ) + F.size(F.filter("new", lambda it: _score(it, F.col("best_parts"))["shared"] >= best["shared"]))
    mostly = best["shared"] * 2 > F.size("parts")
    only = rivals == 2  # noqa: PLR2004  (itself, from both sides)
    return with_best.withColumn("alike", F.when(mostly & only, best["id"]))


def _score(record: Column, parts: Column) -> Column:
    shared = F.size(F.array_intersect(record["parts"], parts))
    return F.struct(shared.alias("shared"), record["id"].alias("id"))


def _parts(payload: Column) -> Column:
    """The fields of a record with their values, as far as text shows them: canonical JSON parts before a name."""
    return F.array_distinct(F.split(F.regexp_replace(payload, r"^\{|\}$", ""), ',"'))


def _unique(candidates: DataFrame) -> DataFrame:
    """Keys in the order of their right to a text: known ones, given ones, made-up ones."""
    key, digest, own = F.col("key"), F.col("payload_hash"), F.col("own_key")
    is_blank = key.isNull()
    is_first = (F.col("went") + F.col("stayed") == 0) & (F.col("position") == 1) & ~key.rlike(_ENDS_IN_HASH)
    text = (
        F.when(own.isNotNull(), own)
        .when(is_blank, F.concat(F.lit("#"), F.substring(digest, 1, _DIGITS_BLANK)))
        .when(is_first, key)
        .when(key.rlike(_ENDS_IN_HASH), F.concat(key, F.lit("#"), digest))
        .otherwise(F.concat(key, F.lit("#"), F.substring(digest, 1, _DIGITS_REPEATED)))
    )
    right = F.when(own.isNotNull(), 0).when(~is_blank & is_first, 1).otherwise(2)
    doubtful = own.isNull() & ~is_blank & (F.col("went") > 0)
    ranked = candidates.withColumns({"text": text, "right": right, "key_in_doubt": doubtful}).withColumn(
        "claim", F.row_number().over(Window.partitionBy("text").orderBy("right", "payload_hash"))
    )
    longer = made_up_again(key, digest)
    named = ranked.withColumn("source_key", F.when(F.col("claim") == 1, F.col("text")).otherwise(longer))
    kind = kind_of_key(key, F.col("source_key")).alias("key_kind")
    return named.select("source_key", "payload_hash", "key", kind, "is_new", "key_in_doubt")
