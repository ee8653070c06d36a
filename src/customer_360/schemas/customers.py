"""Tables of gold about customers. Names and order of customer_360 are what reports build on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .table import Column, Further, Table, technical

_ID = technical("customer_id", "STRING", "Our id of the customer, the same in every table and every run.")

# The attributes of a profile: the configuration says where each comes from, and may add others.
ATTRIBUTES = (
    Column("given_name", "STRING", "Given name, from the source that knows it best."),
    Column("family_name", "STRING", "Family name, from the source that knows it best."),
    Column("full_name", "STRING", "Given and family name."),
    Column("email", "STRING", "E-mail address, lower case."),
    Column("phone", "STRING", "Phone number in international form (E.164), `+491711234567`."),
    Column("birth_date", "DATE", "Date of birth."),
    Column("gender", "STRING", "`female`, `male` or `nonbinary`."),
    Column("street", "STRING", "Street and number; from one record with city and postal code."),
    Column("city", "STRING", "City."),
    Column("region", "STRING", "State or region."),
    Column("postal_code", "STRING", "Postal code."),
    technical("country_code", "STRING", "Country, two letters (ISO 3166-1)."),
    Column("latitude", "DOUBLE", "Latitude in degrees."),
    Column("longitude", "DOUBLE", "Longitude in degrees."),
    Column("tax_id", "STRING", "Tax id, as the ERP writes it."),
    Column("company_name", "STRING", "Employer."),
    Column("job_title", "STRING", "Job title."),
)
_MORE_ATTRIBUTES = (
    Column("department", "STRING", "Department at the employer.", optional=True, any_type=True),
    Column("maiden_name", "STRING", "Name before marriage.", optional=True, any_type=True),
)
_RECORDS = (
    technical("source_count", "BIGINT", "In how many systems the customer is known."),
    technical("record_count", "BIGINT", "By how many records of all systems the customer is known."),
)
_BEST_KEY = "Key of the customer's best {name} record; all of them are in customer_crosswalk."
_KEYS = tuple(
    technical(f"{name.lower()}_key", "STRING", _BEST_KEY.format(name=name), optional=True)
    for name in ("CRM", "ERP")
)

_POSTS = (
    technical("post_count", "BIGINT", "Posts of the customer; 0 without any."),
    technical("view_count", "BIGINT", "Views of all the customer's posts."),
    technical("like_count", "BIGINT", "Likes of all posts."),
    technical("dislike_count", "BIGINT", "Dislikes of all posts."),
    technical(
        "engagement_rate",
        "DOUBLE",
        "(Likes + dislikes) / views of all the customer's posts: how many reacted, in either way; empty without views.",
    ),
    technical(
        "like_share",
        "DOUBLE",
        "Likes / (likes + dislikes) of all the customer's posts: how the reactions were meant; empty without any.",
    ),
    technical(
        "top_tags", "STRING", "Tags that most posts have, the most frequent first: `history, crime, love`."
    ),
    technical("first_post_date", "DATE", "Date of the first post; empty where the source gives no dates."),
    technical("last_post_date", "DATE", "Date of the last post; empty where the source gives no dates."),
)

_TICKETS = (
    technical("ticket_count", "BIGINT", "Support tickets of the customer; 0 without any."),
    technical("open_ticket_count", "BIGINT", "Tickets that are open."),
    technical("pending_ticket_count", "BIGINT", "Tickets that are pending.", optional=True),
    technical("closed_ticket_count", "BIGINT", "Tickets that are closed.", optional=True),
    technical("unknown_status_ticket_count", "BIGINT", "Tickets with an unknown status."),
    technical("high_priority_ticket_count", "BIGINT", "High-priority tickets."),
    technical("open_high_priority_ticket_count", "BIGINT", "High-priority tickets that are open."),
    technical("billing_ticket_count", "BIGINT", "Tickets about billing.", optional=True),
    technical("technical_ticket_count", "BIGINT", "Tickets about technical matters.", optional=True),
    technical("general_ticket_count", "BIGINT", "General tickets.", optional=True),
    technical("unknown_category_ticket_count", "BIGINT", "Tickets with an unknown category."),
    technical("first_ticket_date", "DATE", "Date of the first ticket."),
    technical("last_ticket_date", "DATE", "Date of the last ticket."),
)

_FLAGS = (
    Column("is_reachable", "BOOLEAN", "An e-mail address or a phone number is known."),
    Column("has_open_high_priority_ticket", "BOOLEAN", "A high-priority ticket is open."),
)

_FURTHER_SOURCE = Further("_source", "Source that gave {name}.", type="STRING", beside=True)
_FURTHER_KEY = Further("_key", _BEST_KEY)
_FURTHER_TICKETS = Further("_ticket_count", "Tickets whose status or category is {name}.", type="BIGINT")
_FURTHER_ATTRIBUTE = Further("", "An attribute that the configuration of the profile adds.")


def _picked(columns: Iterable[Column], *names: str) -> Iterator[Column]:
    found = {column.name: column for column in columns}
    return (found[name] for name in names)


def _without(columns: Iterable[Column], names: Iterable[str]) -> Iterator[Column]:
    left_out = set(names)
    return (column for column in columns if column.name not in left_out)


def _with_sources(attributes: Iterable[Column]) -> Iterator[Column]:
    for attribute in attributes:
        meaning = f"Source that gave {attribute.name.replace('_', ' ')}."
        yield attribute
        yield technical(f"{attribute.name}_source", "STRING", meaning, optional=attribute.optional)


_FIRST_POSTS = (
    "post_count", "view_count", "like_count", "dislike_count", "engagement_rate", "top_tags",
)  # fmt: skip
_FIRST_TICKETS = (
    "ticket_count", "open_ticket_count", "high_priority_ticket_count", "first_ticket_date", "last_ticket_date",
)  # fmt: skip

CUSTOMER_360 = Table(
    "gold/customer_360",
    "One row per customer: profile, behaviour and support in one place. Start here.",
    keys=("customer_id",),
    columns=(
        _ID,
        *ATTRIBUTES,
        *_picked(_POSTS, *_FIRST_POSTS),
        *_picked(_TICKETS, *_FIRST_TICKETS),
        *_RECORDS,
        *_KEYS,
        *_FLAGS,
        *_MORE_ATTRIBUTES,
        *_without(_POSTS, _FIRST_POSTS),
        *_without(_TICKETS, _FIRST_TICKETS),
    ),
    further=(_FURTHER_KEY, _FURTHER_ATTRIBUTE),
)

CUSTOMER_PROFILE = Table(
    "gold/customer_profile",
    "The golden profile: each attribute, and the source that it came from.",
    keys=("customer_id",),
    columns=(_ID, *_with_sources((*ATTRIBUTES, *_MORE_ATTRIBUTES)), *_RECORDS, *_KEYS),
    further=(_FURTHER_SOURCE, _FURTHER_KEY, _FURTHER_ATTRIBUTE),
)

CUSTOMER_PROFILE_HISTORY = Table(
    "gold/customer_profile_history",
    "Every version of a profile: what was known of a customer when.",
    keys=("customer_id", "valid_from"),
    columns=(
        _ID,
        technical("valid_from", "TIMESTAMP", "Start of the run that first saw this version, UTC."),
        technical(
            "valid_to",
            "TIMESTAMP",
            "Start of the run that saw the next version, or the customer gone, UTC; empty while it is current.",
        ),
        Column("is_current", "BOOLEAN", "Whether this is what is known today."),
        *(replace(column, optional=True) for column in CUSTOMER_PROFILE.columns[1:]),
    ),
    further=CUSTOMER_PROFILE.further,
    kept_as_text=True,
)

CUSTOMER_MARKETING_METRICS = Table(
    "gold/customer_marketing_metrics",
    "Marketing metrics of customers with posts.",
    keys=("customer_id",),
    columns=(_ID, *_POSTS),
    personal=False,
)

CUSTOMER_SUPPORT_METRICS = Table(
    "gold/customer_support_metrics",
    "Support metrics of customers with tickets.",
    keys=("customer_id",),
    columns=(_ID, *_TICKETS),
    further=(_FURTHER_TICKETS,),
    personal=False,
)

CUSTOMER_CROSSWALK = Table(
    "gold/customer_crosswalk",
    "Which record of which source belongs to which customer: the way from any system's key to the customer and back.",
    keys=("source", "source_key"),
    columns=(
        _ID,
        technical("source", "STRING", "Source system of the record."),
        technical("source_key", "STRING", "Key of the record in its source."),
        technical(
            "method",
            "STRING",
            "How the record was linked: `anchor` (the record that makes it a customer), `match_weight` (resolved), "
            "or a rule such as `post_author`.",
        ),
        technical("confidence", "DOUBLE", "Probability that the record belongs there, 0 to 1."),
    ),
    personal=False,
)

UNLINKED_RECORDS = Table(
    "gold/unlinked_records",
    "Source records that belong to no customer, and why.",
    keys=("source", "source_key"),
    columns=(
        technical("source", "STRING", "Source system of the record."),
        technical("source_key", "STRING", "Key of the record in its source."),
        technical(
            "reason",
            "STRING",
            "`no_key` (it names nobody), `unreadable_key`, `no_match` (the one it names is not a customer) or "
            "`ambiguous` (two customers fit).",
        ),
    ),
    personal=False,
)
