"""A read-only database: pages can be read, and forms that are sent come back."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client

from forums.models import Forum, Post
from tests.forums.writing.helpers import typed_form

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "/forums/housing/new/"
SWITCH = {
    "sqlite": ("PRAGMA query_only = on", "PRAGMA query_only = off"),
    "postgresql": ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"),
}


@contextmanager
def read_only():
    """Let nothing be written until the block ends."""
    on, off = SWITCH[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


def test_reading_works_and_writing_gives_the_text_back():
    Forum.objects.create(slug="housing", title="Housing forum", purpose="What makes housing safe.")
    writer = Client(raise_request_exception=False)
    sent = typed_form(body="Is there a quiet room for my children and me?")
    with read_only():
        assert [writer.get(path).status_code for path in ("/", "/forums/", "/forums/housing/", FORM)] == [200] * 4
        answers = [writer.post(FORM, sent) for _ in range(25)]  # more than the limit: what failed is not counted
        assert Post.objects.count() == 0
    assert {answer.status_code for answer in answers} == {503}
    assert all(
        "\nIs there a quiet room for my children and me?</textarea>" in answer.content.decode() for answer in answers
    )
    assert [writer.post(FORM, sent).status_code for _ in range(2)] == [200, 200]
    assert list(Post.objects.values_list("body", "likely_spam")) == [(sent["body"], False)]  # nor is it a repeat
