"""The registry of customers: ids that stay while clusters come, grow, merge, split and go.

The log of identity events is the only memory. Who belongs to whom is a fold over it (:mod:`.log`), so the
crosswalk is a projection of the log and can always be made again: a run that is killed between the two
tables and repeated finds nothing left to append and writes the same crosswalk.

One run compares the log's customers with the clusters of today (:mod:`.former_customers`), gives every
changed cluster an id (:mod:`.claims`, :mod:`.assign`) and says what happened (:mod:`.events`, :mod:`.overrides`);
:mod:`.id_assignment` is the way through them.
"""

from .former_customers import customers_so_far
from .id_assignment import (
    IdAssignment,
    assign_ids,
    beside_former_customers,
    crosswalk,
    known_events,
    new_events,
)
from .log import EVENT_COLUMNS, EVENT_SCHEMA, RECORD, customers, members, resolve_id
from .overrides import DECISION_SCHEMA

__all__ = [
    "DECISION_SCHEMA",
    "EVENT_COLUMNS",
    "EVENT_SCHEMA",
    "RECORD",
    "IdAssignment",
    "assign_ids",
    "beside_former_customers",
    "crosswalk",
    "customers",
    "customers_so_far",
    "known_events",
    "members",
    "new_events",
    "resolve_id",
]
