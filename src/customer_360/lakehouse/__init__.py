"""A lakehouse as one place with one writer: its small files, its lease, what tables' folders say.

Knows files and Delta logs, no domain and no Kedro.
"""
