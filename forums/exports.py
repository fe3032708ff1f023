"""Exports of the published views on a consultation for researchers, streamed post by post.

A row has what every reader can see, and only what a study needs: no key and no number that leads back to the page,
nothing that waits, was refused or was taken down.
"""

import json
from collections.abc import Iterator

from forums.models import Consultation, Post, Thread
from mscos.csv_lines import csv_lines

BATCH = 500  # posts in memory at a time
COLUMNS = ("day", "type", "name", "text")
TEAM = "MSCOS team"
MEMBER = "A member"  # the page shows the name; researchers do not need it
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8

Row = tuple[str, str, str, str]


def rows_of(consultation: Consultation) -> Iterator[Row]:
    """Yield each published post in the visible threads of a consultation, by topic, thread and number."""
    posts = (
        Post.objects.shown()
        .filter(thread__topic__consultation=consultation, thread__state__in=Thread.VISIBLE)
        .select_related("thread__topic", "voice", "author")
        .order_by("thread__topic__position", "thread__topic", "thread__code", "number")
    )
    for post in posts.iterator(chunk_size=BATCH):
        # The first post's title is part of what its writer said.
        text = f"{post.thread.title}\n\n{post.body}" if post.number == 1 else post.body
        yield f"{post.day:%Y-%m-%d}", str(post.thread.topic), _name(post), text


def csv_of(consultation: Consultation) -> Iterator[str]:
    """Yield the lines of a CSV file with a header."""
    yield BYTE_ORDER_MARK
    yield from csv_lines([COLUMNS])
    yield from csv_lines(rows_of(consultation))


def json_of(consultation: Consultation) -> Iterator[str]:
    """Yield the parts of a JSON list, one object per line."""
    before = "[\n"
    for row in rows_of(consultation):
        yield before + json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _name(post: Post) -> str:
    if post.author:
        return TEAM if post.author.is_staff else MEMBER
    return post.writer
