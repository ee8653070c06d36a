"""Blocking: which pairs are worth comparing, under one budget for all rules together.

A rule is a chain of keys from loose to strict. The cost of every step comes from one count over a sample of
the records; starting with the loosest steps, the most expensive rule is tightened (or dropped) until the
pairs fit the budget. So the number of pairs, and with it the cost of everything after, grows with the records
and not with their square.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from customer_360.engine import Scratch
from customer_360.identity.compare import Layout
from customer_360.parameters import BlockingParameters, BlockingRule

# Of a large file, so many records are counted, and one in so many at least: a block must remain to be seen.
_SAMPLED_RECORDS = 200_000
_SAMPLED_SHARE = 10
_AS_MUCH_AGAIN = 3


@dataclass(frozen=True)
class RuleCost:
    """What one rule costs and skips (of a large file, estimated from a sample of its records).

    Attributes:
        rule: name of the rule.
        key: the step that was taken, or None if the rule was left out for its cost.
        pairs: candidate pairs of that step, before pairs of several rules are merged.
        skipped_blocks: blocks over the size limit, which are not compared.
        skipped_records: records in those blocks.
    """

    rule: str
    key: str | None
    pairs: int
    skipped_blocks: int
    skipped_records: int


def choose_keys(
    features: DataFrame, blocking: BlockingParameters, records: int, layout: Layout
) -> list[RuleCost]:
    """Choose a step for every rule so that all together stay under the budget.

    Args:
        features: ``rid`` and the features.
        blocking: rules, block size and budget.
        records: number of rows of ``features``.
        layout: tells which keys are identifiers: they are the last to be left out.
    """
    every_so_many = min(_SAMPLED_SHARE, max(1, records // _SAMPLED_RECORDS))
    sample = features.where(F.pmod("rid", F.lit(every_so_many)) == 0)
    steps = [(rule, step) for rule in blocking.rules for step in range(len(rule.keys))]
    keys = F.array(*[_key(_space(rule), rule.keys[step]) for rule, step in steps])
    every = sample.select(F.posexplode(keys).alias("step", "hash"))
    costs = _costs_of_steps(every, F.col("n") * every_so_many <= blocking.max_block_size)
    counted = {row["step"]: row for row in costs.collect()}  # one row for each step of each rule
    of_rule: dict[str, list[RuleCost]] = {rule.name: [] for rule in blocking.rules}
    keyed: dict[str, int] = {}  # records that have a key at the rule's last step
    for number, (rule, step) in enumerate(steps):
        row = counted.get(number)
        pairs, blocks_skipped, records_skipped, keyed[rule.name] = (
            (row["pairs"], row["skipped_blocks"], row["skipped_records"], row["keyed"])
            if row
            else (0, 0, 0, 0)
        )
        numbers = (int(pairs * every_so_many**2), int(blocks_skipped), int(records_skipped * every_so_many))
        of_rule[rule.name].append(RuleCost(rule.name, rule.keys[step], *numbers))
    budget = max(blocking.min_pairs, int(blocking.pairs_per_record * records))
    # A file in which everybody has ten records has more pairs than that whatever the rule: what the strictest of the
    # rules that most records have a key for finds is no waste, and others may find as much again.
    known = [name for name, n in keyed.items() if n * every_so_many >= records / 2]
    strictest = min((of_rule[name][-1].pairs for name in known), default=0)
    return _within(max(budget, _AS_MUCH_AGAIN * strictest), of_rule, layout.identifiers())


def _costs_of_steps(keys: DataFrame, is_kept: Column) -> DataFrame:
    """Count the pairs that each step would give.

    Args:
        keys: ``step, hash`` of every record.
        is_kept: whether a block of ``n`` records is compared.

    Returns:
        ``step, pairs, skipped_blocks, skipped_records, keyed``.
    """
    blocks = keys.where("hash IS NOT NULL").groupBy("step", "hash").agg(F.count("*").alias("n"))
    return blocks.groupBy("step").agg(
        F.sum(F.when(is_kept, F.col("n") * (F.col("n") - 1) / 2).otherwise(0)).alias("pairs"),
        F.sum(F.when(~is_kept, 1).otherwise(0)).alias("skipped_blocks"),
        F.sum(F.when(~is_kept, F.col("n")).otherwise(0)).alias("skipped_records"),
        F.sum("n").alias("keyed"),
    )


def _within(
    budget: int, of_rule: Mapping[str, Sequence[RuleCost]], identifiers: frozenset[str]
) -> list[RuleCost]:
    """Tighten the most expensive rule, one step at a time, until all fit; a rule at its last step is left out.

    An identifier may be the most expensive because it finds everybody's records: it waits until the others are.
    """
    at = dict.fromkeys(of_rule, 0)
    left_out: set[str] = set()

    def cost(name: str) -> int:
        return 0 if name in left_out else of_rule[name][at[name]].pairs

    def dispensable(name: str) -> tuple[bool, int, str]:
        strictest = of_rule[name][at[name]].key in identifiers
        return (cost(name) > 0 and not strictest, cost(name), name)

    while sum(map(cost, of_rule)) > budget:
        worst = max(of_rule, key=dispensable)
        if at[worst] + 1 < len(of_rule[worst]):
            at[worst] += 1
        else:
            left_out.add(worst)
    return [
        RuleCost(name, None, 0, 0, 0) if name in left_out else steps[at[name]]
        for name, steps in of_rule.items()
    ]


def candidate_pairs(
    features: DataFrame,
    blocking: BlockingParameters,
    chosen: Sequence[RuleCost],
    *,
    layout: Layout,
    records: int,
    scratch: Scratch,
    tables: Scratch | None = None,
) -> DataFrame:
    """Pairs that share a key.

    Args:
        features: ``rid`` and the features.
        blocking: rules, block size and budget.
        chosen: the step of each rule.
        layout: tells which comparisons rely on a key.
        records: number of records.
        scratch: where intermediate tables are written.
        tables: where the keys (:func:`block_keys`) are written as ``keys``, if they are to be kept.

    Returns:
        ``l, r`` BIGINT (``l < r``) and ``training_mask`` INT: a bit for each comparison that some rule which found the
        pair did not rely on. A comparison may learn only from pairs that were found without it.
    """
    if everybody(blocking, records):
        return _all_pairs(features, layout)
    every = (tables or scratch).keep(block_keys(features, blocking, chosen), "keys")
    training_mask = _training_mask(blocking, chosen, layout)
    pairs = _pairs_of_blocks(every, blocking.max_block_size, scratch)
    found = pairs.where("l < r").select("l", "r", training_mask.alias("training_mask"))
    return found.groupBy("l", "r").agg(F.bit_or("training_mask").alias("training_mask"))


def _all_pairs(features: DataFrame, layout: Layout) -> DataFrame:
    left, right = features.select(F.col("rid").alias("l")), features.select(F.col("rid").alias("r"))
    return (
        left.crossJoin(right)
        .where("l < r")
        .select("l", "r", F.lit(layout.all_comparisons).alias("training_mask"))
    )


def _pairs_of_blocks(keys: DataFrame, max_block_size: int, scratch: Scratch) -> DataFrame:
    """``l, r, step`` of the pairs that share a hash, some of them with ``l`` and ``r`` turned or equal."""
    # most blocks are of two records: their pair is known without a join
    blocks = scratch.keep(
        keys.groupBy("hash")
        .agg(
            F.count("*").alias("n"),
            F.min("rid").alias("l"),
            F.max("rid").alias("r"),
            F.min("step").alias("step"),
        )
        .where(F.col("n").between(2, max_block_size)),
        "blocks",
    )
    entries = scratch.keep(blocks.where("n > 2").select("hash").join(keys, "hash"), "entries")
    left = entries.select("hash", F.col("rid").alias("l"), "step")
    right = entries.select("hash", F.col("rid").alias("r"))
    return (
        left.join(right, "hash")
        .select("l", "r", "step")
        .unionAll(blocks.where("n = 2").select("l", "r", "step"))
    )


def _training_mask(blocking: BlockingParameters, chosen: Sequence[RuleCost], layout: Layout) -> Column:
    """By ``step``: a bit for each comparison that no rule of the step's space relies on."""
    used = [item for item in chosen if item.key is not None]
    rule_of = {rule.name: rule for rule in blocking.rules}
    spaces: dict[str, int] = {}
    for item in used:
        space = _space(rule_of[item.rule])
        spaces[space] = spaces.get(space, 0) | layout.read_by(item.key or "")
    training_mask = F.lit(0)
    for number, item in enumerate(used):
        without = layout.all_comparisons & ~spaces[_space(rule_of[item.rule])]
        training_mask = F.when(F.col("step") == number, F.lit(without)).otherwise(training_mask)
    return training_mask


def block_keys(features: DataFrame, blocking: BlockingParameters, chosen: Sequence[RuleCost]) -> DataFrame:
    """``rid, step, hash``: the key of every record at the chosen step of each rule, unless it is null."""
    rule_of = {rule.name: rule for rule in blocking.rules}
    keys = [_key(_space(rule_of[item.rule]), item.key) for item in chosen if item.key is not None]
    every = features.select("rid", F.posexplode(F.array(*keys)).alias("step", "hash"))
    return every.where("hash IS NOT NULL")


def everybody(blocking: BlockingParameters, records: int) -> bool:
    """Whether the file is so small that all of its pairs are compared."""
    return records * (records - 1) / 2 <= blocking.all_pairs_up_to


def _space(rule: BlockingRule) -> str:
    return rule.space or rule.name


def _key(space: str, key: str) -> Column:
    value = F.expr(f"CAST({key} AS STRING)")
    return F.when(value.isNotNull(), F.xxhash64(F.lit(space), value))
