"""What people decide and see of identities: decisions, review, explanations, and what another model would change."""

from .audit_text import event_lines, link_lines, record_name
from .decisions import CHECKED_SCHEMA, IN_FORCE, as_pairs, decisions_with_status, in_force
from .diff import clusters_diff, diff_examples, diff_members, diff_summary
from .diff_text import count_lines, example_lines
from .dry_run import dry_run_clusters
from .explain import BY_DECISION, BY_WEIGHT, percent, sentence, side_by_side
from .link_paths import is_pooled, why_together
from .link_reason import joined_by
from .review import pairs_to_review
from .rows import Record, Row
from .rule_links import rule_link
from .waterfall import waterfall_chart

__all__ = [
    "BY_DECISION",
    "BY_WEIGHT",
    "CHECKED_SCHEMA",
    "IN_FORCE",
    "Record",
    "Row",
    "as_pairs",
    "clusters_diff",
    "count_lines",
    "decisions_with_status",
    "diff_examples",
    "diff_members",
    "diff_summary",
    "dry_run_clusters",
    "event_lines",
    "example_lines",
    "in_force",
    "is_pooled",
    "joined_by",
    "link_lines",
    "pairs_to_review",
    "percent",
    "record_name",
    "rule_link",
    "sentence",
    "side_by_side",
    "waterfall_chart",
    "why_together",
]
