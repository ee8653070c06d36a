"""Telephones and identifiers: digits only from what is a number."""

from __future__ import annotations

from feature_values import Case, check
from pyspark.sql import SparkSession

PHONES: list[tuple[str, str | None]] = [
    ("+1 (555) 010-0123", "550100123"),
    ("555-010-0123", "550100123"),
    ("1-555-010-0123", "550100123"),
    ("5550100123.0", "550100123"),
    # rounded by a spreadsheet
    ("4.47701E+11", None),
    ("4,47701E+11", None),
    ("4.47701123456E+11", None),
    ("4.47701E11", None),
    ("5E+11", None),
    # extensions are not part of it
    ("555-010-0123 x651", "550100123"),
    ("555-010-0123x651", "550100123"),
    ("555-010-0123 ext. 651", "550100123"),
    ("555-010-0123 #651", "550100123"),
    ("555-010-0123,651", "550100123"),
    ("030 1234568 Durchwahl 12", "301234568"),
    ("tel:+15550100123;ext=651", "550100123"),
    ("4321 x651", None),
    ("4321 ext 6512345", "6512345"),
    # the first of several
    ("555-010-0123 / 555-010-0199", "550100123"),
    ("555-010-0123; 555-010-0199", "550100123"),
    ("555-010-0123 or 555-010-0199", "550100123"),
    ("+15550100123 +15550100199", "550100123"),
    ("Tel. 555-010-0123, Fax 555-010-0199", "550100123"),
    ("030/1234568", "301234568"),
    # with and without country
    ("+44 (0)20 7946 0958", "079460958"),
    ("+44 20 7946 0958", "079460958"),
    ("0044 20 7946 0958", "079460958"),
    ("020 7946 0958", "079460958"),
    ("+43 (0)1 5131234", "15131234"),
    ("+43 1 5131234", "15131234"),
    ("01 5131234", "15131234"),
    ("+354 551 2345", "5512345"),
    # letters that are dialled, and those that are not
    ("1-800-FLOWERS", "003569377"),
    ("1-800-356-9377", "003569377"),
    ("0800 REPAIR", "800737247"),
    ("555-010-0123 (work)", "550100123"),
    ("mobile 555-010-0123", "550100123"),
    ("call me maybe", None),
    # letters that look like a digit, inside a number and nothing else
    ("555o1s0i23", "550150123"),
    ("555-01z-0b33", "550120833"),
    ("555-010-0123s", "550100123"),
    # no numbers
    ("2024-05-01", None),
    ("01.05.1990", None),
    ("ann@x.org", None),
    ("12-34", None),
    ("000-000-0000", None),
    ("+1 000 000 0000", None),
    ("+49 111111111", None),
    ("123-456-7890", None),
    ("+1 123 456 7890", None),
    ("9876543210", None),
    ("XXX-XXX-1234567", None),
    ("12345678901234567890123", None),
    ("\uff15\uff15\uff15-010-0123", "550100123"),
    ("\u200b555\u00a0010\u20110123\u202c", "550100123"),
]

IDENTIFIERS: list[tuple[str, str | None]] = [
    ("AB123456C", "ab123456c"),
    ("ab 12 34 56 c", "ab123456c"),
    ("123-45-6780", "123456780"),
    ("012-34-5670", "12345670"),
    ("12345670", "12345670"),
    ("12345670.0", "12345670"),
    ("SSN: 123-45-6780", "123456780"),
    ("850101/1234", "8501011234"),
    ("AB123456C; CD654321E", "ab123456c"),
    ("AB123456C / CD654321E", "ab123456c"),
    ("1.98504E+12", None),
    ("1.98504e+12", None),
    ("999-99-9999", None),
    ("000000000", None),
    ("000-00-0000", None),
    ("0", None),
    ("1111111111", None),
    ("123456789", None),
    ("123-45-6789", None),
    ("12345678", None),
    ("0123456789", None),
    ("987-65-4321", None),
    ("XXXXXXXXX", None),
    ("xxx-xx-1234", None),
    ("***-**-1234", None),
    ("078-05-1120", None),
    ("N/A", None),
    ("---", None),
]


def test_digits_are_taken_from_numbers(spark: SparkSession) -> None:
    phones: list[Case] = [({"phone": text}, {"phone": digits}) for text, digits in PHONES]
    identifiers: list[Case] = [({"national_id": text}, {"national_id": form}) for text, form in IDENTIFIERS]
    numbers: list[Case] = [
        ({"customer_number": "4.47701E+11"}, {"customer_number": None}),
        ({"customer_number": "1E+11"}, {"customer_number": None}),
        ({"customer_number": "00012.0"}, {"customer_number": "12"}),
    ]
    check(spark, [*phones, *identifiers, *numbers])
