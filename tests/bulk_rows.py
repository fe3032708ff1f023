"""Thousands of rows at once, with statistics for PostgreSQL's planner. No other module of the tests makes them.

PostgreSQL plans by the number of rows that it counted last. After a rollback that may be 0, and it would then join
fifty thousand rows with fifty thousand one by one.
"""

from django.db import connection


def store(model, rows):
    """Store many rows of a model and return them."""
    stored = model.objects.bulk_create(rows, batch_size=1_000)
    analyse(model)
    return stored


def copy(model, beside, **changed):
    """Copy each row of a table as often as `beside` has rows, with some of its columns `changed`."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changed.get(column, f"base.{column}") for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} AS base, {beside}")
    analyse(model)


def numbers(last):
    """Return a subquery of the numbers from 1 to `last`, with one column, n; empty for 0."""
    steps = f"SELECT 1 AS n WHERE {last} > 0 UNION ALL SELECT n + 1 FROM steps WHERE n < {last}"
    return f"(WITH RECURSIVE steps AS ({steps}) SELECT n FROM steps) AS numbers"


def others(model, one, condition="1 = 1"):
    """Return a subquery of all rows of a model but one."""
    return f"(SELECT * FROM {model._meta.db_table}) AS other WHERE other.id <> {one.pk} AND {condition}"


def analyse(*models):
    """Let PostgreSQL update its statistics of the tables of some models."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in models)}")
