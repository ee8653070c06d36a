"""Read one customer: what commands, notebooks and other front ends stand on. Nothing here prints."""

from customer_360.serving.customer import Attribute, Customer, Record, read_customer
from customer_360.serving.find import Found, Match, find
from customer_360.serving.reader import DeltaReader, EngineReader, Reader
from customer_360.serving.richest import best_known_customer

__all__ = [
    "Attribute",
    "Customer",
    "DeltaReader",
    "EngineReader",
    "Found",
    "Match",
    "Reader",
    "Record",
    "best_known_customer",
    "find",
    "read_customer",
]
