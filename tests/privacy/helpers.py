"""Helpers of the privacy tests: snapshots of all that is stored, all writings of a marker, and a marked writer."""

import base64
import hashlib
import hmac
import logging
import re
from ast import literal_eval
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import time_machine
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection

from mscos.forms import new_submission_id


@dataclass(frozen=True)
class Snapshot:
    """All tables as counted rows (column names with values), the cache, the mail, the log and the files."""

    tables: dict[str, Counter]
    database: bytes
    cache: bytes
    mail: bytes
    log: bytes
    files: bytes

    def added(self, before: "Snapshot") -> dict[str, list[dict]]:
        """Return the rows that are new or changed since `before`, by table."""
        found = {name: list((rows - before.tables[name]).elements()) for name, rows in self.tables.items()}
        return {name: [dict(row) for row in rows] for name, rows in found.items() if rows}

    def gone(self, before: "Snapshot") -> dict[str, int]:
        """Return how many rows of `before` are deleted or changed, by table."""
        found = {name: (before.tables[name] - rows).total() for name, rows in self.tables.items()}
        return {name: count for name, count in found.items() if count}

    def counted(self, before: "Snapshot") -> set[str]:
        """Return the kinds of entries of the cache that are new or changed since `before`, such as 'limit:preview'."""
        new = set(literal_eval(self.cache.decode())) - set(literal_eval(before.cache.decode()))
        return {key.removeprefix(":1:").rpartition(":")[0] for key, _ in new}


def take_snapshot(log: "LogOfEverything") -> Snapshot:
    """Return all that is stored now."""
    return Snapshot(
        tables={name: _rows(name) for name in connection.introspection.table_names()},
        database=_database_file(),
        cache=repr(sorted(cache._cache.items())).encode(),
        mail=repr([message.message().as_bytes() for message in mail.outbox]).encode(),
        log="\n".join(log.lines).encode(),
        files=b"".join(path.name.encode() + path.read_bytes() for path in sorted(_files())),
    )


class LogOfEverything(logging.Handler):
    """A handler that keeps every record of every logger, as the portal's formatter writes it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


def forms_of(marker: str) -> dict[str, bytes]:
    """Return the ways in which a marker could be written, by name."""
    forms = {}
    for case, text in (("", marker), ("lower ", marker.lower())):
        raw = text.encode()
        forms |= {f"{case}plain": raw, f"{case}hex": raw.hex().encode()}
        for offset in range(3):
            # Inside a longer text a marker has one of three base64 forms; its ends depend on its neighbours.
            forms[f"{case}base64 at {offset}"] = base64.b64encode(b"\0" * offset + raw)[4 if offset else 0 : -4]
        for name in ("md5", "sha1", "sha256"):
            digests = {name: hashlib.new(name, raw).digest()}
            for key in ("SECRET_KEY", "CODE_KEY", "FIELD_KEY"):
                digests[f"{name} with {key}"] = hmac.new(getattr(settings, key).encode(), raw, name).digest()
            for label, digest in digests.items():
                forms[f"{case}{label}"] = digest.hex().encode()
                forms[f"{case}{label} raw"] = digest
                forms[f"{case}{label} base64"] = base64.b64encode(digest).rstrip(b"=")
    return {name: form for name, form in forms.items() if len(form) > 5}


def _rows(table: str) -> Counter:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        names = [column[0] for column in cursor.description]
        return Counter(tuple(zip(names, row, strict=True)) for row in _hashable(cursor.fetchall()))


def _hashable(rows):
    return [tuple(repr(value) if isinstance(value, dict | list) else value for value in row) for row in rows]


def _database_file() -> bytes:
    """Return SQLite's file as it would be on the disk; on PostgreSQL the rows of all tables."""
    if connection.vendor == "sqlite":
        return connection.connection.serialize()
    return repr([_rows(name) for name in connection.introspection.table_names()]).encode()


def _files():
    return (path for path in Path(settings.VAR_DIR).rglob("*") if path.is_file() and ".sqlite3" not in path.name)


OPENED = "2026-03-02T03:43:08Z"
MOMENT = "2026-03-02T03:47:19Z"
DAY = "2026-03-02"
MARKS = {
    "address": "203.0.113.77",
    "forwarded address": "198.51.100.23",
    "agent": "MarkedAgent/77.31",
    "referrer": "https://marked-referrer.example/from",
    "language": "xx-marked",
    "cookie": "marked-cookie-value",
    "time": "03:47:1",
    "number of the second": "1772423239",
}
ACCOUNT = "marked-writer@example.org"


def assert_no_trace(marks, before, after):
    """Fail with each marker that is found in any place and any writing more often than before."""
    places = ("database", "cache", "mail", "log", "files")
    found = [
        f"{what} as {how} in the {place}"
        for what, marker in marks.items()
        for how, form in forms_of(marker).items()
        for place in places
        if getattr(after, place).count(form) > getattr(before, place).count(form)
    ]
    assert found == []


def send_post(client, address, **typed):
    with time_machine.travel(OPENED, tick=False):
        submission_id = new_submission_id()
    with time_machine.travel(MOMENT, tick=False):
        return client.post(address, {"body": "Some words", "submission_id": submission_id, **typed})


def code_in(response):
    return re.search(r'<p class="code">(.*?)</p>', response.content.decode()).group(1)


def changed_columns(before, after, table):
    """Return the changed columns of the one changed row of a table, with their new values."""
    (now,) = after.added(before)[table]
    (then,) = before.added(after)[table]
    return {name: str(value) for name, value in now.items() if value != then[name]}


def as_strings(row, *left_out):
    return {name: str(value) for name, value in row.items() if name not in left_out}
