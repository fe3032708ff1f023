"""Fixtures of the tests of writing: a member and a post under her name."""

import pytest
from django.test import Client

from forums.models import Post
from tests.forums.writing.helpers import NAMED, typed_form
from tests.people import make_person, sign_in


@pytest.fixture
def ada(db):
    return make_person("ada@example.org", display_name="Ada Ferreira")


@pytest.fixture
def member(ada):
    client = Client()
    sign_in(client, ada)
    return client


@pytest.fixture
def named(member, forum):
    """A post under a name, as it was sent."""
    member.post(NAMED, typed_form())
    return Post.objects.get()
