"""Who is who: which records of the sources are the same customer.

Today exact rules link records to the customers of one anchor source (:mod:`.exact`). :mod:`.link` is the
place where further steps (fuzzy comparison, clustering, ids kept over runs) join in.
"""
