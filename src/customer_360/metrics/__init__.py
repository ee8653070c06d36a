"""How customers behave, the join of all answers in ``customer_360``, the check that no number got lost."""
