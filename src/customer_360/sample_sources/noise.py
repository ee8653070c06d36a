"""Everything that can be wrong with the sample data, each kind with its probability."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from random import Random


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Probability of each kind of noise, 0 to 1, per record that it can strike unless stated otherwise.

    The rates of blank ERP fields and null ticket fields are those of the real data. The kinds marked
    *broken* make a record that nobody can use; together they are about one record in a hundred.
    """

    # who exists (population): per household, then per further member
    household: float = 0.20  # more than one person at one address
    twins: float = 0.20  # two children of one household, born on one day
    same_name_child: float = 0.15  # father and son of one name
    shared_phone: float = 0.45  # a member uses the household's phone
    shared_inbox: float = 0.06  # a member uses the head's e-mail address
    namesake: float = 0.015  # somebody with the name of somebody else

    # CRM users
    crm_duplicate: float = 0.03  # a second user of the same person
    crm_blank_name: float = 0.015
    swapped_names: float = 0.01  # given and family name in each other's field
    nickname: float = 0.05
    name_case: float = 0.03  # all upper or all lower case, spaces around
    name_typo: float = 0.015
    one_digit_date: float = 0.90  # 1996-5-3, as in the real API; the rest is 1996-05-03
    placeholder_birth_date: float = 0.02  # 1 January
    bad_birth_date: float = 0.01  # impossible, in the future, or no date
    phone_format: float = 0.15
    placeholder_phone: float = 0.01
    missing_phone: float = 0.02
    invalid_phone: float = 0.02  # too short, two in one, or of an area that does not exist
    placeholder_text: float = 0.01  # N/A and the like in a text field
    missing_postal_code: float = 0.03
    country_spelling: float = 0.04
    email_case: float = 0.05
    missing_email: float = 0.005
    invalid_email: float = 0.01
    missing_coordinates: float = 0.01
    coordinates_out_of_range: float = 0.01
    crm_without_id: float = 0.004  # broken
    crm_null_address: float = 0.004  # broken
    crm_without_identity: float = 0.004  # broken: neither name nor e-mail

    # ERP rows
    erp_duplicate: float = 0.03  # a second row of the same person
    erp_only: float = 0.01  # a person that the CRM does not know, per customer
    erp_number_missing: float = 0.02
    erp_number_wrong: float = 0.015  # of somebody else, or of nobody
    erp_number_format: float = 0.02  # 000017, C-17
    erp_blank_name: float = 0.12
    erp_name_format: float = 0.03  # Family, Given
    erp_blank_street: float = 0.033
    erp_blank_city: float = 0.042
    erp_blank_postal_code: float = 0.083
    erp_moved: float = 0.03  # another address than in the CRM
    street_format: float = 0.06  # St., suffix missing, upper case
    erp_row_too_long: float = 0.005  # broken
    erp_row_too_short: float = 0.005  # broken

    # marketing posts
    post_user_missing: float = 0.005
    post_user_unknown: float = 0.005
    post_tags_missing: float = 0.005
    post_tag_case: float = 0.03
    post_reactions_missing: float = 0.005
    post_date_missing: float = 0.02
    post_date_bad: float = 0.01
    post_negative_views: float = 0.005  # broken
    post_without_id: float = 0.004  # broken

    # support tickets
    ticket_email_plus_tag: float = 0.02
    ticket_email_typo: float = 0.015
    ticket_email_second: float = 0.03  # an address that the CRM does not know
    ticket_email_missing: float = 0.01
    ticket_status_null: float = 0.015
    ticket_status_stranger: float = 0.01
    ticket_category_null: float = 0.02
    ticket_category_stranger: float = 0.01
    ticket_priority_null: float = 0.03
    ticket_priority_stranger: float = 0.01
    ticket_word_case: float = 0.02  # OPEN, High
    ticket_date_null: float = 0.02
    ticket_date_bad: float = 0.01
    ticket_is_text: float = 0.005  # broken: the element is a string
    ticket_without_id: float = 0.005  # broken

    def __post_init__(self) -> None:
        wrong = [name for name, rate in asdict(self).items() if not 0 <= rate <= 1]
        if wrong:
            names = ", ".join(wrong)
            raise ValueError(f"Noise: probabilities must lie between 0 and 1; these do not: {names}")

    @classmethod
    def none(cls) -> Noise:
        """No noise at all: every record as in the best case of the real systems."""
        return cls(**dict.fromkeys(asdict(cls()), 0.0) | {"one_digit_date": 1.0})


_LATER = frozenset({"invalid_phone", "post_date_missing", "post_date_bad"})


class Dice:
    """Decides which noise strikes, and remembers it until asked.

    Kinds that the sample did not have at first are decided by ``later``: see
    :class:`~customer_360.sample_sources.values.Values`.
    """

    def __init__(self, random: Random, noise: Noise, *, later: Random) -> None:
        self.random, self.later = random, later
        self._rates = asdict(noise)
        self._struck: list[str] = []

    def strikes(self, kind: str) -> bool:
        """Whether noise of this kind, a field of :class:`Noise`, strikes now."""
        random = self.later if kind in _LATER else self.random
        if random.random() >= self._rates[kind]:
            return False
        self._struck.append(kind)
        return True

    def struck(self) -> tuple[str, ...]:
        """The kinds that struck since the last call."""
        struck = tuple(self._struck)
        self._struck.clear()
        return struck
