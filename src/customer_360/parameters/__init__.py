"""Frozen pydantic models of ``conf/base/parameters_*.yml``: a misspelt key stops the run before any node."""
