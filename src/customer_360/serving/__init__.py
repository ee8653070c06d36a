"""Read one customer: what commands, notebooks and other front ends stand on. Nothing here prints."""

from .card import card_lines, customer_as_data, found_as_data, match_lines, short_card_lines
from .customer import Attribute, Customer, CustomerRecord, read_customer
from .reader import DeltaReader, EngineReader, Reader
from .richest import best_known_customer
from .search import Found, Match, find

__all__ = [
    "Attribute",
    "Customer",
    "CustomerRecord",
    "DeltaReader",
    "EngineReader",
    "Found",
    "Match",
    "Reader",
    "best_known_customer",
    "card_lines",
    "customer_as_data",
    "find",
    "found_as_data",
    "match_lines",
    "read_customer",
    "short_card_lines",
]
