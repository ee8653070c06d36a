"""Tables of gold about who is who."""

from __future__ import annotations

from .table import Column, Table, technical

_PAIR = (
    technical("left_source", "STRING", "Source system of the first record."),
    technical("left_key", "STRING", "Key of the first record in its source."),
    technical("right_source", "STRING", "Source system of the second record."),
    technical("right_key", "STRING", "Key of the second record in its source."),
)
_PAIR_KEYS = tuple(column.name for column in _PAIR)
_SOURCE = technical("source", "STRING", "Source system of the record.")
_SOURCE_KEY = technical("source_key", "STRING", "Key of the record in its source.")
_MATCH_WEIGHT = technical(
    "match_weight", "DOUBLE", "Evidence for one person, in bits (log2 of the odds); one bit doubles the odds."
)
_PROBABILITY = technical("probability", "DOUBLE", "Probability of one person, 0 to 1.")
_EVIDENCE = technical(
    "evidence",
    "ARRAY<STRUCT<comparison: STRING, level: STRING, weight: DOUBLE>>",
    "What each comparison found: `comparison`, `level`, and `weight` in bits.",
)
_RUN = (
    technical("run_id", "STRING", "Run that wrote the row."),
    technical("run_time", "TIMESTAMP", "Start of that run, UTC."),
)

IDENTITY_LINKS = Table(
    "gold/identity_links",
    "Every link between two records, with its match weight.",
    keys=_PAIR_KEYS,
    columns=(
        *_PAIR,
        technical(
            "method",
            "STRING",
            "How they were linked: `match_weight`, a rule of the identity model, or `decision`.",
        ),
        _MATCH_WEIGHT,
        _PROBABILITY,
        _EVIDENCE,
        technical(
            "joined_by",
            "STRING",
            "What joined the two records: `own_evidence`, `pooled_evidence` (the pair alone would not be enough; all "
            "that the customer's records say together is), `rule` or `decision`.",
        ),
    ),
    personal=False,
)

IDENTITY_REVIEW = Table(
    "gold/identity_review",
    "Pairs of records that are not sure either way, for a person to decide.",
    keys=_PAIR_KEYS,
    columns=(
        technical("rank", "BIGINT", "Place in the list: 1 is the pair whose answer is most likely wrong."),
        technical("doubt", "DOUBLE", "Probability that the present answer for the pair is wrong, 0 to 1."),
        *_PAIR,
        _PROBABILITY,
        _MATCH_WEIGHT,
        _EVIDENCE,
        Column(
            "attributes",
            "ARRAY<STRUCT<attribute: STRING, left_value: STRING, right_value: STRING, agreement: STRING>>",
            "What is known of both: `attribute`, `left_value` and `right_value` (masked as `show_personal_values` "
            "says), `agreement` (`same`, `similar` or `different`).",
        ),
        technical("together", "BOOLEAN", "Whether both records belong to one customer today."),
        technical("left_customer_id", "STRING", "Customer of the first record today."),
        technical("right_customer_id", "STRING", "Customer of the second record today."),
        technical("left_records", "BIGINT", "Records of the first record's customer."),
        technical("right_records", "BIGINT", "Records of the second record's customer."),
        technical("records_if_linked", "BIGINT", "Records of the customer that both would be."),
    ),
)

# What a row of identity_decisions.csv says; the table adds what becomes of it.
_DECISION = (
    technical("decision", "STRING", "What was decided: `same` or `different`."),
    *_PAIR,
    Column("decided_by", "STRING", "Who decided."),
    technical("decided_at", "TIMESTAMP", "When it was decided, UTC."),
    technical("reason", "STRING", "Why."),
)
DECISION_FIELDS = tuple(column.name for column in _DECISION)

IDENTITY_DECISIONS = Table(
    "gold/identity_decisions",
    "Decisions of stewards, the rows of identity_decisions.csv, and whether they count.",
    keys=DECISION_FIELDS,
    columns=(
        *_DECISION,
        technical("status", "STRING", "Whether the decision counts: `in_force`, or why it does not."),
        technical("problem", "STRING", "What is wrong with a decision that does not count."),
        technical("line", "BIGINT", "Line of the row in identity_decisions.csv."),
    ),
)

IDENTITY_EVENTS = Table(
    "gold/identity_events",
    "The log of customer ids: rows are only ever added.",
    keys=("event_id",),
    columns=(
        technical("event_id", "STRING", "Id of the event, the same when a run is repeated."),
        technical("sequence", "BIGINT", "Order over all runs: number of the run's part of the log."),
        technical(
            "event",
            "STRING",
            "What happened: `created`, `absorbed`, `merged`, `split`, `restored`, `left`, `retired` or "
            "`forced` (an override by a steward).",
        ),
        *_RUN,
        technical("customer_id", "STRING", "The customer that the event is about."),
        technical("other_customer_id", "STRING", "The customer that it merged with or split from."),
        _SOURCE,
        _SOURCE_KEY,
        technical("other_source", "STRING", "Source system of the other record."),
        technical("other_source_key", "STRING", "Key of the other record in its source."),
        technical("reason", "STRING", "Why."),
    ),
)

IDENTITY_CLUSTERS = Table(
    "gold/identity_clusters",
    "Records as the last run grouped them, before customers get their lasting ids.",
    keys=("source", "source_key"),
    columns=(
        _SOURCE,
        _SOURCE_KEY,
        technical("cluster_id", "STRING", "Cluster of this run, before customers get their lasting ids."),
        technical(
            "method",
            "STRING",
            "How the record was linked: `match_weight` for scored pairs, else the rule's name.",
        ),
        technical("confidence", "DOUBLE", "Probability that the record belongs there, 0 to 1."),
    ),
    personal=False,
)

IDENTITY_MODEL = Table(
    "gold/identity_model",
    "The model that scored the last run, and what it estimated.",
    keys=("run_id",),
    columns=(
        *_RUN,
        technical("records", "BIGINT", "Number of records."),
        technical("matches", "DOUBLE", "Pairs of records of one person that the model expects."),
        technical("model", "STRING", "The model that it estimated, as JSON."),
    ),
    personal=False,
)

IDENTITY_REPORT = Table(
    "gold/identity_report",
    "Cost of every blocking rule, weight of every comparison level, values that many share.",
    keys=("kind", "name", "detail", "measure"),
    columns=(
        technical(
            "kind",
            "STRING",
            "What the line is about: `blocking`, `shared_value`, `match_weight` or `estimate`.",
        ),
        technical("name", "STRING", "Rule, attribute or comparison that the line is about."),
        technical("detail", "STRING", "Its key or level."),
        technical("measure", "STRING", "What was measured."),
        technical("value", "DOUBLE", "The measurement."),
    ),
    personal=False,
)
