"""Prints the features of all cases of the tests beside it, by the engine of its argument: one process, one engine."""

from __future__ import annotations

import json
import sys

from feature_values import features_of
from identity.prepare.test_addresses import COLUMNS, LINES
from identity.prepare.test_numbers import IDENTIFIERS, PHONES
from identity.prepare.test_person_names import DIFFERENT, FIELDS, FULL, SAME
from identity.prepare.test_placeholders import NOTHING, SOMETHING

from customer_360.engine.session import start_engine, stop_engine


def records() -> list[dict[str, str | None]]:
    """Every value of the tables of cases, as a record of its own."""
    return [
        *[{"street": line} for line, _ in LINES],
        *[dict(record) for record, _ in COLUMNS],
        *[{"phone": text} for text, _ in PHONES],
        *[{"national_id": text} for text, _ in IDENTIFIERS],
        *[{"full_name": text} for text, _ in FULL],
        *[{name: text} for name, text, _ in FIELDS],
        *[{"given_name": text, "family_name": text} for group in [*SAME, *DIFFERENT] for text in group],
        *[{name: text} for name, text in [*NOTHING, *SOMETHING]],
    ]


if __name__ == "__main__":
    spark = start_engine(sys.argv[1])
    rows = features_of(spark, records())
    print("FEATURES " + json.dumps(rows, sort_keys=True, default=str))
    stop_engine()
