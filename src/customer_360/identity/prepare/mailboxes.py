"""E-mail addresses and the names in their mailboxes."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from customer_360.engine import null_if
from customer_360.identity.prepare.normalise import without_tag
from customer_360.identity.prepare.scripts import without_digraphs

# what people write around and between addresses: the first one counts
_AMONG_OTHERS = r"[<,;|/]|mailto:| or | and "
_FIRST = r"([^@\s<>,;|/:\"']+@[^@\s<>,;|/:\"']+[.][^@\s<>,;|/:\"']+)"


def first_address(text: Column) -> Column:
    """The first address of a plain text, without its plus-tag; whatever it holds if that is none."""
    first = F.when(text.rlike(_AMONG_OTHERS), F.regexp_extract(text, _FIRST, 1)).otherwise(text)
    # x at y.org, x@@y.org and x@y.org, are typed by people who mean x@y.org
    return without_tag(F.regexp_replace(F.regexp_replace(first, r" at |@@+", "@"), r"[ ,;.]+$", ""))


def valid_address(address: Column) -> Column:
    """Null for what is not shaped like an address."""
    return F.when(address.rlike(r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), address)


def letters_of_mailbox(mailbox: Column) -> Column:
    """Latin letters, of which none stands for an umlaut: where names meet, one could not tell (marco.eder)."""
    return null_if(without_digraphs(F.regexp_replace(mailbox, "[^a-z]+", "")), F.lit(""))


def sorted_letters(letters: Column) -> Column:
    """The same for ``john.smith`` and ``smithjohn``."""
    return F.array_join(F.array_sort(F.split(letters, "")), "")
