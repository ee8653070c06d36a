"""A lakehouse as one place with one writer: its small files, its lease, what tables' folders say.

Knows files and Delta logs, and no domain; Kedro only where it is told about runs (``hooks``).
"""
